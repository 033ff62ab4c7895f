#include "testing.h"

#define WATCHED_FIELD "new-policy.watched-field"

static cs_case_t changing(const char *field) {
    return cs_case_overwrite(field, cs_text("a"), cs_text("b"));
}

static cs_answer_t decide(const char *settings, cs_case_t given) {
    return cs_decide(settings, &given, (cs_list_finding_t){0});
}

static void a_watched_field_is_reviewed(void) {
    cs_answer_t answer = decide("{}", changing("email"));
    CS_CHECK(answer.answered);
    CS_CHECK(answer.verdict.outcome == CS_OUTCOME_REVIEW);
    CS_CHECK(answer.verdict.reasons.len == 1);
    CS_CHECK(cs_is(answer.verdict.reasons.ptr[0].code, WATCHED_FIELD));
    CS_CHECK(cs_is(answer.verdict.reasons.ptr[0].field.val, "email"));
    CS_CHECK(cs_is(answer.verdict.reasons.ptr[0].message, "The field is watched."));
}

static void other_fields_are_applied(void) {
    cs_answer_t answer = decide("{}", changing("industry"));
    CS_CHECK(answer.answered);
    CS_CHECK(answer.verdict.outcome == CS_OUTCOME_APPLY);
}

static void fields_can_be_watched_by_their_tags(void) {
    cs_case_t given = changing("mobile");
    cs_case_field(&given, "mobile", cs_text("a"))->tags = cs_strings((const char *[]){"phone", NULL});
    CS_CHECK(decide("{\"fields\": [\"#phone\"]}", given).verdict.outcome == CS_OUTCOME_REVIEW);
}

static void wrong_settings_are_refused(void) {
    CS_CHECK(cs_is(decide("{\"field\": []}", changing("email")).why, "unknown key `field`"));
    CS_CHECK(cs_is(decide("{\"fields\": \"a\"}", changing("email")).why, "key `fields`: must be a list"));
    CS_CHECK(cs_starts_with(decide("{\"fields\": [\"#\"]}", changing("email")).why, "key `fields`: an entry is blank"));
}

int main(void) {
    a_watched_field_is_reviewed();
    other_fields_are_applied();
    fields_can_be_watched_by_their_tags();
    wrong_settings_are_refused();
    return cs_report();
}
