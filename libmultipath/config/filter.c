/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/filter.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/props.h"
#include "base/strbuf.h"
#include "config/sections.h"
#include "config/trace.h"

static const struct mp_rule *find_device_rule(const struct mp_rule_list *list,
					      const struct mp_identity *identity)
{
	for (size_t i = 0; i < list->count; i++)
		if (mp_pattern_matches(&list->items[i].pattern, identity->vendor) &&
		    mp_pattern_matches(&list->items[i].product, identity->product))
			return &list->items[i];
	return NULL;
}

/* What one criterion is about to say of one subject. */
struct finding {
	const struct mp_rule *exception, *blacklist; /* one of them at most */
	const char *subject;
};

static struct finding find_text(const struct mp_config *config, enum mp_criterion criterion,
				const char *subject)
{
	struct finding finding = { .subject = subject };

	finding.exception =
		mp_rule_list_find(&config->rules[MP_LIST_EXCEPTIONS][criterion], subject);
	if (!finding.exception)
		finding.blacklist =
			mp_rule_list_find(&config->rules[MP_LIST_BLACKLIST][criterion], subject);
	return finding;
}

static struct finding find_device(const struct mp_config *config,
				  const struct mp_identity *identity)
{
	struct finding finding = { .subject = identity->product };

	if (!*identity->vendor || !*identity->product)
		return finding;
	finding.exception =
		find_device_rule(&config->rules[MP_LIST_EXCEPTIONS][MP_CRITERION_DEVICE], identity);
	if (!finding.exception)
		finding.blacklist =
			find_device_rule(&config->rules[MP_LIST_BLACKLIST][MP_CRITERION_DEVICE],
					 identity);
	return finding;
}

/*
 * Does the name tell of one event, and not of the device? It is there when udev announces the event
 * and gone at the next start: a disk would be a path or not depending on which of them was last.
 */
static bool is_of_event(const char *name)
{
	static const char *const names[] = { "ACTION",
					     "SEQNUM",
					     "SYNTH_UUID",
					     "DEVPATH_OLD",
					     "UDEV_DATABASE_VERSION",
					     "RESIZE",
					     "DISK_RO",
					     "DISK_MEDIA_CHANGE",
					     "DISK_EJECT_REQUEST" };
	/* NAME=VALUE words that were written to uevent */
	static const char synthetic[] = "SYNTH_ARG_";

	/* a dot: udev does not record it */
	if (name[0] == '.' || !strncmp(name, synthetic, strlen(synthetic)))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

/*
 * Of the properties that a rule matches, the one whose name sorts first decides: libudev lists them
 * by name.
 */
static struct finding find_property(const struct mp_config *config, const struct mp_props *props)
{
	struct finding first = { 0 };

	for (size_t i = 0; props && i < props->count; i++) {
		const char *name = props->items[i].name;
		struct finding finding;

		if (is_of_event(name) || (first.subject && strcmp(name, first.subject) > 0))
			continue;
		finding = find_text(config, MP_CRITERION_PROPERTY, name);
		if (finding.exception || finding.blacklist)
			first = finding;
	}
	return first;
}

bool mp_filter_has_property(const struct mp_config *config, const char *name)
{
	struct finding finding = find_text(config, MP_CRITERION_PROPERTY, name);

	return finding.exception || finding.blacklist;
}

static struct mp_filter_verdict verdict_of(enum mp_criterion criterion,
					   const struct finding *finding)
{
	const struct mp_rule *rule = finding->exception ? finding->exception : finding->blacklist;

	return (struct mp_filter_verdict){
		.blacklisted = finding->blacklist != NULL,
		.criterion = rule ? criterion : MP_CRITERION_NONE,
		.rule = rule ? rule->text : NULL,
	};
}

static void trace_rule_origin(const struct mp_config *config, struct mp_trace *trace,
			      struct mp_trace_row *row, enum mp_criterion criterion,
			      const struct mp_rule *rule, bool exception)
{
	const char *list = exception ? "blacklist_exceptions" : "blacklist";
	const struct mp_setting *setting = rule->product_blacklist;

	if (setting)
		mp_trace_origin(trace, row, mp_config_file(config, setting->file), setting->line,
				setting->file < MP_ORIGIN_FILES ?
					"hardware table, product_blacklist" :
					"devices/device, product_blacklist");
	else if (rule->file < MP_ORIGIN_FILES)
		mp_trace_origin(trace, row, NULL, 0, "built in");
	else
		mp_trace_origin(trace, row, mp_config_file(config, rule->file), rule->line, "%s%s",
				list, criterion == MP_CRITERION_DEVICE ? "/device" : "");
}

/* The account of one criterion; @nothing: what is said if no rule matches */
static struct mp_filter_verdict conclude(const struct mp_config *config, struct mp_trace *trace,
					 enum mp_criterion criterion, const struct finding *finding,
					 const char *nothing)
{
	const struct mp_rule *rule = finding->exception ? finding->exception : finding->blacklist;
	const char *name = mp_filter_criterion_name(criterion);

	if (rule)
		trace_rule_origin(config, trace,
				  mp_trace_add(trace, name, finding->blacklist,
					       "%s \"%s\" matches \"%s\"",
					       finding->exception ? "exception" : "rule",
					       rule->text, finding->subject),
				  criterion, rule, finding->exception);
	else if (nothing)
		mp_trace_add(trace, name, false, "%s", nothing);
	else
		mp_trace_add(trace, name, false, "no rule matches \"%s\"", finding->subject);
	return verdict_of(criterion, finding);
}

static struct mp_filter_verdict filter_text(const struct mp_config *config,
					    enum mp_criterion criterion, const char *subject,
					    struct mp_trace *trace)
{
	struct finding finding = find_text(config, criterion, subject);

	return conclude(config, trace, criterion, &finding, NULL);
}

static struct mp_filter_verdict filter_device(const struct mp_config *config,
					      const struct mp_identity *identity,
					      struct mp_trace *trace)
{
	struct finding finding = find_device(config, identity);
	char subject[sizeof(identity->vendor) + sizeof(identity->product) + 1];

	if (trace)
		snprintf(subject, sizeof(subject), "%s:%s", identity->vendor, identity->product);
	finding.subject = subject;
	return conclude(config, trace, MP_CRITERION_DEVICE, &finding,
			*identity->vendor && *identity->product ? NULL :
								  "vendor or product is unknown");
}

static struct mp_filter_verdict filter_properties(const struct mp_config *config,
						  const struct mp_props *props,
						  const char *uid_attribute, struct mp_trace *trace)
{
	struct finding finding = find_property(config, props);
	struct mp_filter_verdict verdict;

	if (finding.subject || !props || !uid_attribute || !*uid_attribute ||
	    !mp_props_get(props, uid_attribute))
		return conclude(config, trace, MP_CRITERION_PROPERTY, &finding,
				props ? "no rule matches any property name" :
					"there are no udev properties");
	verdict = (struct mp_filter_verdict){ .blacklisted = true,
					      .criterion = MP_CRITERION_PROPERTY_MISSING };
	mp_trace_add(trace, mp_filter_criterion_name(MP_CRITERION_PROPERTY), true,
		     "no exception matches any property name, although %s is set", uid_attribute);
	return verdict;
}

static struct mp_filter_verdict filter_usb(const struct mp_config *config,
					   enum mp_protocol protocol, struct mp_trace *trace)
{
	struct mp_filter_verdict verdict = { 0 };
	bool is_usb = protocol == MP_PROTOCOL_SCSI_USB;

	if (is_usb && !config->process.allow_usb_devices) {
		verdict.blacklisted = true;
		verdict.criterion = MP_CRITERION_USB;
	}
	if (is_usb)
		mp_config_trace_default(config, MP_KEY_ALLOW_USB_DEVICES, trace,
					mp_trace_add(trace, "usb", verdict.blacklisted,
						     "allow_usb_devices is \"%s\"",
						     verdict.blacklisted ? "no" : "yes"));
	else
		mp_trace_add(trace, "usb", false, "it is not a USB device");
	return verdict;
}

struct mp_filter_verdict mp_filter_devnode(const struct mp_config *config, const char *name)
{
	return filter_text(config, MP_CRITERION_DEVNODE, name, NULL);
}

struct mp_filter_verdict mp_filter_trace_wwid(const struct mp_config *config, const char *wwid,
					      struct mp_trace *trace)
{
	if (*wwid)
		return filter_text(config, MP_CRITERION_WWID, wwid, trace);
	mp_trace_add(trace, mp_filter_criterion_name(MP_CRITERION_WWID), false, "there is no WWID");
	return (struct mp_filter_verdict){ 0 };
}

struct mp_filter_verdict mp_filter_wwid(const struct mp_config *config, const char *wwid)
{
	return mp_filter_trace_wwid(config, wwid, NULL);
}

static const enum mp_criterion order[] = { MP_CRITERION_DEVNODE,  MP_CRITERION_USB,
					   MP_CRITERION_PROPERTY, MP_CRITERION_DEVICE,
					   MP_CRITERION_PROTOCOL, MP_CRITERION_WWID };

static struct mp_filter_verdict filter_by(const struct mp_config *config,
					  enum mp_criterion criterion,
					  const struct mp_identity *identity,
					  const struct mp_props *props, const char *uid_attribute,
					  struct mp_trace *trace)
{
	switch (criterion) {
	case MP_CRITERION_DEVNODE:
		return filter_text(config, criterion, identity->name, trace);
	case MP_CRITERION_USB:
		return filter_usb(config, identity->protocol, trace);
	case MP_CRITERION_PROPERTY:
		return filter_properties(config, props, uid_attribute, trace);
	case MP_CRITERION_DEVICE:
		return filter_device(config, identity, trace);
	case MP_CRITERION_PROTOCOL:
		return filter_text(config, criterion, mp_protocol_name(identity->protocol), trace);
	default:
		return mp_filter_trace_wwid(config, identity->wwid, trace);
	}
}

struct mp_filter_verdict mp_filter_trace(const struct mp_config *config,
					 const struct mp_identity *identity,
					 const struct mp_props *props, const char *uid_attribute,
					 struct mp_trace *trace)
{
	struct mp_filter_verdict ret = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(order) && !ret.blacklisted; i++) {
		struct mp_filter_verdict verdict =
			filter_by(config, order[i], identity, props, uid_attribute, trace);

		if (verdict.criterion != MP_CRITERION_NONE)
			ret = verdict;
	}
	return ret;
}

struct mp_filter_verdict mp_filter_path(const struct mp_config *config,
					const struct mp_identity *identity,
					const struct mp_props *props, const char *uid_attribute)
{
	return mp_filter_trace(config, identity, props, uid_attribute, NULL);
}

void mp_filter_reason(const struct mp_config *config, const struct mp_identity *identity,
		      const struct mp_props *props, const char *uid_attribute,
		      struct mp_strbuf *buf)
{
	_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;
	const struct mp_trace_row *row;

	if (!mp_filter_trace(config, identity, props, uid_attribute, &trace).blacklisted)
		return;
	if (trace.error) {
		buf->error = trace.error;
		return;
	}
	row = &trace.rows[trace.count - 1];
	mp_strbuf_printf(buf, "blacklisted by %s: %s, ", row->name, row->text);
	if (row->file)
		mp_strbuf_printf(buf, "%s:%u ", row->file, row->line);
	mp_strbuf_puts(buf, row->section ? row->section : "built in");
}

/* A regular expression for this text and no other, in quotes. */
static void add_exact(struct mp_strbuf *buf, const char *text)
{
	mp_strbuf_puts(buf, "\"^");
	for (; *text; text++) {
		if (strchr("\\.[]()*+?{}|^$", *text))
			mp_strbuf_putc(buf, '\\');
		else if (*text == '"')
			mp_strbuf_putc(buf, '"');
		mp_strbuf_putc(buf, *text);
	}
	mp_strbuf_puts(buf, "$\"");
}

void mp_filter_admit_wwid(const char *wwid, struct mp_strbuf *buf)
{
	mp_strbuf_puts(buf, "add to blacklist_exceptions: wwid ");
	add_exact(buf, wwid);
	mp_strbuf_putc(buf, '\n');
}

static void add_exception(enum mp_criterion criterion, const struct mp_identity *identity,
			  const char *property, struct mp_strbuf *buf)
{
	const char *subject =
		criterion == MP_CRITERION_DEVNODE  ? identity->name :
		criterion == MP_CRITERION_PROTOCOL ? mp_protocol_name(identity->protocol) :
		criterion == MP_CRITERION_WWID	   ? identity->wwid :
						     property;

	mp_strbuf_printf(buf, "add to blacklist_exceptions: %s ",
			 mp_filter_criterion_name(criterion));
	if (criterion == MP_CRITERION_DEVICE) {
		mp_strbuf_puts(buf, "{ vendor ");
		add_exact(buf, identity->vendor);
		mp_strbuf_puts(buf, " product ");
		add_exact(buf, identity->product);
		mp_strbuf_puts(buf, " }");
	} else {
		add_exact(buf, subject);
	}
	mp_strbuf_putc(buf, '\n');
}

/* Exceptions that let the subject through go first: a rule does nothing beside them. */
static void exclude(const struct mp_config *config, enum mp_criterion criterion,
		    const char *subject, struct mp_strbuf *buf)
{
	const struct mp_rule_list *exceptions = &config->rules[MP_LIST_EXCEPTIONS][criterion];

	for (size_t i = 0; i < exceptions->count; i++) {
		const struct mp_rule *rule = &exceptions->items[i];

		if (mp_pattern_matches(&rule->pattern, subject))
			mp_strbuf_printf(buf,
					 "remove from blacklist_exceptions: %s \"%s\" (%s:%u)\n",
					 mp_filter_criterion_name(criterion), rule->text,
					 mp_config_file(config, rule->file), rule->line);
	}
	mp_strbuf_printf(buf, "add to blacklist: %s ", mp_filter_criterion_name(criterion));
	add_exact(buf, subject);
	mp_strbuf_putc(buf, '\n');
}

void mp_filter_exclude_wwid(const struct mp_config *config, const char *wwid, struct mp_strbuf *buf)
{
	exclude(config, MP_CRITERION_WWID, wwid, buf);
}

void mp_filter_remedy(const struct mp_config *config, const struct mp_identity *identity,
		      const struct mp_props *props, const char *uid_attribute,
		      struct mp_strbuf *buf)
{
	bool blacklisted = false;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		struct mp_filter_verdict verdict =
			filter_by(config, order[i], identity, props, uid_attribute, NULL);

		if (!verdict.blacklisted)
			continue;
		blacklisted = true;
		if (verdict.criterion == MP_CRITERION_USB)
			mp_strbuf_puts(buf, "set in defaults: allow_usb_devices yes\n");
		else if (verdict.criterion == MP_CRITERION_PROPERTY_MISSING)
			add_exception(MP_CRITERION_PROPERTY, identity, uid_attribute, buf);
		else
			add_exception(order[i], identity, find_property(config, props).subject,
				      buf);
	}
	if (blacklisted)
		return;
	/* By its WWID, which stays, if it has one. */
	if (*identity->wwid)
		exclude(config, MP_CRITERION_WWID, identity->wwid, buf);
	else
		exclude(config, MP_CRITERION_DEVNODE, identity->name, buf);
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

const char *mp_filter_criterion_name(enum mp_criterion criterion)
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
