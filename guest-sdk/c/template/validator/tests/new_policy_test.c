#include "testing.h"

#define SHOUTING "new-policy.shouting"

static cs_answer_t validate(const char *settings, cs_value_t proposed) {
    cs_case_t given = cs_case(CS_OPERATION_ENRICH);
    cs_case_change(&given, "company", cs_null(), proposed);
    return cs_validate(settings, &given);
}

static void text_that_is_all_upper_case_is_noticed(void) {
    cs_answer_t answer = validate("{}", cs_text("ACME SOFTWARE"));
    CS_CHECK(answer.answered);
    CS_CHECK(answer.findings.len == 1);
    CS_CHECK(cs_is(answer.findings.ptr[0].code, SHOUTING));
    CS_CHECK(answer.findings.ptr[0].severity == CS_SEVERITY_LOW);
    CS_CHECK(cs_is(answer.findings.ptr[0].field.val, "company"));
}

static void short_mixed_and_caseless_text_is_not(void) {
    cs_value_t quiet[] = {cs_null(), cs_text("IBM"), cs_text("Acme Software"), cs_text("1234567890"),
                          cs_decimal("1234567890")};
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++) {
        cs_answer_t answer = validate("{}", quiet[i]);
        CS_CHECK(answer.answered && answer.findings.len == 0);
    }
}

static void the_length_is_a_setting(void) {
    CS_CHECK(validate("{\"min-length\": 2}", cs_text("IBM")).findings.len == 1);
    CS_CHECK(validate("{\"min-length\": 12}", cs_text("ÜBER ÄNDERUNG")).findings.len == 1);
    CS_CHECK(validate("{\"min-length\": 13}", cs_text("ÜBER ÄNDERUNG")).findings.len == 0);
    CS_CHECK(cs_is(validate("{\"min-length\": \"2\"}", cs_null()).why, "key `min-length`: must be a number"));
}

int main(void) {
    text_that_is_all_upper_case_is_noticed();
    short_mixed_and_caseless_text_is_not();
    the_length_is_a_setting();
    return cs_report();
}
