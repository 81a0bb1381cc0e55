/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/filter.h"

#include "base/props.h"
#include "base/strbuf.h"
#include "config/sections.h"

static const struct mp_rule *find_rule(const struct mp_rule_list *list, const char *subject)
{
	for (size_t i = 0; i < list->count; i++)
		if (mp_pattern_matches(&list->items[i].pattern, subject))
			return &list->items[i];
	return NULL;
}

static const struct mp_rule *find_device_rule(const struct mp_rule_list *list,
					      const struct mp_identity *identity)
{
	for (size_t i = 0; i < list->count; i++)
		if (mp_pattern_matches(&list->items[i].pattern, identity->vendor) &&
		    mp_pattern_matches(&list->items[i].product, identity->product))
			return &list->items[i];
	return NULL;
}

static struct mp_filter_verdict verdict_of(enum mp_criterion criterion,
					   const struct mp_rule *exception,
					   const struct mp_rule *blacklist)
{
	const struct mp_rule *rule = exception ? exception : blacklist;

	return (struct mp_filter_verdict){
		.blacklisted = !exception && blacklist,
		.criterion = rule ? criterion : MP_CRITERION_NONE,
		.rule = rule ? rule->text : NULL,
	};
}

static struct mp_filter_verdict filter_text(const struct mp_config *config,
					    enum mp_criterion criterion, const char *subject)
{
	const struct mp_rule *exception =
		find_rule(&config->rules[MP_LIST_EXCEPTIONS][criterion], subject);
	const struct mp_rule *blacklist = NULL;

	if (!exception)
		blacklist = find_rule(&config->rules[MP_LIST_BLACKLIST][criterion], subject);
	return verdict_of(criterion, exception, blacklist);
}

static struct mp_filter_verdict filter_device(const struct mp_config *config,
					      const struct mp_identity *identity)
{
	const struct mp_rule *exception, *blacklist = NULL;

	if (!*identity->vendor || !*identity->product)
		return (struct mp_filter_verdict){ 0 };
	exception =
		find_device_rule(&config->rules[MP_LIST_EXCEPTIONS][MP_CRITERION_DEVICE], identity);
	if (!exception)
		blacklist = find_device_rule(&config->rules[MP_LIST_BLACKLIST][MP_CRITERION_DEVICE],
					     identity);
	return verdict_of(MP_CRITERION_DEVICE, exception, blacklist);
}

/* The first property whose name a rule matches decides. */
static struct mp_filter_verdict filter_properties(const struct mp_config *config,
						  const struct mp_props *props,
						  const char *uid_attribute)
{
	struct mp_filter_verdict verdict = { 0 };

	if (!props)
		return verdict;
	for (size_t i = 0; i < props->count && verdict.criterion == MP_CRITERION_NONE; i++)
		verdict = filter_text(config, MP_CRITERION_PROPERTY, props->items[i].name);
	if (verdict.criterion == MP_CRITERION_NONE && uid_attribute && *uid_attribute &&
	    mp_props_get(props, uid_attribute)) {
		verdict.blacklisted = true;
		verdict.criterion = MP_CRITERION_PROPERTY_MISSING;
	}
	return verdict;
}

struct mp_filter_verdict mp_filter_devnode(const struct mp_config *config, const char *name)
{
	return filter_text(config, MP_CRITERION_DEVNODE, name);
}

struct mp_filter_verdict mp_filter_wwid(const struct mp_config *config, const char *wwid)
{
	return *wwid ? filter_text(config, MP_CRITERION_WWID, wwid) :
		       (struct mp_filter_verdict){ 0 };
}

static struct mp_filter_verdict filter_usb(const struct mp_config *config,
					   enum mp_protocol protocol)
{
	struct mp_filter_verdict verdict = { 0 };

	if (protocol == MP_PROTOCOL_SCSI_USB && !config->process.allow_usb_devices) {
		verdict.blacklisted = true;
		verdict.criterion = MP_CRITERION_USB;
	}
	return verdict;
}

/* What a criterion says, if it says anything. Return: is that the end of it? */
static bool take(struct mp_filter_verdict *ret, struct mp_filter_verdict verdict)
{
	if (verdict.criterion != MP_CRITERION_NONE)
		*ret = verdict;
	return verdict.blacklisted;
}

struct mp_filter_verdict mp_filter_path(const struct mp_config *config,
					const struct mp_identity *identity,
					const struct mp_props *props, const char *uid_attribute)
{
	const char *protocol = mp_protocol_name(identity->protocol);
	struct mp_filter_verdict verdict = { 0 };

	if (!take(&verdict, mp_filter_devnode(config, identity->name)) &&
	    !take(&verdict, filter_usb(config, identity->protocol)) &&
	    !take(&verdict, filter_properties(config, props, uid_attribute)) &&
	    !take(&verdict, filter_device(config, identity)) &&
	    !take(&verdict, filter_text(config, MP_CRITERION_PROTOCOL, protocol)))
		take(&verdict, mp_filter_wwid(config, identity->wwid));
	return verdict;
}

static void print_rules(const struct mp_rule_list *list, const char *title, struct mp_strbuf *buf)
{
	mp_strbuf_printf(buf, "- %s:\n", title);
	if (!list->count)
		mp_strbuf_puts(buf, "        <empty>\n");
	for (size_t i = 0; i < list->count; i++)
		mp_strbuf_printf(buf, "        %-18s %s\n",
				 list->items[i].file < MP_ORIGIN_FILES ? "(default rule)" :
									 "(config file rule)",
				 list->items[i].text);
}

void mp_filter_print(const struct mp_config *config, struct mp_strbuf *buf)
{
	static const struct {
		enum mp_criterion criterion;
		const char *title;
	} sections[] = {
		{ MP_CRITERION_DEVNODE, "device node" }, { MP_CRITERION_PROPERTY, "udev property" },
		{ MP_CRITERION_PROTOCOL, "protocol" },	 { MP_CRITERION_WWID, "wwid" },
		{ MP_CRITERION_DEVICE, "device" },
	};

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		mp_strbuf_printf(buf, "%s rules:\n", sections[i].title);
		print_rules(&config->rules[MP_LIST_BLACKLIST][sections[i].criterion], "blacklist",
			    buf);
		print_rules(&config->rules[MP_LIST_EXCEPTIONS][sections[i].criterion], "exceptions",
			    buf);
	}
}

const char *mp_criterion_name(enum mp_criterion criterion)
{
	switch (criterion) {
	case MP_CRITERION_PROPERTY:
		return "property";
	case MP_CRITERION_DEVNODE:
		return "devnode";
	case MP_CRITERION_DEVICE:
		return "device";
	case MP_CRITERION_PROTOCOL:
		return "protocol";
	case MP_CRITERION_WWID:
		return "wwid";
	case MP_CRITERION_USB:
		return "usb";
	case MP_CRITERION_PROPERTY_MISSING:
		return "property missing";
	default:
		return "none";
	}
}
