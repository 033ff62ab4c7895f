/* What both worlds export, for the bindings to call. */
#include "../module.h"

/* Keeps the linker from asking for an object file with the world's type: the host embeds that when it makes the
 * component. */
void __component_type_object_force_link_cs_abi(void);
void __component_type_object_force_link_cs_abi(void) {}

void cs_log(cs_string_t message) {
    cs_abi_log_write(&message);
}

static bool configured;

bool cs_is_configured(cs_string_t *why) {
    if (!configured) {
        *why = CS_STRING("called before configure");
    }
    return configured;
}

bool exports_cs_abi_configure(cs_abi_string_t *settings, cs_abi_string_t *why) {
    if (configured) {
        *why = CS_STRING("configured twice");
        return false;
    }
    configured = cs_configure(*settings, why);
    return configured;
}

/* As configured, or else with default settings. */
void exports_cs_abi_describe(cs_abi_description_t *description) {
    if (!configured) {
        uint8_t defaults[] = {'{', '}'};
        cs_string_t why;
        cs_configure((cs_string_t){defaults, sizeof defaults}, &why);
    }
    cs_describe(description);
}
