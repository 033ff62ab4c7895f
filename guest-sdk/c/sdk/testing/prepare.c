/* What the host does before it calls a module, done natively, so that a test cannot rely on more than production gives.
 */
#include "testing.h"

#include <stdio.h>
#include <string.h>

#include "module.h"

static bool changes(const cs_suggestion_t *suggestion, cs_string_t field) {
    for (size_t i = 0; i < suggestion->changes.len; i++) {
        if (cs_equal(suggestion->changes.ptr[i].field, field)) {
            return true;
        }
    }
    return false;
}

/* Whether the host would call a module of this scope. */
static bool in_scope(const cs_scope_t *scope, const cs_case_t *given) {
    const cs_suggestion_t *suggestion = &given->suggestion;
    bool operation = scope->operations.len == 0, object = scope->objects.len == 0;
    for (size_t i = 0; i < scope->operations.len; i++) {
        operation |= scope->operations.ptr[i] == suggestion->operation;
    }
    for (size_t i = 0; i < scope->objects.len; i++) {
        object |= cs_equal(scope->objects.ptr[i], suggestion->target.object);
    }
    bool field = scope->fields.len == 0 || suggestion->changes.len == 0;
    for (size_t i = 0; i < suggestion->changes.len; i++) {
        field |= cs_matches(&given->facts, suggestion->changes.ptr[i].field, scope->fields);
    }
    return operation && object && field;
}

/* What decides whether a value is handed over. */
typedef struct {
    const cs_reads_t *reads;
    const cs_case_t *whole;
} reader_t;

static bool declared(const reader_t *reader, cs_string_t field) {
    return cs_matches(&reader->whole->facts, field, reader->reads->fields);
}

static cs_value_t shown(const reader_t *reader, cs_string_t field, cs_value_t value) {
    bool changed = reader->reads->parts & CS_PARTS_CHANGED_VALUES && changes(&reader->whole->suggestion, field);
    return changed || declared(reader, field) ? value : (cs_value_t){.tag = CS_VALUE_WITHHELD};
}

static void withhold_suggestion(const reader_t *reader, cs_suggestion_t *suggestion) {
    cs_parts_t parts = reader->reads->parts;
    const cs_suggestion_t *whole = &reader->whole->suggestion;
    suggestion->changes.ptr = cs_allocate(whole->changes.len + 1, sizeof *whole->changes.ptr);
    for (size_t i = 0; i < whole->changes.len; i++) {
        cs_change_t change = whole->changes.ptr[i];
        change.prior = shown(reader, change.field, change.prior);
        change.proposed = shown(reader, change.field, change.proposed);
        suggestion->changes.ptr[i] = change;
    }
    if (!(parts & (CS_PARTS_EVIDENCE | CS_PARTS_EXCERPTS))) {
        suggestion->evidence.len = 0;
    }
    suggestion->evidence.ptr = cs_allocate(whole->evidence.len + 1, sizeof *whole->evidence.ptr);
    for (size_t i = 0; i < suggestion->evidence.len; i++) {
        suggestion->evidence.ptr[i] = whole->evidence.ptr[i];
        suggestion->evidence.ptr[i].excerpt.is_some &= (parts & CS_PARTS_EXCERPTS) != 0;
    }
    if (!(parts & CS_PARTS_RATIONALE)) {
        suggestion->rationale.len = 0;
    }
    if (!(parts & CS_PARTS_ASSISTANT)) {
        suggestion->assistant = (cs_assistant_t){0};
    }
}

static void withhold_facts(const reader_t *reader, cs_facts_t *facts) {
    cs_parts_t parts = reader->reads->parts;
    const cs_facts_t *whole = &reader->whole->facts;
    facts->fields.ptr = cs_allocate(whole->fields.len + 1, sizeof *whole->fields.ptr);
    facts->fields.len = 0;
    for (size_t i = 0; i < whole->fields.len; i++) {
        cs_field_fact_t fact = whole->fields.ptr[i];
        bool changed = parts & CS_PARTS_FIELD_FACTS && changes(&reader->whole->suggestion, fact.field);
        if (changed || declared(reader, fact.field)) {
            fact.value = shown(reader, fact.field, fact.value);
            facts->fields.ptr[facts->fields.len++] = fact;
        }
    }
    if (!(parts & CS_PARTS_CONSENTS)) {
        facts->consents.len = 0;
    }
    if (!(parts & CS_PARTS_REGIMES)) {
        facts->regimes.len = 0;
    }
    if (!(parts & CS_PARTS_SEGMENT)) {
        facts->segment.is_some = false;
    }
    /* The host also leaves out what is older than so many days. */
    if (reader->reads->history_days == 0) {
        facts->history.len = 0;
    }
    facts->history.ptr = cs_allocate(whole->history.len + 1, sizeof *whole->history.ptr);
    for (size_t i = 0; i < facts->history.len; i++) {
        cs_past_change_t past = whole->history.ptr[i];
        past.prior = shown(reader, past.field, past.prior);
        past.proposed = shown(reader, past.field, past.proposed);
        facts->history.ptr[i] = past;
    }
}

bool cs_prepare(const char *settings, cs_case_t *given, cs_string_t *why) {
    /* Configuring overwrites the text. */
    cs_string_t text = cs_string(settings);
    if (!cs_configure(cs_join(&text, 1), why)) {
        return false;
    }
    cs_description_t description;
    cs_describe(&description);
    if (!in_scope(&description.applies_to, given)) {
        *why = CS_STRING("the module does not apply to the suggestion");
        return false;
    }
    cs_case_t whole = *given;
    reader_t reader = {&description.reads, &whole};
    withhold_suggestion(&reader, &given->suggestion);
    withhold_facts(&reader, &given->facts);
    return true;
}

bool cs_declares(cs_string_t code, cs_string_t *why) {
    for (size_t i = 0; i < module_about.code_count; i++) {
        if (cs_is(code, module_about.codes[i].code)) {
            return true;
        }
    }
    *why = CS_JOIN(CS_STRING("the module does not declare the code "), code);
    return false;
}

void cs_log(cs_string_t message) {
    printf("log: %.*s\n", (int)message.len, (const char *)message.ptr);
}

static int checked, failed;

void cs_check(bool holds, const char *condition, const char *file, int line) {
    checked++;
    if (!holds) {
        failed++;
        printf("%s:%d: does not hold: %s\n", file, line, condition);
    }
}

int cs_report(void) {
    printf("%d checks, %d failed\n", checked, failed);
    return failed > 0;
}
