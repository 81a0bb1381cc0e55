/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lints about expressions and what they are compared to: rules of the blacklists, device sections,
 * WWIDs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/node.h"
#include "base/strbuf.h"
#include "base/suggest.h"
#include "config/filter.h"
#include "config/hardware.h"
#include "config/lint.h"
#include "config/report.h"
#include "model/path.h"
#include "model/protocol.h"

/* INQUIRY: bytes of the fields. */
enum { SCSI_VENDOR_MAX = 8, SCSI_PRODUCT_MAX = 16, SCSI_REVISION_MAX = 4 };

static bool is_special(char c)
{
	return strchr("^$.[]|()*+?{}\\", c);
}

/* Does it match itself, and nothing else but what contains it? */
static bool is_literal(const char *text)
{
	while (*text && !is_special(*text))
		text++;
	return !*text;
}

/*
 * Nothing in common but that they are what they are compared to: who matches all of them matches
 * everything. An inverted expression is a list of what is wanted, which need not be among them.
 */
static bool matches_everything(const struct mp_pattern *pattern)
{
	static const char *const samples[] = {
		"", "~", "sdzz9", "360", "NVME", "scsi:fcp", "ID_X"
	};

	if (pattern->inverted)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (!mp_pattern_matches(pattern, samples[i]))
			return false;
	return true;
}

static bool expression_matches_everything(const char *text)
{
	struct mp_pattern pattern;
	bool everything;

	if (!text || !*text)
		return true;
	if (!strpbrk(text, "*?|{.^$") || *text == '!' || mp_pattern_init(&pattern, text) < 0)
		return false;
	everything = matches_everything(&pattern);
	mp_pattern_fini(&pattern);
	return everything;
}

/* "sd*", "*": letters and stars as a shell has them, where an expression was expected. */
static bool is_glob(const char *text)
{
	bool star = false;

	if (*text == '\'')
		return false;
	text += *text == '!';
	text += *text == '^';
	for (const char *p = text; *p && !(*p == '$' && !p[1]); p++) {
		if (*p == '*')
			star = true;
		else if (is_special(*p))
			return false;
	}
	return star;
}

#define tell_if_glob(linter, where, name, text) \
	do { \
		if ((text) && is_glob(text)) \
			mp_lint_tell( \
				linter, where, \
				"%s \"%s\": a \"*\" only repeats what precedes it: write \".*\" for any " \
				"characters", \
				name, text); \
	} while (0)

/* WWIDs */

static bool is_hex(const char *text, size_t length)
{
	return strspn(text, "0123456789abcdefABCDEF") == length && strlen(text) == length;
}

static void add_lower(const char *text, struct mp_strbuf *buf)
{
	for (; *text; text++)
		mp_strbuf_putc(buf, *text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text);
}

/* "60:0a:09:80:...": the bytes of a name, as arrays and switches print it. */
static bool join_bytes(const char *text, struct mp_strbuf *ret)
{
	size_t start = ret->length, digits;

	mp_strbuf_putc(ret, '3');
	for (;; text += 3) {
		char pair[3] = "";

		strncpy(pair, text, 2);
		if (!is_hex(pair, 2))
			break;
		add_lower(pair, ret);
		if (!text[2])
			break;
		if (text[2] != ':' && text[2] != '-')
			break;
	}
	digits = ret->length - start - 1;
	if ((digits == 32 || digits == 16) && !text[2])
		return true;
	mp_strbuf_clear(ret);
	return false;
}

/* Could it be one, unlike "mpatha"? */
static bool resembles_wwid(const char *text)
{
	return strchr("1235678", *text) && strlen(text) >= 17;
}

/*
 * Names that other programs have for the same disk. Return: has @ret the WWID that is probably
 * meant?
 */
static bool guess_wwid(const char *text, struct mp_strbuf *ret)
{
	static const struct {
		const char *prefix, *instead;
	} forms[] = {
		{ "/dev/disk/by-id/wwn-0x", "3" },
		{ "/dev/disk/by-id/scsi-3", "3" },
		{ "wwn-0x", "3" },
		{ "scsi-3", "3" },
		{ "0x", "3" },
		{ "naa.", "3" },
		{ "dm-uuid-mpath-", "" },
		{ "mpath-", "" },
		{ MP_NODE_MAPPER, "" },
		{ "/dev/disk/by-id/dm-uuid-mpath-", "" },
	};
	size_t length = strlen(text);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t prefix = strlen(forms[i].prefix);

		if (strncmp(text, forms[i].prefix, prefix) != 0 || !text[prefix])
			continue;
		if (strcmp(forms[i].prefix, MP_NODE_MAPPER) == 0 && !resembles_wwid(text + prefix))
			return false;
		mp_strbuf_puts(ret, forms[i].instead);
		if (*forms[i].instead)
			add_lower(text + prefix, ret);
		else
			mp_strbuf_puts(ret, text + prefix);
		return true;
	}
	if (text[0] == ' ' || (length && text[length - 1] == ' ')) {
		size_t blanks = strspn(text, " ");

		while (length > blanks && text[length - 1] == ' ')
			length--;
		mp_strbuf_add(ret, text + blanks, length - blanks);
		return length > blanks;
	}
	/* NAA 5 and 6 behind their "3": in capitals. */
	if (text[0] == '3' && (length == 17 || length == 33) && is_hex(text + 1, length - 1) &&
	    strpbrk(text, "ABCDEF")) {
		add_lower(text, ret);
		return true;
	}
	return join_bytes(text, ret);
}

/* "sda", "nvme0n1", "dm-3", "mpatha", "data" with their directory */
static const char *find_other_name(const char *text)
{
	static const char *const ids[] = { "iqn.", "t10.", "nqn." };
	bool in_dev = strncmp(text, "/dev/", 5) == 0;
	size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");

	if (in_dev)
		return "a device node";
	if (strncmp(text, "sd", 2) == 0 && letters <= 5 && letters > 2 &&
	    !text[letters + strspn(text + letters, "0123456789")])
		return "the kernel's name of a disk";
	if (strncmp(text, "mpath", 5) == 0 && letters <= 8 && letters > 5 && !text[letters])
		return "the name of a map";
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		if (strncmp(text, ids[i], 4) == 0)
			return "a name used by other programs";
	return NULL;
}

/* A name of NAA 6 behind its "3", with a digit lost or added. */
static bool is_cut(const char *text)
{
	enum { FULL = 33, NEAR = 5 };
	size_t length = strlen(text);

	return strncmp(text, "36", 2) == 0 && is_hex(text, length) && length != FULL &&
	       length >= FULL - NEAR && length <= FULL + NEAR;
}

/* The text without "^" and "$", and what an anchored one lacks in front. */
static void tell_wwid_rule(struct mp_linter *linter, const struct mp_rule *rule)
{
	_cleanup_strbuf_ struct mp_strbuf guess = MP_STRBUF_INIT;
	const char *text = rule->text;
	bool at_start = *text == '^';
	char bare[MP_WWID_SIZE];
	size_t length;

	text += at_start;
	length = strlen(text);
	length -= length && text[length - 1] == '$';
	if (length >= sizeof(bare) || rule->pattern.inverted)
		return;
	memcpy(bare, text, length);
	bare[length] = '\0';
	if (at_start &&
	    ((bare[0] == '6' && is_hex(bare, 32)) || (bare[0] == '5' && is_hex(bare, 16))))
		mp_strbuf_printf(&guess, "3%s", bare);
	if (guess.length || guess_wwid(bare, &guess))
		mp_lint_tell(
			linter, rule,
			"no disk has a wwid \"%s\"; did you mean \"%s%s%s\"? multipathd show paths lists the "
			"existing ones",
			rule->text, at_start ? "^" : "", mp_strbuf_text(&guess),
			text[length] ? "$" : "");
	else if (find_other_name(bare))
		mp_lint_tell(linter, rule, "wwid \"%s\" matches no disk: it is %s, not a WWID",
			     rule->text, find_other_name(bare));
	else if (at_start && text[length] && is_cut(bare))
		mp_lint_tell(
			linter, rule,
			"no disk has a wwid \"%s\": it has %zu characters, WWIDs of this type have 33",
			bare, length);
}

void mp_lint_map_wwid(struct mp_linter *linter, enum mp_scope scope,
		      const struct mp_section *section)
{
	const struct mp_setting *wwid = mp_section_find(section, MP_KEY_WWID);
	_cleanup_strbuf_ struct mp_strbuf guess = MP_STRBUF_INIT;

	if (scope != MP_SCOPE_MULTIPATH || !wwid || *wwid->text == '\'')
		return;
	if (strlen(wwid->text) >= MP_WWID_SIZE)
		mp_lint_tell(linter, wwid,
			     "no disk has a wwid of %zu characters: they have at most %d",
			     strlen(wwid->text), MP_WWID_SIZE - 1);
	else if (strpbrk(wwid->text, "*^$[](){}|\\?"))
		mp_lint_tell(
			linter, wwid,
			"wwid \"%s\" matches no disk: it is compared literally, not as a regular expression",
			wwid->text);
	else if ((wwid->text[0] == '6' && is_hex(wwid->text, 32)) ||
		 (wwid->text[0] == '5' && is_hex(wwid->text, 16)))
		mp_lint_tell(linter, wwid, "no disk has a wwid \"%s\"; did you mean \"3%s\"?",
			     wwid->text, wwid->text);
	else if (guess_wwid(wwid->text, &guess))
		mp_lint_tell(
			linter, wwid,
			"no disk has a wwid \"%s\"; did you mean \"%s\"? multipathd show paths lists the existing ones",
			wwid->text, mp_strbuf_text(&guess));
	else if (find_other_name(wwid->text))
		mp_lint_tell(
			linter, wwid,
			"wwid \"%s\" matches no disk: it is %s; multipathd show paths lists the existing WWIDs",
			wwid->text, find_other_name(wwid->text));
	else if (is_cut(wwid->text))
		mp_lint_tell(
			linter, wwid,
			"no disk has a wwid \"%s\": it has %zu characters, WWIDs of this type have 33",
			wwid->text, strlen(wwid->text));
}

/* Device sections */

/* Blanks before the end, as in a name that was copied from sysfs or from a fixed-width listing. */
static bool ends_in_blank(const char *text, size_t *length)
{
	bool anchored;

	text += *text == '^';
	*length = strlen(text);
	anchored = *length && text[*length - 1] == '$';
	*length -= anchored;
	for (size_t i = 0; i < *length; i++)
		if (is_special(text[i]))
			return false;
	return *length && text[*length - 1] == ' ';
}

/*
 * What is wrong with a literal text that is compared to a field of @longest bytes. Return: is it?
 */
static bool add_misfit(const char *text, size_t longest, struct mp_strbuf *buf)
{
	size_t length = strlen(text);

	if (ends_in_blank(text, &length)) {
		if (length >= longest || text[strlen(text) - 1] == '$')
			mp_strbuf_puts(buf, "matches no device: trailing blanks are removed");
		else
			mp_strbuf_puts(
				buf,
				"matches only if more text follows: trailing blanks are removed");
		return true;
	}
	if (is_literal(text) && length > longest)
		mp_strbuf_printf(
			buf, "matches no device: it has %zu characters, and disks have at most %zu",
			length, longest);
	return buf->length;
}

static void check_expression(struct mp_linter *linter, const struct mp_section *section,
			     enum mp_key key, size_t longest)
{
	const struct mp_setting *setting = mp_section_find(section, key);
	const char *name = mp_keywords[key].name, *text;
	_cleanup_strbuf_ struct mp_strbuf misfit = MP_STRBUF_INIT;
	struct mp_pattern pattern;
	char why[160];
	int r;

	if (!setting || !*setting->text)
		return;
	text = setting->text;
	if (text[0] == '!') {
		mp_lint_tell(
			linter, setting,
			"%s \"%s\" matches no device: \"!\" inverts only in blacklist and blacklist_exceptions",
			name, text);
		return;
	}
	r = mp_pattern_init(&pattern, text);
	mp_pattern_fini(&pattern);
	if (r == -EINVAL) {
		mp_pattern_explain(text, why, sizeof(why));
		mp_lint_tell(linter, setting,
			     "%s \"%s\" matches no device: it is not a regular expression (%s)%s",
			     name, text, why,
			     is_glob(text) ? "; any characters are written \".*\"" : "");
	} else if (*text != '\'' && add_misfit(text, longest, &misfit)) {
		mp_lint_tell(linter, setting, "%s \"%s\" %s", name, text, mp_strbuf_text(&misfit));
	} else {
		tell_if_glob(linter, setting, name, text);
	}
}

static bool is_scsi_vendor(const char *vendor)
{
	return vendor && is_literal(vendor) && !strstr("NVME", vendor);
}

static void check_rule_expression(struct mp_linter *linter, const struct mp_rule *rule,
				  const char *name, const struct mp_pattern *pattern,
				  size_t longest)
{
	_cleanup_strbuf_ struct mp_strbuf misfit = MP_STRBUF_INIT;

	if (pattern->text && !pattern->inverted && *pattern->text != '\'' &&
	    add_misfit(pattern->text, longest, &misfit))
		mp_lint_tell(linter, rule, "%s \"%s\" %s", name, pattern->text,
			     mp_strbuf_text(&misfit));
}

static void check_device_rule(struct mp_linter *linter, const struct mp_rule *rule)
{
	/* NVMe has one vendor, and longer models. */
	size_t longest = is_scsi_vendor(rule->pattern.text) ? SCSI_PRODUCT_MAX : SIZE_MAX;

	check_rule_expression(linter, rule, "vendor", &rule->pattern, SCSI_VENDOR_MAX);
	check_rule_expression(linter, rule, "product", &rule->product, longest);
}

void mp_lint_device_match(struct mp_linter *linter, enum mp_scope scope,
			  const struct mp_section *section)
{
	bool scsi = is_scsi_vendor(mp_section_text(section, MP_KEY_VENDOR));

	if (scope != MP_SCOPE_DEVICE)
		return;
	check_expression(linter, section, MP_KEY_VENDOR, SCSI_VENDOR_MAX);
	check_expression(linter, section, MP_KEY_PRODUCT, scsi ? SCSI_PRODUCT_MAX : SIZE_MAX);
	check_expression(linter, section, MP_KEY_REVISION, scsi ? SCSI_REVISION_MAX : SIZE_MAX);
}

/* A text that is compared to built-in ones. */
struct comparison {
	const char *text;
	unsigned limit; /* of mp_suggest_distance() */
	char nearest[32]; /* "" if none is near */
	bool is_known;
};

/*
 * @known: a word, "(A|B)", or another expression, which is never near. Return: is the text a part
 * of it?
 */
static bool compare_known(struct comparison *comparison, const char *known)
{
	const char *word = known + (*known == '^');
	bool found = false;
	size_t length;

	for (word += *word == '('; !found && *word; word += length + (word[length] != '\0')) {
		char copy[sizeof(comparison->nearest)];

		length = strcspn(word, "|)");
		if (length >= sizeof(copy))
			continue;
		memcpy(copy, word, length);
		copy[length] = '\0';
		found = strstr(copy, comparison->text);
		if (!found && is_literal(copy) &&
		    mp_suggest_distance(comparison->text, copy, comparison->limit) <=
			    comparison->limit)
			strcpy(comparison->nearest, copy);
	}
	comparison->is_known |= found;
	return found;
}

static void tell_if_misspelt(struct mp_linter *linter, const struct mp_setting *setting,
			     const struct comparison *comparison)
{
	if (!comparison->is_known && *comparison->nearest)
		mp_lint_tell(linter, setting,
			     "%s \"%s\" does not match any known array; did you mean \"%s\"?",
			     mp_keywords[setting->key].name, setting->text, comparison->nearest);
}

/* An array that is not built in is nothing odd, one that nearly is may be misspelt. */
void mp_lint_misspelt_device(struct mp_linter *linter, enum mp_scope scope,
			     const struct mp_section *section)
{
	enum { LONG_ENOUGH = 5 };
	const struct mp_setting *vendor = mp_section_find(section, MP_KEY_VENDOR);
	const struct mp_setting *product = mp_section_find(section, MP_KEY_PRODUCT);
	struct comparison vendors, products;

	if (scope != MP_SCOPE_DEVICE || !vendor || !product || !*vendor->text ||
	    !is_literal(vendor->text))
		return;
	vendors = (struct comparison){ .text = vendor->text,
				       .limit = strlen(vendor->text) >= LONG_ENOUGH };
	products = (struct comparison){ .text = product->text }; /* but for upper and lower case */
	for (size_t i = 0; i < mp_hardware_count; i++) {
		const struct mp_section *entry = &linter->config->devices.items[i];

		if (compare_known(&vendors, mp_section_text(entry, MP_KEY_VENDOR)))
			compare_known(&products, mp_section_text(entry, MP_KEY_PRODUCT));
	}
	tell_if_misspelt(linter, vendor, &vendors);
	tell_if_misspelt(linter, product, &products);
}

/* Does @later match every device that @earlier does? */
static bool is_covering(const struct mp_section *later, const struct mp_section *earlier)
{
	const char *vendor = mp_section_text(later, MP_KEY_VENDOR),
		   *other = mp_section_text(earlier, MP_KEY_VENDOR);

	return expression_matches_everything(vendor) || (other && strcmp(vendor, other) == 0);
}

static bool is_criterion(enum mp_key key)
{
	return key == MP_KEY_VENDOR || key == MP_KEY_PRODUCT || key == MP_KEY_REVISION ||
	       key == MP_KEY_PRODUCT_BLACKLIST;
}

static void tell_covered(struct mp_linter *linter, const struct mp_section *earlier,
			 const struct mp_section *later)
{
	bool for_all = expression_matches_everything(mp_section_text(later, MP_KEY_VENDOR));

	for (unsigned k = 0; k < earlier->count; k++) {
		const struct mp_setting *setting = &earlier->settings[k];
		const struct mp_setting *by =
			is_criterion(setting->key) ? NULL : mp_section_find(later, setting->key);

		if (by && !mp_section_find(&linter->config->overrides, setting->key))
			mp_lint_tell(
				linter, setting,
				"%s has no effect because a later device section matches every device%s and sets it (%s)",
				mp_keywords[setting->key].name, for_all ? "" : " of this vendor",
				mp_section_place(linter->config, setting->file, by->file, by->line)
					.text);
	}
}

/* What a later section sets for all products, an earlier one sets in vain. */
void mp_lint_covered_devices(struct mp_linter *linter)
{
	const struct mp_section_list *devices = &linter->config->devices;
	enum { WIDE_MAX = 64 };
	const struct mp_section *wide[WIDE_MAX];
	size_t count = 0;

	for (size_t i = devices->count; i-- > mp_hardware_count;) {
		const struct mp_section *section = &devices->items[i];

		for (size_t k = count; k-- > 0;) {
			if (!is_covering(wide[k], section))
				continue;
			tell_covered(linter, section, wide[k]);
			break;
		}
		if (count < WIDE_MAX && mp_section_find(section, MP_KEY_VENDOR) &&
		    mp_section_find(section, MP_KEY_PRODUCT) &&
		    expression_matches_everything(mp_section_text(section, MP_KEY_PRODUCT)) &&
		    expression_matches_everything(mp_section_text(section, MP_KEY_REVISION)))
			wide[count++] = section;
	}
}

/* Rules */

static void tell_unknown_protocol(struct mp_linter *linter, const struct mp_rule *rule)
{
	struct mp_suggestion suggestion = mp_suggest_start(rule->text);

	for (unsigned protocol = 0; protocol < MP_PROTOCOLS; protocol++) {
		if (mp_pattern_matches(&rule->pattern, mp_protocol_name(protocol)))
			return;
		mp_suggest_offer(&suggestion, mp_protocol_name(protocol));
	}
	mp_lint_tell(linter, rule, "protocol \"%s\" matches no protocol%s%s%s", rule->text,
		     suggestion.best ? "; did you mean \"" :
				       ": expected names like \"scsi:fcp\" or \"nvme:tcp\"",
		     suggestion.best ? suggestion.best : "", suggestion.best ? "\"?" : "");
}

/* Only names are compared. A "=" in a part of an expression may do no harm. */
static void tell_property_value(struct mp_linter *linter, const struct mp_rule *rule)
{
	const char *text = rule->text + rule->pattern.inverted;

	if (*text != '\'' && strpbrk(text, "= ") && !strpbrk(text, "|?*[{"))
		mp_lint_tell(
			linter, rule,
			"property \"%s\" matches %s: it is compared to names like \"ID_SERIAL\", never to values",
			rule->text, rule->pattern.inverted ? "every property" : "nothing");
}

/* The kernel adds these to an event, and udev's database does not have them. */
static void tell_property_of_events(struct mp_linter *linter, const struct mp_rule *rule)
{
	static const char *const names[] = {
		"ACTION", "SEQNUM",	      "SYNTH_UUID", "DISK_RO", "DISK_EJECT_REQUEST",
		"RESIZE", "DISK_MEDIA_CHANGE"
	};
	const char *name = rule->text + (*rule->text == '^');
	size_t length;

	length = strlen(name);
	length -= length && name[length - 1] == '$';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strlen(names[i]) == length && !strncmp(name, names[i], length))
			mp_lint_tell(
				linter, rule,
				"property \"%s\": only events have it, so a device matches or not by chance",
				rule->text);
}

void mp_lint_rule_text(struct mp_linter *linter, enum mp_list list, enum mp_criterion criterion,
		       const struct mp_rule *rule)
{
	(void)list;
	switch (criterion) {
	case MP_CRITERION_DEVNODE:
		if (strstr(rule->text, "/"))
			mp_lint_tell(
				linter, rule,
				"devnode \"%s\" matches nothing: it is compared to names like \"sda\", without "
				"\"/dev/\"",
				rule->text);
		break;
	case MP_CRITERION_WWID:
		tell_wwid_rule(linter, rule);
		break;
	case MP_CRITERION_PROTOCOL:
		tell_unknown_protocol(linter, rule);
		break;
	case MP_CRITERION_PROPERTY:
		tell_property_value(linter, rule);
		tell_property_of_events(linter, rule);
		break;
	case MP_CRITERION_DEVICE:
		if (!rule->product_blacklist)
			check_device_rule(linter, rule);
		break;
	default:
		break;
	}
}

/* Is there a rule in a file? */
static bool has_rules(const struct mp_linter *linter, enum mp_list list,
		      enum mp_criterion criterion)
{
	return linter->config->rules[list][criterion].count > 0;
}

/* "sda", "^sda" */
static bool is_disk_name(const char *text)
{
	text += *text == '^';
	return strncmp(text, "sd", 2) == 0 && text[2] &&
	       !text[2 + strspn(text + 2, "abcdefghijklmnopqrstuvwxyz")];
}

/* "sd?", "^sd?$" */
static bool ends_in_question(const char *text)
{
	text += *text == '^';
	text += strspn(text, "abcdefghijklmnopqrstuvwxyz");
	return *text == '?' && (!text[1] || strcmp(text + 1, "$") == 0);
}

/* Names that the built-in exception has; and all but one, of which every device has some. */
static void tell_property_reach(struct mp_linter *linter, const struct mp_rule *rule)
{
	if (!rule->pattern.inverted &&
	    (strstr(rule->text, "SCSI_IDENT_") || strstr(rule->text, "ID_WWN")) &&
	    !strpbrk(rule->text, "|?*{"))
		mp_lint_tell(
			linter, rule,
			"this rule has no effect because the built-in exception \"(SCSI_IDENT_|ID_WWN)\" overrides it");
	else if (rule->pattern.inverted && mp_pattern_matches(&rule->pattern, "ID_SERIAL") &&
		 !strpbrk(rule->text, "= ") &&
		 !has_rules(linter, MP_LIST_EXCEPTIONS, MP_CRITERION_PROPERTY))
		mp_lint_tell(
			linter, rule,
			"property \"%s\" matches every property of another name, and each device has some: no device is "
			"multipathed",
			rule->text);
}

void mp_lint_rule_reach(struct mp_linter *linter, enum mp_list list, enum mp_criterion criterion,
			const struct mp_rule *rule)
{
	const char *name = mp_filter_criterion_name(criterion);

	if (criterion == MP_CRITERION_DEVICE) {
		tell_if_glob(linter, rule, "vendor", rule->pattern.text);
		tell_if_glob(linter, rule, "product", rule->product.text);
	} else {
		tell_if_glob(linter, rule, name, rule->text);
	}
	if (criterion == MP_CRITERION_DEVNODE && ends_in_question(rule->text))
		mp_lint_tell(
			linter, rule,
			"devnode \"%s\": a \"?\" only makes optional what precedes it: write \".\" for any character",
			rule->text);
	if (criterion == MP_CRITERION_DEVNODE && is_disk_name(rule->text)) {
		const char *disk = rule->text + (*rule->text == '^');

		mp_lint_tell(
			linter, rule,
			"devnode \"%s\" also matches \"%sa\": write \"^%s$\" to match only that name",
			rule->text, disk, disk);
	}
	if (criterion == MP_CRITERION_PROPERTY && list == MP_LIST_BLACKLIST)
		tell_property_reach(linter, rule);
	if (!matches_everything(&rule->pattern) || !matches_everything(&rule->product))
		return;
	/* Everything but the exceptions is a usual way to name what is wanted. */
	if (list == MP_LIST_BLACKLIST && !has_rules(linter, MP_LIST_EXCEPTIONS, criterion))
		mp_lint_tell(
			linter, rule,
			"%s \"%s\" matches everything, and there is no exception of this type: no device is "
			"multipathed",
			name, rule->text);
	else if (list == MP_LIST_EXCEPTIONS)
		mp_lint_tell(
			linter, rule,
			"%s \"%s\" matches everything: no %s rule of the blacklist has an effect",
			name, rule->text, name);
}

/*
 * A rule of the blacklist for the nodes of all SCSI disks, from which there is no exception.
 * Return: NULL if there is none.
 */
static const struct mp_rule *find_scsi_rule(const struct mp_linter *linter)
{
	static const char *const names[] = { "sda", "sdb", "sdm", "sdz", "sdaa", "sdqx", "sdzzz" };
	const struct mp_rule_list *rules =
		&linter->config->rules[MP_LIST_BLACKLIST][MP_CRITERION_DEVNODE];
	enum { RULES_MAX = 64 };

	if (has_rules(linter, MP_LIST_EXCEPTIONS, MP_CRITERION_DEVNODE))
		return NULL;
	for (size_t i = 0; i < rules->count && i < RULES_MAX; i++) {
		bool all = true;

		for (size_t k = 0; k < ARRAY_SIZE(names) && all; k++)
			all = mp_pattern_matches(&rules->items[i].pattern, names[k]);
		if (all)
			return &rules->items[i];
	}
	return NULL;
}

/* "36001405...", "^3600" */
static bool is_scsi_wwid(const char *text)
{
	text += *text == '^';
	return *text == '3' && strspn(text, "0123456789abcdef") >= 4;
}

void mp_lint_exception_kind(struct mp_linter *linter, enum mp_list list,
			    enum mp_criterion criterion, const struct mp_rule *rule)
{
	const struct mp_rule *scsi =
		list == MP_LIST_EXCEPTIONS && criterion == MP_CRITERION_WWID &&
				is_scsi_wwid(rule->text) &&
				has_rules(linter, MP_LIST_BLACKLIST, criterion) ?
			find_scsi_rule(linter) :
			NULL;

	if (scsi)
		mp_lint_tell(
			linter, rule,
			"this exception has no effect because devnode \"%s\" blacklists all SCSI disks (%s), "
			"and an exception only overrides rules of its own type",
			scsi->text,
			mp_section_place(linter->config, rule->file, scsi->file, scsi->line).text);
	if (list != MP_LIST_EXCEPTIONS ||
	    (criterion != MP_CRITERION_WWID && criterion != MP_CRITERION_PROTOCOL) ||
	    has_rules(linter, MP_LIST_BLACKLIST, criterion))
		return;
	/* It may be the rule that was not valid. */
	if (linter->diagnostics->report && linter->diagnostics->report->errors)
		return;
	mp_lint_tell(
		linter, rule,
		"this exception has no effect because the blacklist has no %s rule: an exception only overrides "
		"rules of its own type",
		mp_filter_criterion_name(criterion));
}

static int by_text(const void *a, const void *b)
{
	const struct mp_rule *const *first = a, *const *second = b;

	return strcmp((*first)->text, (*second)->text);
}

static int compare_text(const void *key, const void *element)
{
	const struct mp_rule *const *rule = element;

	return strcmp(key, (*rule)->text);
}

/* The rules of one list: all by their text, and those that may match what is not their text. */
struct rules {
	const struct mp_rule **sorted, **expressions;
	size_t count, expression_count;
};

enum { WWID_USUAL_MIN = 17 }; /* characters: a shorter text is meant as a part of WWIDs */

static void rules_fini(struct rules *rules)
{
	free(rules->sorted);
	free(rules->expressions);
}

#define _cleanup_rules_ _cleanup_(rules_fini)

static struct rules rules_of(struct mp_linter *linter, enum mp_list list,
			     enum mp_criterion criterion)
{
	const struct mp_rule_list *all = &linter->config->rules[list][criterion];
	struct rules rules = { 0 };

	if (!all->count)
		return rules;
	rules.sorted = calloc(all->count, sizeof(*rules.sorted));
	rules.expressions = calloc(all->count, sizeof(*rules.expressions));
	if (!rules.sorted || !rules.expressions) {
		linter->error = -ENOMEM;
		return rules;
	}
	rules.count = all->count;
	for (size_t i = 0; i < all->count; i++) {
		const struct mp_rule *rule = &all->items[i];

		rules.sorted[i] = rule;
		if (rule->pattern.inverted || !is_literal(rule->text) ||
		    strlen(rule->text) < WWID_USUAL_MIN)
			rules.expressions[rules.expression_count++] = rule;
	}
	qsort(rules.sorted, rules.count, sizeof(*rules.sorted), by_text);
	return rules;
}

static const struct mp_rule *find_equal(const struct rules *rules, const char *text)
{
	const struct mp_rule *const *equal = NULL;

	if (rules->count)
		equal = bsearch(text, rules->sorted, rules->count, sizeof(*rules->sorted),
				compare_text);
	return equal ? *equal : NULL;
}

/* The rule with this text, else one that matches it, as long as there are not too many to try. */
static const struct mp_rule *find_match(struct mp_linter *linter, const struct rules *rules,
					const char *text)
{
	const struct mp_rule *found = find_equal(rules, text);

	for (size_t i = 0; !found && i < rules->expression_count && linter->pairs > 0;
	     i++, linter->pairs--)
		if (mp_pattern_matches(&rules->expressions[i]->pattern, text))
			found = rules->expressions[i];
	return found;
}

static void cancel_rules(struct mp_linter *linter, enum mp_criterion criterion)
{
	const struct mp_rule_list *list = &linter->config->rules[MP_LIST_BLACKLIST][criterion];
	_cleanup_rules_ struct rules exceptions = { 0 };
	/* Only these are usually written as what they match, as a whole. */
	bool whole = criterion == MP_CRITERION_WWID || criterion == MP_CRITERION_PROTOCOL;

	if (list->count)
		exceptions = rules_of(linter, MP_LIST_EXCEPTIONS, criterion);
	for (size_t i = 0; exceptions.count && i < list->count; i++) {
		const struct mp_rule *rule = &list->items[i];
		const struct mp_rule *exception =
			whole && is_literal(rule->text) ?
				find_match(linter, &exceptions, rule->text) :
				find_equal(&exceptions, rule->text);

		if (exception)
			mp_lint_tell(
				linter, rule,
				"this rule has no effect because the exception \"%s\" overrides it (%s)",
				exception->text,
				mp_section_place(linter->config, rule->file, exception->file,
						 exception->line)
					.text);
	}
}

void mp_lint_cancelled_rules(struct mp_linter *linter)
{
	for (enum mp_criterion criterion = 0; criterion <= MP_CRITERION_WWID; criterion++)
		cancel_rules(linter, criterion);
}

void mp_lint_blacklisted_maps(struct mp_linter *linter)
{
	const struct mp_section_list *maps = &linter->config->maps;
	_cleanup_rules_ struct rules rules = rules_of(linter, MP_LIST_BLACKLIST, MP_CRITERION_WWID);
	_cleanup_rules_ struct rules exceptions =
		rules_of(linter, MP_LIST_EXCEPTIONS, MP_CRITERION_WWID);
	const struct mp_rule *scsi = find_scsi_rule(linter);

	for (size_t i = 0; (rules.count || scsi) && i < maps->count; i++) {
		const struct mp_setting *wwid = mp_section_find(&maps->items[i], MP_KEY_WWID);
		const struct mp_rule *rule =
			wwid && rules.count ? find_match(linter, &rules, wwid->text) : NULL;

		if (scsi && wwid && is_scsi_wwid(wwid->text))
			mp_lint_tell(
				linter, wwid,
				"this multipath section has no effect because devnode \"%s\" blacklists all SCSI disks (%s)",
				scsi->text,
				mp_section_place(linter->config, wwid->file, scsi->file, scsi->line)
					.text);
		else if (rule && !find_match(linter, &exceptions, wwid->text))
			mp_lint_tell(
				linter, wwid,
				"this multipath section has no effect because its wwid is blacklisted (%s)",
				mp_section_place(linter->config, wwid->file, rule->file, rule->line)
					.text);
	}
}
