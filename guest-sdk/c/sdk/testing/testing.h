/* For testing a module natively: builds suggestions, and calls the module as the host does, with nothing but what it
 * reads. */
#ifndef COUNTERSIGN_TESTING_H
#define COUNTERSIGN_TESTING_H

#include "countersign.h"

/* A suggestion with its facts. */
typedef struct {
    cs_suggestion_t suggestion;
    cs_facts_t facts;
} cs_case_t;

/* A suggestion of this operation that changes nothing yet, and that nobody would object to: contact 101, confidence
 * 0.99, one source with a digest, consent given to enrichment; the time is 2026-11-20T09:00:00Z. */
cs_case_t cs_case(cs_operation_t operation);
/* The same, replacing a field's value. */
cs_case_t cs_case_overwrite(const char *field, cs_value_t prior, cs_value_t proposed);
/* Changes one more field; the record's field gets the prior value. Returns the change, to be set further. */
cs_change_t *cs_case_change(cs_case_t *given, const char *field, cs_value_t prior, cs_value_t proposed);
/* Sets the record's value of a field: of low sensitivity, not verified, set by an import. Returns what is known about
 * it, to be set further. */
cs_field_fact_t *cs_case_field(cs_case_t *given, const char *field, cs_value_t value);

cs_value_t cs_null(void);
cs_value_t cs_boolean(bool set);
cs_value_t cs_decimal(const char *text);
cs_value_t cs_text(const char *text);
cs_option_number_t cs_some_number(double number);
cs_option_string_t cs_some_string(const char *text);
/* Texts that a null pointer ends, as a list: `cs_strings((const char *[]){"email", NULL})`. */
cs_list_string_t cs_strings(const char *const *texts);

/* What a module answers. */
typedef struct {
    bool answered;              /* false: the settings are refused, or the module does not apply or cannot judge */
    cs_string_t why;            /* it did not answer */
    cs_verdict_t verdict;       /* of a policy */
    cs_list_finding_t findings; /* of a validator */
} cs_answer_t;

/* Configures the policy with JSON settings and calls it, given what validators found. */
cs_answer_t cs_decide(const char *settings, const cs_case_t *given, cs_list_finding_t findings);
/* Configures the validator with JSON settings and calls it. */
cs_answer_t cs_validate(const char *settings, const cs_case_t *given);
/* Configures the module; `given` becomes what it is then given. False if it is not called. */
bool cs_prepare(const char *settings, cs_case_t *given, cs_string_t *why);
/* Whether the module declares a code; if not, says so in `why`. */
bool cs_declares(cs_string_t code, cs_string_t *why);

/* Counts a failure, and says where, if a condition does not hold. */
#define CS_CHECK(condition) cs_check((condition), #condition, __FILE__, __LINE__)
void cs_check(bool holds, const char *condition, const char *file, int line);
/* Says how the checks went. Returns the program's exit status. */
int cs_report(void);

#endif
