#include "tests.h"

static void texts_are_compared_and_joined(void) {
    cs_string_t nothing = {NULL, 0};
    CS_CHECK(cs_equal(nothing, CS_STRING("")) && cs_is(nothing, "") && !cs_is(nothing, "a"));
    CS_CHECK(cs_starts_with(CS_STRING("person:ana"), "person:") && !cs_starts_with(nothing, "a"));
    CS_CHECK(cs_is(CS_JOIN(CS_STRING("a"), nothing, cs_number(2.5)), "a2.5"));
    CS_CHECK(cs_is(cs_trim(CS_STRING(" \t\na b\r\n")), "a b") && cs_trim(CS_STRING("  ")).len == 0);
}

static void values_are_read(void) {
    cs_value_t withheld = {.tag = CS_VALUE_WITHHELD}, number = cs_decimal("12.50"), text = cs_text(" 7 ");
    cs_value_t blank = cs_text("  "), null = cs_null(), box = cs_boolean(true);
    cs_value_t none = {.tag = CS_VALUE_CHOICES};
    double read;
    CS_CHECK(cs_value_number(&number, &read) && read == 12.5);
    CS_CHECK(cs_value_number(&text, &read) && read == 7);
    CS_CHECK(!cs_value_number(&blank, &read) && !cs_value_number(&box, &read));
    CS_CHECK(cs_value_is_empty(&null) && cs_value_is_empty(&blank) && cs_value_is_empty(&none));
    CS_CHECK(!cs_value_is_empty(&withheld) && !cs_value_is_empty(&number) && !cs_value_is_empty(&box));
    CS_CHECK(cs_is(cs_value_text(&text), " 7 ") && cs_value_text(&number).len == 0);
}

static void fields_match_names_tags_and_all(void) {
    cs_case_t given = cs_case_overwrite("mail", cs_text("a"), cs_text("b"));
    cs_field_fact_t *fact = cs_case_field(&given, "mail", cs_text("a"));
    fact->tags = cs_strings((const char *[]){"email", "pii", NULL});
    cs_list_string_t tags = cs_strings((const char *[]){"phone", "#pii", NULL});
    cs_list_string_t all = cs_strings((const char *[]){"*", NULL});
    CS_CHECK(cs_matches(&given.facts, CS_STRING("mail"), tags) && cs_matches(&given.facts, CS_STRING("phone"), tags));
    CS_CHECK(!cs_matches(&given.facts, CS_STRING("city"), tags) && cs_matches(&given.facts, CS_STRING("city"), all));
    CS_CHECK(!cs_set_by_person(fact));
    fact->set_by = cs_some_string("person:ana");
    CS_CHECK(cs_set_by_person(cs_field(&given.facts, CS_STRING("mail"))));
}

void text_tests(void) {
    texts_are_compared_and_joined();
    values_are_read();
    fields_match_names_tags_and_all();
}
