#include "testing.h"

#include "module.h"

cs_answer_t cs_decide(const char *settings, const cs_case_t *given, cs_list_finding_t findings) {
    cs_case_t handed = *given;
    cs_answer_t answer = {.verdict = {.outcome = CS_OUTCOME_APPLY}};
    if (cs_prepare(settings, &handed, &answer.why)) {
        answer.answered = policy_decide(&handed.suggestion, &handed.facts, findings, &answer.verdict, &answer.why);
        for (size_t i = 0; i < answer.verdict.reasons.len; i++) {
            answer.answered &= cs_declares(answer.verdict.reasons.ptr[i].code, &answer.why);
        }
        cs_bound_verdict(&answer.verdict);
    }
    return answer;
}
