/* new-policy: asks for review where a watched field is changed. */
#include "countersign.h"

#define WATCHED_FIELD "new-policy.watched-field"

static const cs_code_t CODES[] = {
    {WATCHED_FIELD, "A changed field is one of those in the setting `fields`."},
};

/* clang-format off */
static const char SCHEMA[] = CS_JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "fields": {
      "description": "Names of fields, or `#tag` for all fields that carry a tag of the catalogue.",
      "type": "array",
      "items": { "type": "string", "minLength": 1 },
      "default": ["email"]
    }
  },
  "additionalProperties": false
});
/* clang-format on */

const cs_about_t module_about = {
    .name = "new-policy",
    .version = "0.1.0",
    .summary = "Asks for review where a watched field is changed",
    .codes = CODES,
    .code_count = sizeof CODES / sizeof CODES[0],
    .settings_schema = SCHEMA,
};

static cs_list_string_t fields;

void module_configure(cs_settings_t *settings) {
    static cs_string_t email = {(uint8_t *)"email", 5};
    fields = (cs_list_string_t){&email, 1};
    for (cs_string_t key; cs_next_key(settings, &key);) {
        if (cs_is(key, "fields")) {
            fields = cs_read_strings(settings);
        } else {
            cs_refuse_key(settings);
        }
    }
    cs_check_fields(settings, "fields", fields);
}

void module_reads(cs_reads_t *reads) {
    /* cs_matches needs the tags of the changed fields. */
    reads->parts = CS_PARTS_FIELD_FACTS;
}

bool policy_decide(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_list_finding_t findings,
                   cs_verdict_t *verdict, cs_string_t *why) {
    (void)findings, (void)why;
    cs_objections_t objections = {0};
    for (size_t i = 0; i < suggestion->changes.len; i++) {
        const cs_string_t *field = &suggestion->changes.ptr[i].field;
        if (cs_matches(facts, *field, fields)) {
            cs_object(&objections, CS_OUTCOME_REVIEW,
                      cs_reason(WATCHED_FIELD, field, CS_STRING("The field is watched.")));
        }
    }
    *verdict = cs_verdict(&objections);
    return true;
}
