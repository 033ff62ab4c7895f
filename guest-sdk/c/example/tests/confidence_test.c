#include <math.h>

#include "testing.h"

#define BELOW_THRESHOLD "confidence.below-threshold"
#define MISSING         "confidence.missing"

static cs_case_t overwriting(double confidence) {
    cs_case_t given = cs_case_overwrite("industry", cs_text("Retail"), cs_text("Software"));
    given.suggestion.confidence = cs_some_number(confidence);
    return given;
}

static cs_answer_t decide(const char *settings, cs_case_t given) {
    return cs_decide(settings, &given, (cs_list_finding_t){0});
}

/* Whether there is one reason, with this code; or with a null pointer, none. */
static bool has_code(cs_answer_t answer, const char *code) {
    cs_list_reason_t reasons = answer.verdict.reasons;
    return answer.answered && (code == NULL ? reasons.len == 0 : reasons.len == 1 && cs_is(reasons.ptr[0].code, code));
}

static void the_default_threshold_is_inclusive(void) {
    CS_CHECK(has_code(decide("{}", overwriting(0.95)), NULL));
    cs_answer_t answer = decide("{}", overwriting(0.9499));
    CS_CHECK(has_code(answer, BELOW_THRESHOLD));
    CS_CHECK(cs_is(answer.verdict.reasons.ptr[0].message, "Confidence 0.9499 is below the threshold of 0.95."));
}

static void what_is_no_confidence_is_not_confident(void) {
    const double nonsense[] = {NAN, INFINITY, 1.5, -0.1};
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        CS_CHECK(has_code(decide("{}", overwriting(nonsense[i])), MISSING));
    }
    cs_case_t given = overwriting(1);
    given.suggestion.confidence = (cs_option_number_t){0};
    CS_CHECK(has_code(decide("{}", given), MISSING));
}

static void a_change_with_its_own_confidence_is_judged_by_it(void) {
    cs_case_t given = overwriting(0.99);
    cs_case_change(&given, "city", cs_text("Bern"), cs_text("Basel"))->confidence = cs_some_number(0.5);
    cs_answer_t answer = decide("{}", given);
    CS_CHECK(has_code(answer, BELOW_THRESHOLD));
    CS_CHECK(cs_is(answer.verdict.reasons.ptr[0].field.val, "city"));
}

static void thresholds_by_field_object_segment_and_assistant(void) {
    const char *const stricter[] = {
        "{\"fields\": {\"industry\": 0.99}}",
        "{\"objects\": {\"account\": 0.1, \"contact\": 0.99}}",
        "{\"segments\": {\"saas\": 0.99}}",
        "{\"assistants\": {\"acme\": 0.1, \"acme/enricher\": 0.99}}",
    };
    for (size_t i = 0; i < sizeof stricter / sizeof stricter[0]; i++) {
        cs_case_t given = overwriting(0.97);
        given.facts.segment = cs_some_string("saas");
        CS_CHECK(has_code(decide(stricter[i], given), BELOW_THRESHOLD));
    }
    CS_CHECK(has_code(decide("{\"assistants\": {\"acme\": 0.9}}", overwriting(0.91)), NULL));
}

static void refused(const char *settings, const char *why) {
    cs_answer_t answer = decide(settings, overwriting(0.97));
    CS_CHECK(!answer.answered);
    CS_CHECK(cs_is(answer.why, why));
}

static void wrong_settings_are_refused(void) {
    refused("{\"threshold\": 95}", "threshold: 95 is no confidence from 0 to 1");
    refused("{\"fields\": {\"b\": 2, \"a\": -0.1}}", "a: -0.1 is no confidence from 0 to 1");
    refused("{\"treshold\": 0.9}", "unknown key `treshold`");
    refused("{\"segments\": {\"saas\": null}}", "key `saas`: must be a number");
    refused("{\"objects\": {\"deal\": 0.1, \"deal\": 0.2}}", "key `deal`: stands here twice");
}

int main(void) {
    the_default_threshold_is_inclusive();
    what_is_no_confidence_is_not_confident();
    a_change_with_its_own_confidence_is_judged_by_it();
    thresholds_by_field_object_segment_and_assistant();
    wrong_settings_are_refused();
    return cs_report();
}
