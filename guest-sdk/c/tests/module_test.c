#include <string.h>

#include "tests.h"

static void the_strictest_objections_are_kept(void) {
    cs_objections_t objections = {0};
    cs_object(&objections, CS_OUTCOME_APPLY, cs_reason("a.fine", NULL, CS_STRING("What is applied needs no reason.")));
    CS_CHECK(cs_verdict(&objections).outcome == CS_OUTCOME_APPLY && objections.reasons.len == 0);
    for (int n = 0; n < 40; n++) {
        cs_object(&objections, n == 39 ? CS_OUTCOME_REJECT : CS_OUTCOME_REVIEW, cs_reason("a.b", NULL, cs_number(n)));
    }
    cs_verdict_t verdict = cs_verdict(&objections);
    CS_CHECK(verdict.outcome == CS_OUTCOME_REJECT && verdict.reasons.len == 32);
    CS_CHECK(cs_is(verdict.reasons.ptr[0].message, "39") && cs_is(verdict.reasons.ptr[1].message, "0"));
}

static void the_most_serious_findings_are_kept_and_made_short(void) {
    uint8_t long_text[9001], long_name[257];
    long_text[0] = 'x';
    for (size_t i = 1; i < sizeof long_text; i++) {
        long_text[i] = i % 2 ? 0xC3 : 0xA9;
    }
    memset(long_name, 'x', sizeof long_name);
    cs_string_t message = {long_text, sizeof long_text}, name = {long_name, sizeof long_name};
    cs_findings_t findings = {0};
    for (int n = 0; n < 70; n++) {
        cs_found(&findings, cs_finding("a.b", CS_SEVERITY_LOW, &name, message));
    }
    cs_found(&findings, cs_finding("a.c", CS_SEVERITY_HIGH, NULL, CS_STRING("This.")));
    cs_bound_findings(&findings.list);
    CS_CHECK(findings.list.len == 64 && cs_is(findings.list.ptr[0].code, "a.c"));
    CS_CHECK(!findings.list.ptr[1].field.is_some);
    CS_CHECK(findings.list.ptr[1].message.len == 511 + strlen("…"));
}

static void take_no_settings(cs_settings_t *settings) {
    for (cs_string_t key; cs_next_key(settings, &key);) {
        cs_refuse_key(settings);
    }
}

static cs_answer_t decide(cs_case_t given) {
    configuring = take_no_settings;
    return cs_decide("{}", &given, (cs_list_finding_t){0});
}

static bool sees_nothing(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_verdict_t *verdict) {
    (void)verdict;
    return suggestion->changes.ptr[0].proposed.tag == CS_VALUE_WITHHELD && suggestion->evidence.len == 0 &&
           suggestion->rationale.len == 0 && suggestion->assistant.vendor.len == 0 && suggestion->confidence.is_some &&
           facts->fields.len == 0 && facts->consents.len == 0 && !facts->segment.is_some;
}

static bool sees_what_it_reads(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_verdict_t *verdict) {
    (void)verdict;
    return cs_is(cs_value_text(&suggestion->changes.ptr[0].proposed), "b") && suggestion->evidence.len == 1 &&
           !suggestion->evidence.ptr[0].excerpt.is_some && facts->fields.len == 1 && facts->segment.is_some;
}

static void a_module_sees_what_it_reads_and_nothing_else(void) {
    cs_case_t given = cs_case_overwrite("mail", cs_text("a"), cs_text("b"));
    cs_case_field(&given, "city", cs_text("Bern"));
    given.facts.segment = cs_some_string("saas");
    deciding = sees_nothing;
    CS_CHECK(decide(given).answered);
    CS_CHECK(given.suggestion.changes.ptr[0].proposed.tag == CS_VALUE_TEXT);
    deciding = sees_what_it_reads;
    reading.parts = CS_PARTS_EVIDENCE | CS_PARTS_SEGMENT;
    reading.fields = cs_strings((const char *[]){"mail", NULL});
    CS_CHECK(decide(given).answered);
    reading = (cs_reads_t){0};
}

static bool objects_with_a_stray_code(const cs_suggestion_t *suggestion, const cs_facts_t *facts,
                                      cs_verdict_t *verdict) {
    (void)suggestion, (void)facts;
    cs_objections_t objections = {0};
    cs_object(&objections, CS_OUTCOME_REVIEW, cs_reason("tests.stray", NULL, CS_STRING("This.")));
    *verdict = cs_verdict(&objections);
    return true;
}

static bool cannot_judge(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_verdict_t *verdict) {
    (void)suggestion, (void)facts, (void)verdict;
    return false;
}

static void what_the_host_would_not_take_is_no_answer(void) {
    cs_case_t given = cs_case_overwrite("mail", cs_text("a"), cs_text("b"));
    deciding = objects_with_a_stray_code;
    CS_CHECK(cs_is(decide(given).why, "the module does not declare the code tests.stray"));
    deciding = cannot_judge;
    CS_CHECK(!decide(given).answered && cs_is(decide(given).why, "cannot judge"));
    applying.fields = cs_strings((const char *[]){"city", "#phone", NULL});
    CS_CHECK(cs_is(decide(given).why, "the module does not apply to the suggestion"));
    applying = (cs_scope_t){0};
}

static void a_module_describes_itself(void) {
    cs_description_t description;
    cs_describe(&description);
    CS_CHECK(cs_is(description.name, "tests") && cs_is(description.version, "1.2.3"));
    CS_CHECK(description.codes.len == 1 && cs_is(description.codes.ptr[0].code, "tests.known"));
    CS_CHECK(cs_is(description.settings_schema, "{\"type\" : \"object\", \"title\" : \"a\\\"b\"}"));
}

void module_tests(void) {
    the_strictest_objections_are_kept();
    the_most_serious_findings_are_kept_and_made_short();
    a_module_sees_what_it_reads_and_nothing_else();
    what_the_host_would_not_take_is_no_answer();
    a_module_describes_itself();
}
