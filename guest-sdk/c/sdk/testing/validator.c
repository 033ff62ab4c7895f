#include "testing.h"

#include "module.h"

cs_answer_t cs_validate(const char *settings, const cs_case_t *given) {
    cs_case_t handed = *given;
    cs_answer_t answer = {0};
    cs_findings_t findings = {{NULL, 0}, 0};
    if (cs_prepare(settings, &handed, &answer.why)) {
        answer.answered = validator_validate(&handed.suggestion, &handed.facts, &findings, &answer.why);
        for (size_t i = 0; i < findings.list.len; i++) {
            answer.answered &= cs_declares(findings.list.ptr[i].code, &answer.why);
        }
        cs_bound_findings(&findings.list);
        answer.findings = findings.list;
    }
    return answer;
}
