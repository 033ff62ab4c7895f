#include "countersign.h"

cs_string_t cs_value_text(const cs_value_t *value) {
    return value->tag == CS_VALUE_TEXT ? value->val.text : (cs_string_t){NULL, 0};
}

bool cs_value_number(const cs_value_t *value, double *number) {
    switch (value->tag) {
    case CS_VALUE_NUMBER:
        return cs_parse_number(cs_trim(value->val.number), number);
    case CS_VALUE_TEXT:
        return cs_parse_number(cs_trim(value->val.text), number);
    default:
        return false;
    }
}

bool cs_value_is_empty(const cs_value_t *value) {
    switch (value->tag) {
    case CS_VALUE_NULL:
        return true;
    case CS_VALUE_TEXT:
        return cs_trim(value->val.text).len == 0;
    case CS_VALUE_CHOICES:
        return value->val.choices.len == 0;
    default:
        return false;
    }
}

const cs_field_fact_t *cs_field(const cs_facts_t *facts, cs_string_t name) {
    for (size_t i = 0; i < facts->fields.len; i++) {
        if (cs_equal(facts->fields.ptr[i].field, name)) {
            return &facts->fields.ptr[i];
        }
    }
    return NULL;
}

bool cs_has_tag(const cs_field_fact_t *fact, cs_string_t tag) {
    for (size_t i = 0; i < fact->tags.len; i++) {
        if (cs_equal(fact->tags.ptr[i], tag)) {
            return true;
        }
    }
    return false;
}

bool cs_matches(const cs_facts_t *facts, cs_string_t field, cs_list_string_t patterns) {
    const cs_field_fact_t *fact = cs_field(facts, field);
    for (size_t i = 0; i < patterns.len; i++) {
        cs_string_t pattern = patterns.ptr[i];
        bool is_tag = fact != NULL && pattern.len > 0 && pattern.ptr[0] == '#';
        if (is_tag ? cs_has_tag(fact, (cs_string_t){pattern.ptr + 1, pattern.len - 1})
                   : cs_equal(pattern, field) || cs_is(pattern, "*")) {
            return true;
        }
    }
    return false;
}

bool cs_set_by_person(const cs_field_fact_t *fact) {
    return fact->set_by.is_some && (cs_is(fact->set_by.val, "person") || cs_starts_with(fact->set_by.val, "person:"));
}
