/* The tests of the SDK, and the module that they call. */
#ifndef TESTS_H
#define TESTS_H

#include "module.h"
#include "testing.h"

/* What the module does with its settings, and what it reads and answers: each test sets what it needs. */
extern void (*configuring)(cs_settings_t *settings);
extern cs_reads_t reading;
extern cs_scope_t applying;
extern bool (*deciding)(const cs_suggestion_t *suggestion, const cs_facts_t *facts, cs_verdict_t *verdict);

void number_tests(void);
void settings_tests(void);
void text_tests(void);
void module_tests(void);

#endif
