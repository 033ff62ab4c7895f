#include "tests.h"

static const cs_code_t CODES[] = {{"tests.known", "It is known."}};
const cs_about_t module_about = {
    .name = "tests",
    .version = "1.2.3",
    .summary = "For tests",
    .codes = CODES,
    .code_count = 1,
    .settings_schema = CS_JSON({"type" : "object", "title" : "a\"b"}),
};

void (*configuring)(cs_settings_t *settings);
cs_reads_t reading;
cs_scope_t applying;
bool (*deciding)(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_verdict_t *verdict);

void module_configure(cs_settings_t *settings) {
    configuring(settings);
}

void module_reads(cs_reads_t *reads) {
    *reads = reading;
}

void module_applies_to(cs_scope_t *scope) {
    *scope = applying;
}

bool policy_decide(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_list_finding_t findings,
                   cs_verdict_t *verdict, cs_string_t *why) {
    (void)findings;
    *why = CS_STRING("cannot judge");
    return deciding(suggestion, facts, verdict);
}

int main(void) {
    number_tests();
    settings_tests();
    text_tests();
    module_tests();
    return cs_report();
}
