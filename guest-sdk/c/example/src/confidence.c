/* The policy confidence: asks for review where the assistant is not confident enough. */
#include "countersign.h"

#define BELOW_THRESHOLD "confidence.below-threshold"
#define MISSING         "confidence.missing"

static const cs_code_t CODES[] = {
    {BELOW_THRESHOLD, "The confidence is below the threshold that applies."},
    {MISSING, "The assistant gives no confidence, or one that is no number from 0 to 1."},
};

/* clang-format off */
static const char SCHEMA[] = CS_JSON({
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "title": "Settings",
  "description": "How confident an assistant must be before its suggestion is applied without a person.",
  "type": "object",
  "properties": {
    "threshold": {
      "description": "The confidence that suffices where nothing below says otherwise.",
      "$ref": "#/$defs/confidence",
      "default": 0.95
    },
    "fields": {
      "description": "By field name; counts instead of all others.",
      "$ref": "#/$defs/thresholds"
    },
    "objects": {
      "description": "By kind of record, such as `contact`. Of this and the two below, the highest that applies counts.",
      "$ref": "#/$defs/thresholds"
    },
    "segments": {
      "description": "By segment of the record.",
      "$ref": "#/$defs/thresholds"
    },
    "assistants": {
      "description": "By assistant: `vendor` or `vendor/model`.",
      "$ref": "#/$defs/thresholds"
    }
  },
  "additionalProperties": false,
  "$defs": {
    "confidence": { "type": "number", "minimum": 0, "maximum": 1 },
    "thresholds": { "type": "object", "additionalProperties": { "$ref": "#/$defs/confidence" }, "default": {} }
  }
});
/* clang-format on */

const cs_about_t module_about = {
    .name = "confidence",
    .version = "1.0.0",
    .summary = "Asks for review where the assistant is not confident enough",
    .codes = CODES,
    .code_count = sizeof CODES / sizeof CODES[0],
    .settings_schema = SCHEMA,
};

/* How confident an assistant must be before its suggestion is applied without a person. */
typedef struct {
    double threshold;
    cs_numbers_t fields;     /* by name; counts instead of all others */
    cs_numbers_t objects;    /* by kind of record; of this and the two below, the highest that applies counts */
    cs_numbers_t segments;   /* by segment of the record */
    cs_numbers_t assistants; /* by vendor or vendor/model */
} settings_t;

static settings_t settings;

/* False for what is no number too. */
static bool is_confidence(double number) {
    return number >= 0 && number <= 1;
}

/* Refuses a threshold that no confidence could be compared with. */
static void check(cs_settings_t *in, cs_string_t name, double at) {
    if (!is_confidence(at)) {
        cs_refuse(in, CS_JOIN(name, CS_STRING(": "), cs_number(at), CS_STRING(" is no confidence from 0 to 1")));
    }
}

static void check_all(cs_settings_t *in, cs_numbers_t thresholds) {
    for (size_t i = 0; i < thresholds.len; i++) {
        check(in, thresholds.ptr[i].name, thresholds.ptr[i].number);
    }
}

void module_configure(cs_settings_t *in) {
    settings = (settings_t){.threshold = 0.95};
    for (cs_string_t key; cs_next_key(in, &key);) {
        if (cs_is(key, "threshold")) {
            settings.threshold = cs_read_number(in);
        } else if (cs_is(key, "fields")) {
            settings.fields = cs_read_numbers(in);
        } else if (cs_is(key, "objects")) {
            settings.objects = cs_read_numbers(in);
        } else if (cs_is(key, "segments")) {
            settings.segments = cs_read_numbers(in);
        } else if (cs_is(key, "assistants")) {
            settings.assistants = cs_read_numbers(in);
        } else {
            cs_refuse_key(in);
        }
    }
    check(in, CS_STRING("threshold"), settings.threshold);
    check_all(in, settings.fields);
    check_all(in, settings.objects);
    check_all(in, settings.segments);
    check_all(in, settings.assistants);
}

void module_reads(cs_reads_t *reads) {
    if (settings.assistants.len > 0) {
        reads->parts |= CS_PARTS_ASSISTANT;
    }
    if (settings.segments.len > 0) {
        reads->parts |= CS_PARTS_SEGMENT;
    }
}

static const double *for_assistant(const cs_assistant_t *assistant) {
    if (settings.assistants.len == 0) {
        return NULL;
    }
    cs_string_t model = CS_JOIN(assistant->vendor, CS_STRING("/"), assistant->model);
    const double *threshold = cs_find_number(settings.assistants, model);
    return threshold != NULL ? threshold : cs_find_number(settings.assistants, assistant->vendor);
}

/* What applies to the whole suggestion: the highest of the thresholds that are set for its kind of record, segment and
 * assistant, or else the general one. */
static double base_threshold(const cs_suggestion_t *suggestion, const cs_facts_t *facts) {
    const double *thresholds[] = {
        cs_find_number(settings.objects, suggestion->target.object),
        facts->segment.is_some ? cs_find_number(settings.segments, facts->segment.val) : NULL,
        for_assistant(&suggestion->assistant),
    };
    const double *highest = NULL;
    for (size_t i = 0; i < sizeof thresholds / sizeof thresholds[0]; i++) {
        if (thresholds[i] != NULL && (highest == NULL || *thresholds[i] > *highest)) {
            highest = thresholds[i];
        }
    }
    return highest != NULL ? *highest : settings.threshold;
}

/* Objects to a confidence that is missing or too low. */
static void judge(cs_objections_t *objections, cs_option_number_t confidence, double threshold,
                  const cs_string_t *field) {
    cs_reason_t reason;
    if (!confidence.is_some || !is_confidence(confidence.val)) {
        reason = cs_reason(MISSING, field, CS_STRING("The assistant gives no usable confidence."));
    } else if (confidence.val < threshold) {
        cs_string_t message = CS_JOIN(CS_STRING("Confidence "), cs_number(confidence.val),
                                      CS_STRING(" is below the threshold of "), cs_number(threshold), CS_STRING("."));
        reason = cs_reason(BELOW_THRESHOLD, field, message);
    } else {
        return;
    }
    cs_object(objections, CS_OUTCOME_REVIEW, reason);
}

bool policy_decide(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_list_finding_t findings,
                   cs_verdict_t *verdict, cs_string_t *why) {
    (void)findings, (void)why;
    double base = base_threshold(suggestion, facts);
    cs_objections_t objections = {0};
    if (suggestion->changes.len == 0) {
        judge(&objections, suggestion->confidence, base, NULL);
    }
    for (size_t i = 0; i < suggestion->changes.len; i++) {
        const cs_change_t *change = &suggestion->changes.ptr[i];
        const double *own = cs_find_number(settings.fields, change->field);
        judge(&objections, change->confidence.is_some ? change->confidence : suggestion->confidence,
              own != NULL ? *own : base, &change->field);
    }
    *verdict = cs_verdict(&objections);
    return true;
}
