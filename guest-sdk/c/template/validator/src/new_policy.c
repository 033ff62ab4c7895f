/* new-policy: notices text that is all upper case. */
#include "countersign.h"

#define SHOUTING "new-policy.shouting"

static const cs_code_t CODES[] = {
    {SHOUTING, "A proposed text is all upper case and longer than `min-length`."},
};

/* clang-format off */
static const char SCHEMA[] = CS_JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "type": "object",
  "properties": {
    "min-length": {
      "description": "Text up to this length, in characters, may be all upper case.",
      "type": "integer",
      "minimum": 0,
      "default": 8
    }
  },
  "additionalProperties": false
});
/* clang-format on */

const cs_about_t module_about = {
    .name = "new-policy",
    .version = "0.1.0",
    .summary = "Notices text that is all upper case",
    .codes = CODES,
    .code_count = sizeof CODES / sizeof CODES[0],
    .settings_schema = SCHEMA,
};

static uint32_t min_length;

void module_configure(cs_settings_t *settings) {
    min_length = 8;
    for (cs_string_t key; cs_next_key(settings, &key);) {
        if (cs_is(key, "min-length")) {
            min_length = cs_read_count(settings, UINT32_MAX);
        } else {
            cs_refuse_key(settings);
        }
    }
}

void module_reads(cs_reads_t *reads) {
    reads->parts = CS_PARTS_CHANGED_VALUES;
}

/* Goes by the letters from A to Z: what is upper case in other alphabets, a C library without locales does not say. */
static bool is_shouting(cs_string_t text) {
    size_t characters = 0;
    bool upper = false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (byte >= 'a' && byte <= 'z') {
            return false;
        }
        upper |= byte >= 'A' && byte <= 'Z';
        characters += (byte & 0xC0) != 0x80;
    }
    return upper && characters > min_length;
}

bool validator_validate(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_findings_t *findings,
                        cs_string_t *why) {
    (void)facts, (void)why;
    for (size_t i = 0; i < suggestion->changes.len; i++) {
        const cs_change_t *change = &suggestion->changes.ptr[i];
        if (is_shouting(cs_value_text(&change->proposed))) {
            cs_found(findings,
                     cs_finding(SHOUTING, CS_SEVERITY_LOW, &change->field, CS_STRING("The text is all upper case.")));
        }
    }
    return true;
}
