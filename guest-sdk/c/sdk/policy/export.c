/* A policy's own exports, for the bindings to call. */
#include "../module.h"

bool exports_cs_abi_decide(cs_abi_suggestion_t *suggestion, cs_abi_facts_t *facts, cs_abi_list_finding_t *findings,
                           cs_abi_verdict_t *verdict, cs_abi_string_t *why) {
    *verdict = (cs_abi_verdict_t){.outcome = CS_OUTCOME_APPLY};
    if (!cs_is_configured(why) || !policy_decide(suggestion, facts, *findings, verdict, why)) {
        return false;
    }
    cs_bound_verdict(verdict);
    return true;
}

/* The bindings would free the verdict; the instance ends with the call anyway. */
__attribute__((export_name("cabi_post_decide"))) void
__wasm_export_exports_cs_abi_decide_post_return(uint8_t *verdict) {
    (void)verdict;
}
