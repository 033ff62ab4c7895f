/* For writing Countersign modules in C: policies, which say what may happen to a change that an AI assistant suggests
 * for a CRM record, and validators, which notice things about it.
 *
 * A module defines `module_about`, `module_configure`, and `policy_decide` or `validator_validate`; and if it wants to
 * see more than is always given, `module_reads`. It is a pure function of its arguments: no files, no network, no
 * clock but `facts->now`. Every call runs in a fresh instance that starts from what configuring left in memory, so
 * nothing is ever freed, and text and lists may be kept and handed on without copying. A crash is a fault of the
 * module, and never lets a suggestion pass.
 *
 * The types of the interface, such as `cs_suggestion_t`, stand in `cs_abi.h`, with what each field means.
 */
#ifndef COUNTERSIGN_H
#define COUNTERSIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cs_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

/* UTF-8 text with its length. No zero byte ends it: print it with "%.*s". */
typedef cs_abi_string_t cs_string_t;
typedef cs_abi_list_string_t cs_list_string_t;
typedef cs_abi_option_string_t cs_option_string_t;
typedef cs_abi_option_f64_t cs_option_number_t;
typedef cs_abi_option_u32_t cs_option_count_t;
typedef cs_abi_list_finding_t cs_list_finding_t;

/* What a module defines. */

/* One code that the module may return. */
typedef struct {
    const char *code;    /* <module>.<what> */
    const char *meaning; /* one sentence: when it is returned */
} cs_code_t;

/* What a module says of itself whatever its settings are. */
typedef struct {
    const char *name;    /* lower case letters, digits and hyphens, at most 64 */
    const char *version; /* semver */
    const char *summary; /* one sentence: what it is for */
    const cs_code_t *codes;
    size_t code_count;
    const char *settings_schema; /* JSON Schema (2020-12) of the settings */
} cs_about_t;

extern const cs_about_t module_about;

/* JSON, written as it is, as text: `CS_JSON({"type": "object"})`. */
#define CS_JSON(...) #__VA_ARGS__

/* Settings as they are read, from front to back. */
typedef struct cs_settings cs_settings_t;

/* Sets the module's settings to their defaults, and then to what is given. Does what is costly too: every call starts
 * from what it leaves in memory. Says that settings are wrong by `cs_refuse`. */
void module_configure(cs_settings_t *settings);

/* Where the module applies. All of it is empty at first, which means everywhere; define it only to change that. */
void module_applies_to(cs_scope_t *scope);

/* What the module wants to see. Ids, operation, names of changed fields and confidences are always given; define it
 * only to see more, and ask for little. */
void module_reads(cs_reads_t *reads);

/* A policy's answer. The verdict is to apply at first. False means 'I cannot judge this', with the reason in `why`: the
 * host treats it as a fault of the module. */
bool policy_decide(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_list_finding_t findings,
                   cs_verdict_t *verdict, cs_string_t *why);

/* What a validator notices, gathered with `cs_found`. */
typedef struct {
    cs_list_finding_t list;
    size_t capacity;
} cs_findings_t;

/* A validator's answer; finding nothing is a good one. False means 'I cannot judge this', with the reason in `why`: the
 * host treats it as a fault of the module. */
bool validator_validate(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_findings_t *findings,
                        cs_string_t *why);

/* Reading settings: a JSON object, read strictly. The first error ends the reading; after it there are no more keys,
 * and what is read is empty. Null is refused everywhere. */

/* The next key of the object; false at its end. Read the value before the next key. */
bool cs_next_key(cs_settings_t *settings, cs_string_t *key);
/* Whether the list has one more item. Read the item before asking again. */
bool cs_next_item(cs_settings_t *settings);
/* Begin the object or list that is the value, to be read to its end before what it stands in. */
void cs_open_object(cs_settings_t *settings);
void cs_open_list(cs_settings_t *settings);

bool cs_read_boolean(cs_settings_t *settings);
double cs_read_number(cs_settings_t *settings);
/* A whole number from 0 to `most`. */
uint32_t cs_read_count(cs_settings_t *settings, uint32_t most);
cs_string_t cs_read_string(cs_settings_t *settings);
cs_list_string_t cs_read_strings(cs_settings_t *settings);
cs_operation_t cs_read_operation(cs_settings_t *settings);
cs_severity_t cs_read_severity(cs_settings_t *settings);
cs_outcome_t cs_read_outcome(cs_settings_t *settings);

/* Numbers by name, in the order of their names' bytes. */
typedef struct {
    cs_string_t name;
    double number;
} cs_named_number_t;
typedef struct {
    cs_named_number_t *ptr;
    size_t len;
} cs_numbers_t;

cs_numbers_t cs_read_numbers(cs_settings_t *settings);
/* The number of that name, or a null pointer. */
const double *cs_find_number(cs_numbers_t numbers, cs_string_t name);

/* Says that the settings are wrong, and why; name the key that is to blame. The first of several counts. */
void cs_refuse(cs_settings_t *settings, cs_string_t why);
/* Refuses a list of names and #tags with an entry that can match no field. */
void cs_check_fields(cs_settings_t *settings, const char *key, cs_list_string_t fields);
/* Refuses the key that was read last as one that is unknown. */
void cs_refuse_key(cs_settings_t *settings);

/* Text. */

/* A literal as text. */
#define CS_STRING(literal) ((cs_string_t){(uint8_t *)("" literal), sizeof(literal) - 1})

/* Text that is ended by a zero byte, without copying it. */
cs_string_t cs_string(const char *text);
bool cs_equal(cs_string_t a, cs_string_t b);
/* Whether text is the same as one that is ended by a zero byte. */
bool cs_is(cs_string_t text, const char *other);
bool cs_starts_with(cs_string_t text, const char *prefix);
/* Without white space at both ends. */
cs_string_t cs_trim(cs_string_t text);
/* All of several texts: `CS_JOIN(CS_STRING("over "), cs_number(0.5))`. */
#define CS_JOIN(...)                                                                                                   \
    cs_join((const cs_string_t[]){__VA_ARGS__}, sizeof((const cs_string_t[]){__VA_ARGS__}) / sizeof(cs_string_t))
cs_string_t cs_join(const cs_string_t *parts, size_t count);
/* A number as all modules write it: the fewest digits that read back as the same number, and never an exponent. */
cs_string_t cs_number(double number);
/* Whether text is nothing but a finite number as JSON writes it; 007 and +41 are none. */
bool cs_parse_number(cs_string_t text, double *number);

/* Finding things. */

/* The value's text, if it is text; else empty text at a null pointer. */
cs_string_t cs_value_text(const cs_value_t *value);
/* Whether the value is a number, or text that is nothing but one. */
bool cs_value_number(const cs_value_t *value, double *number);
/* Whether the field holds nothing: null, blank text, no choices. A withheld value is not empty. */
bool cs_value_is_empty(const cs_value_t *value);
/* What is known about a field, or a null pointer if it was not handed over. */
const cs_field_fact_t *cs_field(const cs_facts_t *facts, cs_string_t name);
/* Whether the field carries a tag of the catalogue. */
bool cs_has_tag(const cs_field_fact_t *fact, cs_string_t tag);
/* Whether a field is meant by a list of names, #tags and *; by its name alone where nothing is known about it. */
bool cs_matches(const cs_facts_t *facts, cs_string_t field, cs_list_string_t patterns);
/* Whether a person set the field's value. */
bool cs_set_by_person(const cs_field_fact_t *fact);

/* Answers. Of very many reasons or findings the gravest reach the host, and long messages are cut. */

/* A reason or finding about a field; about none in particular if that is a null pointer. */
cs_reason_t cs_reason(const char *code, const cs_string_t *field, cs_string_t message);
cs_finding_t cs_finding(const char *code, cs_severity_t severity, const cs_string_t *field, cs_string_t message);

/* What speaks against a suggestion. */
typedef struct {
    cs_list_reason_t reasons;
    cs_outcome_t *outcomes;
    size_t capacity;
} cs_objections_t;

/* Adds a reason with the outcome that it asks for; nothing if that is CS_OUTCOME_APPLY. */
void cs_object(cs_objections_t *objections, cs_outcome_t outcome, cs_reason_t reason);
/* The verdict, with the strictest outcome of all reasons. */
cs_verdict_t cs_verdict(cs_objections_t *objections);
/* One approval by any reviewer, at middling priority, with no limit in time. */
cs_review_needs_t cs_default_review_needs(void);
void cs_found(cs_findings_t *findings, cs_finding_t finding);

/* Keeps a line with the decision, for whoever reads it later. It costs fuel by length, and is cut at 4 KiB a call. */
void cs_log(cs_string_t message);
/* Memory for so many things of a size, not cleared. It never fails: where there is none left, the module stops. */
void *cs_allocate(size_t count, size_t size);

#ifdef __cplusplus
}
#endif
#endif
