/* The policy witness: logs all that it is given, and answers with all that an answer may have. The ones in languages
 * whose layout of the interface is written by hand do the same: what they log and answer alike, they have right. */
#include <string.h>

#include "countersign.h"

#define SEEN "witness.seen"

static const cs_code_t CODES[] = {{SEEN, "It was given something."}};

const cs_about_t module_about = {
    .name = "witness",
    .version = "1.0.0",
    .summary = "Logs all that it is given",
    .codes = CODES,
    .code_count = 1,
    .settings_schema = "{\"type\":\"object\",\"additionalProperties\":false}",
};

void module_configure(cs_settings_t *settings) {
    for (cs_string_t key; cs_next_key(settings, &key);) {
        cs_refuse_key(settings);
    }
}

static cs_operation_t operations[CS_OPERATION_ACT + 1];
static cs_string_t objects[2], fields[2];

void module_applies_to(cs_scope_t *scope) {
    for (cs_operation_t operation = CS_OPERATION_APPEND; operation <= CS_OPERATION_ACT; operation++) {
        operations[operation] = operation;
    }
    objects[0] = CS_STRING("contact");
    objects[1] = CS_STRING("account");
    fields[0] = CS_STRING("*");
    fields[1] = CS_STRING("#pii");
    scope->operations = (cs_list_operation_t){operations, CS_OPERATION_ACT + 1};
    scope->objects = (cs_list_string_t){objects, 2};
    scope->fields = (cs_list_string_t){fields, 2};
}

void module_reads(cs_reads_t *reads) {
    reads->parts = (CS_PARTS_SEGMENT << 1) - 1;
    reads->fields = (cs_list_string_t){fields, 2};
    reads->history_days = 1000;
}

/* What has been seen so far, one word after the other; what there is no room for is left out. */
static cs_string_t record;
enum { ROOM = 256 << 10 };

static void text(cs_string_t seen) {
    if (record.len + seen.len + 1 > ROOM) {
        return;
    }
    if (seen.len > 0) {
        memcpy(record.ptr + record.len, seen.ptr, seen.len);
        record.len += seen.len;
    }
    record.ptr[record.len++] = '|';
}

static void count(size_t seen) {
    text(cs_number((double)seen));
}

static void flag(bool seen) {
    text(seen ? CS_STRING("true") : CS_STRING("false"));
}

static void number(cs_option_number_t seen) {
    text(seen.is_some ? cs_number(seen.val) : CS_STRING("none"));
}

static void texts(cs_list_string_t seen) {
    count(seen.len);
    for (size_t i = 0; i < seen.len; i++) {
        text(seen.ptr[i]);
    }
}

#define TEXTS(...)                                                                                                     \
    texts((cs_list_string_t){(cs_string_t[]){__VA_ARGS__}, sizeof((cs_string_t[]){__VA_ARGS__}) / sizeof(cs_string_t)})

static cs_string_t given(cs_option_string_t option) {
    return option.is_some ? option.val : CS_STRING("");
}

static void value(cs_value_t seen) {
    count(seen.tag);
    switch (seen.tag) {
    case CS_VALUE_BOOLEAN:
        flag(seen.val.boolean);
        break;
    case CS_VALUE_NUMBER:
        text(seen.val.number);
        break;
    case CS_VALUE_TEXT:
        text(seen.val.text);
        break;
    case CS_VALUE_CHOICES:
        texts(seen.val.choices);
        break;
    default:
        break;
    }
}

static void ref(cs_record_ref_t seen) {
    TEXTS(seen.system, seen.object, seen.id);
}

static void suggestion_seen(const cs_suggestion_t *s) {
    text(s->id);
    ref(s->target);
    count(s->operation);
    count(s->changes.len);
    for (size_t i = 0; i < s->changes.len; i++) {
        const cs_change_t *change = &s->changes.ptr[i];
        text(change->field);
        value(change->prior);
        value(change->proposed);
        number(change->confidence);
    }
    count(s->merge_with.len);
    for (size_t i = 0; i < s->merge_with.len; i++) {
        ref(s->merge_with.ptr[i]);
    }
    TEXTS(s->assistant.vendor, s->assistant.model, s->assistant.version);
    number(s->confidence);
    count(s->evidence.len);
    for (size_t i = 0; i < s->evidence.len; i++) {
        const cs_evidence_t *e = &s->evidence.ptr[i];
        TEXTS(e->uri, e->kind, given(e->excerpt), given(e->retrieved_at), given(e->sha256));
    }
    text(s->rationale);
}

static void facts_seen(const cs_facts_t *f) {
    text(f->now);
    count(f->fields.len);
    for (size_t i = 0; i < f->fields.len; i++) {
        const cs_field_fact_t *fact = &f->fields.ptr[i];
        text(fact->field);
        value(fact->value);
        count(fact->sensitivity);
        texts(fact->tags);
        flag(fact->verified);
        text(given(fact->set_by));
    }
    count(f->consents.len);
    for (size_t i = 0; i < f->consents.len; i++) {
        const cs_consent_t *consent = &f->consents.ptr[i];
        TEXTS(consent->purpose, consent->state, given(consent->at));
    }
    texts(f->regimes);
    text(given(f->segment));
    count(f->history.len);
    for (size_t i = 0; i < f->history.len; i++) {
        const cs_past_change_t *past = &f->history.ptr[i];
        TEXTS(past->field, past->at, past->by);
        value(past->prior);
        value(past->proposed);
        text(past->fate);
    }
}

bool policy_decide(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_list_finding_t findings,
                   cs_verdict_t *verdict, cs_string_t *why) {
    record.ptr = cs_allocate(ROOM, 1);
    suggestion_seen(suggestion);
    facts_seen(facts);
    count(findings.len);
    for (size_t i = 0; i < findings.len; i++) {
        const cs_finding_t *finding = &findings.ptr[i];
        TEXTS(finding->code, given(finding->field), finding->message);
        count(finding->severity);
    }
    cs_log(record);
    if (suggestion->operation == CS_OPERATION_ACT) {
        *why = CS_JOIN(CS_STRING("cannot judge "), suggestion->id);
        return false;
    }
    size_t changes = suggestion->changes.len;
    verdict->outcome = (cs_outcome_t)(changes % 4);
    verdict->reasons.ptr = cs_allocate(changes + 1, sizeof *verdict->reasons.ptr);
    verdict->reasons.ptr[0] = cs_reason(SEEN, NULL, facts->now);
    for (size_t i = 0; i < changes; i++) {
        const cs_string_t *field = &suggestion->changes.ptr[i].field;
        verdict->reasons.ptr[i + 1] = cs_reason(SEEN, field, CS_STRING("Seen: é."));
    }
    verdict->reasons.len = changes + 1;
    if (changes % 2 == 1) {
        const cs_string_t *vendor = &suggestion->assistant.vendor;
        verdict->review.is_some = true;
        verdict->review.val = (cs_review_needs_t){.role = {vendor->len > 0, *vendor}, .approvals = 3, .priority = 7};
        if (suggestion->evidence.len > 0) {
            verdict->review.val.within_hours = (cs_option_count_t){true, (uint32_t)suggestion->id.len};
        }
    }
    return true;
}
