#include "testing.h"

#include <stdlib.h>
#include <string.h>

cs_value_t cs_null(void) {
    return (cs_value_t){.tag = CS_VALUE_NULL};
}

cs_value_t cs_boolean(bool set) {
    return (cs_value_t){.tag = CS_VALUE_BOOLEAN, .val.boolean = set};
}

cs_value_t cs_decimal(const char *text) {
    return (cs_value_t){.tag = CS_VALUE_NUMBER, .val.number = cs_string(text)};
}

cs_value_t cs_text(const char *text) {
    return (cs_value_t){.tag = CS_VALUE_TEXT, .val.text = cs_string(text)};
}

cs_option_number_t cs_some_number(double number) {
    return (cs_option_number_t){true, number};
}

cs_option_string_t cs_some_string(const char *text) {
    return (cs_option_string_t){true, cs_string(text)};
}

cs_list_string_t cs_strings(const char *const *texts) {
    cs_list_string_t list = {NULL, 0};
    while (texts[list.len] != NULL) {
        list.len++;
    }
    list.ptr = cs_allocate(list.len + 1, sizeof *list.ptr);
    for (size_t i = 0; i < list.len; i++) {
        list.ptr[i] = cs_string(texts[i]);
    }
    return list;
}

/* A list with one more item at its end. */
static void *longer(const void *list, size_t len, size_t size) {
    void *copy = cs_allocate(len + 1, size);
    if (len > 0) {
        memcpy(copy, list, len * size);
    }
    return copy;
}

cs_case_t cs_case(cs_operation_t operation) {
    cs_case_t given = {
        .suggestion =
            {
                .id = CS_STRING("s-1"),
                .target = {CS_STRING("hubspot"), CS_STRING("contact"), CS_STRING("101")},
                .operation = operation,
                .assistant = {CS_STRING("acme"), CS_STRING("enricher"), CS_STRING("2.1")},
                .confidence = {true, 0.99},
                .rationale = CS_STRING("The company's own site says so."),
            },
        .facts = {.now = CS_STRING("2026-11-20T09:00:00Z")},
    };
    cs_evidence_t evidence = {
        .uri = CS_STRING("https://example.com/about"),
        .kind = CS_STRING("web-page"),
        .excerpt = cs_some_string("We build software."),
        .retrieved_at = cs_some_string("2026-11-20T08:00:00Z"),
        .sha256 = cs_some_string("5af08ecc64b773b71b6ccb16df7046a3f4bb428c63822c25835f629ca2a962e3"),
    };
    given.suggestion.evidence.ptr = longer(NULL, 0, sizeof evidence);
    given.suggestion.evidence.ptr[0] = evidence;
    given.suggestion.evidence.len = 1;
    cs_consent_t consent = {CS_STRING("enrichment"), CS_STRING("granted"), cs_some_string("2025-03-01T00:00:00Z")};
    given.facts.consents.ptr = longer(NULL, 0, sizeof consent);
    given.facts.consents.ptr[0] = consent;
    given.facts.consents.len = 1;
    return given;
}

cs_case_t cs_case_overwrite(const char *field, cs_value_t prior, cs_value_t proposed) {
    cs_case_t given = cs_case(CS_OPERATION_OVERWRITE);
    cs_case_change(&given, field, prior, proposed);
    return given;
}

cs_change_t *cs_case_change(cs_case_t *given, const char *field, cs_value_t prior, cs_value_t proposed) {
    cs_list_change_t *changes = &given->suggestion.changes;
    changes->ptr = longer(changes->ptr, changes->len, sizeof *changes->ptr);
    cs_change_t *change = &changes->ptr[changes->len++];
    *change = (cs_change_t){.field = cs_string(field), .prior = prior, .proposed = proposed};
    cs_case_field(given, field, prior);
    return change;
}

cs_field_fact_t *cs_case_field(cs_case_t *given, const char *field, cs_value_t value) {
    cs_list_field_fact_t *fields = &given->facts.fields;
    cs_field_fact_t *fact = (cs_field_fact_t *)cs_field(&given->facts, cs_string(field));
    if (fact == NULL) {
        fields->ptr = longer(fields->ptr, fields->len, sizeof *fields->ptr);
        fact = &fields->ptr[fields->len++];
    }
    *fact = (cs_field_fact_t){
        .field = cs_string(field),
        .value = value,
        .sensitivity = CS_SENSITIVITY_LOW,
        .set_by = cs_some_string("import"),
    };
    return fact;
}
