#include <stdlib.h>

#include "module.h"

enum { MOST_FINDINGS = 64, MOST_REASONS = 32, LONGEST_MESSAGE = 512, LONGEST_FIELD = 256 };

static cs_option_string_t option(const cs_string_t *text) {
    return text == NULL ? (cs_option_string_t){0} : (cs_option_string_t){true, *text};
}

cs_reason_t cs_reason(const char *code, const cs_string_t *field, cs_string_t message) {
    return (cs_reason_t){cs_string(code), option(field), message};
}

cs_finding_t cs_finding(const char *code, cs_severity_t severity, const cs_string_t *field, cs_string_t message) {
    return (cs_finding_t){cs_string(code), severity, option(field), message};
}

cs_review_needs_t cs_default_review_needs(void) {
    return (cs_review_needs_t){.approvals = 1, .priority = 4};
}

void cs_object(cs_objections_t *objections, cs_outcome_t outcome, cs_reason_t reason) {
    if (outcome == CS_OUTCOME_APPLY) {
        return;
    }
    size_t len = objections->reasons.len, capacity = objections->capacity;
    objections->outcomes = cs_grow(objections->outcomes, len, &capacity, sizeof *objections->outcomes);
    objections->reasons.ptr = cs_grow(objections->reasons.ptr, len, &objections->capacity, sizeof reason);
    objections->outcomes[len] = outcome;
    objections->reasons.ptr[len] = reason;
    objections->reasons.len++;
}

void cs_found(cs_findings_t *findings, cs_finding_t finding) {
    findings->list.ptr = cs_grow(findings->list.ptr, findings->list.len, &findings->capacity, sizeof finding);
    findings->list.ptr[findings->list.len++] = finding;
}

static void log_left_out(size_t count, const char *what) {
    cs_log(CS_JOIN(cs_number((double)count), CS_STRING(" more "), cs_string(what), CS_STRING(" are left out")));
}

cs_verdict_t cs_verdict(cs_objections_t *objections) {
    cs_list_reason_t reasons = objections->reasons;
    cs_verdict_t verdict = {.outcome = CS_OUTCOME_APPLY, .reasons = reasons};
    for (size_t i = 0; i < reasons.len; i++) {
        if (objections->outcomes[i] > verdict.outcome) {
            verdict.outcome = objections->outcomes[i];
        }
    }
    if (reasons.len <= MOST_REASONS) {
        return verdict;
    }
    /* The strictest first. */
    verdict.reasons.ptr = cs_allocate(MOST_REASONS, sizeof *reasons.ptr);
    verdict.reasons.len = 0;
    for (cs_outcome_t rank = CS_OUTCOME_REJECT; rank > CS_OUTCOME_APPLY; rank--) {
        for (size_t i = 0; i < reasons.len && verdict.reasons.len < MOST_REASONS; i++) {
            if (objections->outcomes[i] == rank) {
                verdict.reasons.ptr[verdict.reasons.len++] = reasons.ptr[i];
            }
        }
    }
    log_left_out(reasons.len - MOST_REASONS, "reasons");
    return verdict;
}

static void shorten(cs_option_string_t *field, cs_string_t *message) {
    /* A name that is cut would name another field. */
    if (field->is_some && field->val.len > LONGEST_FIELD) {
        field->is_some = false;
    }
    if (message->len > LONGEST_MESSAGE) {
        size_t end = LONGEST_MESSAGE;
        while (end > 0 && (message->ptr[end] & 0xC0) == 0x80) {
            end--;
        }
        *message = CS_JOIN((cs_string_t){message->ptr, end}, CS_STRING("…"));
    }
}

void cs_bound_verdict(cs_verdict_t *verdict) {
    if (verdict->reasons.len > MOST_REASONS) {
        log_left_out(verdict->reasons.len - MOST_REASONS, "reasons");
        verdict->reasons.len = MOST_REASONS;
    }
    for (size_t i = 0; i < verdict->reasons.len; i++) {
        shorten(&verdict->reasons.ptr[i].field, &verdict->reasons.ptr[i].message);
    }
}

void cs_bound_findings(cs_list_finding_t *findings) {
    if (findings->len > MOST_FINDINGS) {
        cs_list_finding_t kept = {cs_allocate(MOST_FINDINGS, sizeof *findings->ptr), 0};
        for (int rank = CS_SEVERITY_CRITICAL; rank >= CS_SEVERITY_INFO; rank--) {
            for (size_t i = 0; i < findings->len && kept.len < MOST_FINDINGS; i++) {
                if (findings->ptr[i].severity == rank) {
                    kept.ptr[kept.len++] = findings->ptr[i];
                }
            }
        }
        log_left_out(findings->len - MOST_FINDINGS, "findings");
        *findings = kept;
    }
    for (size_t i = 0; i < findings->len; i++) {
        shorten(&findings->ptr[i].field, &findings->ptr[i].message);
    }
}
