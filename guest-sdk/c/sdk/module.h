/* What the parts of the SDK share. Modules need nothing of it. */
#ifndef COUNTERSIGN_MODULE_H
#define COUNTERSIGN_MODULE_H

#include "countersign.h"

struct cs_settings {
    uint8_t *next, *end;
    bool first; /* nothing of the object or list has been read yet */
    bool failed;
    cs_string_t key; /* the one read last */
    cs_string_t why;
};

/* The first byte of the next token; 0 at the end. */
uint8_t cs_peek(cs_settings_t *settings);
/* Takes a word if it is next. */
bool cs_take_word(cs_settings_t *settings, const char *word);
/* Says what is wrong with the value of the key that was read last. */
void cs_fail_value(cs_settings_t *settings, const char *why);
/* Configures the module from the JSON text of its settings, which is overwritten and stays in use; false if they are
 * refused, with the reason in `why`. */
bool cs_configure(cs_string_t settings, cs_string_t *why);
/* Whether the component's module has been configured; if not, says so in `why`. */
bool cs_is_configured(cs_string_t *why);
/* Describes the module as it is configured. */
void cs_describe(cs_description_t *description);
/* How long the JSON number is that a text begins with; 0 if it begins with none. */
size_t cs_number_length(cs_string_t text);
/* Makes room for one more item in a list of `len`. */
void *cs_grow(void *list, size_t len, size_t *capacity, size_t size);
/* Answers are kept within what the host takes by default (64 items, 64 KiB), whatever a suggestion holds: one that is
 * too long would be a fault of the module, and say nothing. */
void cs_bound_verdict(cs_verdict_t *verdict);
void cs_bound_findings(cs_list_finding_t *findings);

#endif
