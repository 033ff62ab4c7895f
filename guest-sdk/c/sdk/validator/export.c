/* A validator's own exports, for the bindings to call. */
#include "../module.h"

bool exports_cs_abi_validate(cs_abi_suggestion_t *suggestion, cs_abi_facts_t *facts, cs_abi_list_finding_t *findings,
                             cs_abi_string_t *why) {
    cs_findings_t found = {{NULL, 0}, 0};
    if (!cs_is_configured(why) || !validator_validate(suggestion, facts, &found, why)) {
        return false;
    }
    cs_bound_findings(&found.list);
    *findings = found.list;
    return true;
}

/* The bindings would free the findings; the instance ends with the call anyway. */
__attribute__((export_name("cabi_post_validate"))) void
__wasm_export_exports_cs_abi_validate_post_return(uint8_t *findings) {
    (void)findings;
}
