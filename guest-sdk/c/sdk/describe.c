#include "module.h"

__attribute__((weak)) void module_applies_to(cs_scope_t *scope) {
    (void)scope;
}

__attribute__((weak)) void module_reads(cs_reads_t *reads) {
    (void)reads;
}

void cs_describe(cs_description_t *description) {
    *description = (cs_description_t){
        .name = cs_string(module_about.name),
        .version = cs_string(module_about.version),
        .summary = cs_string(module_about.summary),
        .settings_schema = cs_string(module_about.settings_schema),
    };
    module_applies_to(&description->applies_to);
    module_reads(&description->reads);
    size_t count = module_about.code_count;
    description->codes.ptr = cs_allocate(count, sizeof *description->codes.ptr);
    description->codes.len = count;
    for (size_t i = 0; i < count; i++) {
        const cs_code_t *code = &module_about.codes[i];
        description->codes.ptr[i] = (cs_code_meaning_t){cs_string(code->code), cs_string(code->meaning)};
    }
}
