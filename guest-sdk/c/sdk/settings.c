/* Settings by their types. */
#include <stdlib.h>
#include <string.h>

#include "module.h"

bool cs_read_boolean(cs_settings_t *settings) {
    cs_peek(settings);
    if (cs_take_word(settings, "true")) {
        return true;
    }
    if (!cs_take_word(settings, "false")) {
        cs_fail_value(settings, "must be true or false");
    }
    return false;
}

double cs_read_number(cs_settings_t *settings) {
    cs_peek(settings);
    cs_string_t rest = {settings->next, (size_t)(settings->end - settings->next)};
    cs_string_t text = {settings->next, cs_number_length(rest)};
    double number = 0;
    if (!cs_parse_number(text, &number)) {
        cs_fail_value(settings, "must be a number");
        return 0;
    }
    settings->next += text.len;
    return number;
}

uint32_t cs_read_count(cs_settings_t *settings, uint32_t most) {
    double number = cs_read_number(settings);
    if (number >= 0 && number <= most && number == (double)(uint32_t)number) {
        return (uint32_t)number;
    }
    cs_string_t limit = cs_number(most);
    cs_fail_value(settings, (const char *)CS_JOIN(CS_STRING("must be a whole number from 0 to "), limit).ptr);
    return 0;
}

cs_list_string_t cs_read_strings(cs_settings_t *settings) {
    cs_list_string_t list = {NULL, 0};
    size_t capacity = 0;
    cs_open_list(settings);
    while (cs_next_item(settings)) {
        list.ptr = cs_grow(list.ptr, list.len, &capacity, sizeof *list.ptr);
        list.ptr[list.len++] = cs_read_string(settings);
    }
    return settings->failed ? (cs_list_string_t){NULL, 0} : list;
}

/* The place of the word that is the value in a list that a null pointer ends. */
static uint8_t read_word(cs_settings_t *settings, const char *const *words, const char *wanted) {
    cs_string_t word = cs_read_string(settings);
    for (uint8_t i = 0; words[i] != NULL; i++) {
        if (cs_is(word, words[i])) {
            return i;
        }
    }
    cs_fail_value(settings, wanted);
    return 0;
}

cs_operation_t cs_read_operation(cs_settings_t *settings) {
    static const char *const WORDS[] = {"append", "enrich",    "overwrite", "clear", "merge",
                                        "delete", "summarize", "act",       NULL};
    return read_word(settings, WORDS, "must be append, enrich, overwrite, clear, merge, delete, summarize or act");
}

cs_severity_t cs_read_severity(cs_settings_t *settings) {
    static const char *const WORDS[] = {"info", "low", "medium", "high", "critical", NULL};
    return read_word(settings, WORDS, "must be info, low, medium, high or critical");
}

cs_outcome_t cs_read_outcome(cs_settings_t *settings) {
    static const char *const WORDS[] = {"apply", "review", "human-only", "reject", NULL};
    return read_word(settings, WORDS, "must be apply, review, human-only or reject");
}

static int compare_texts(cs_string_t a, cs_string_t b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len == 0 ? 0 : memcmp(a.ptr, b.ptr, len);
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_names(const void *a, const void *b) {
    return compare_texts(((const cs_named_number_t *)a)->name, ((const cs_named_number_t *)b)->name);
}

cs_numbers_t cs_read_numbers(cs_settings_t *settings) {
    cs_numbers_t numbers = {NULL, 0};
    size_t capacity = 0;
    cs_open_object(settings);
    for (cs_string_t name; cs_next_key(settings, &name);) {
        numbers.ptr = cs_grow(numbers.ptr, numbers.len, &capacity, sizeof *numbers.ptr);
        numbers.ptr[numbers.len++] = (cs_named_number_t){name, cs_read_number(settings)};
    }
    if (settings->failed || numbers.len == 0) {
        return (cs_numbers_t){NULL, 0};
    }
    qsort(numbers.ptr, numbers.len, sizeof *numbers.ptr, compare_names);
    for (size_t i = 1; i < numbers.len; i++) {
        if (cs_equal(numbers.ptr[i - 1].name, numbers.ptr[i].name)) {
            settings->key = numbers.ptr[i].name;
            cs_fail_value(settings, "stands here twice");
        }
    }
    return numbers;
}

const double *cs_find_number(cs_numbers_t numbers, cs_string_t name) {
    size_t from = 0, to = numbers.len;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = compare_texts(name, numbers.ptr[middle].name);
        if (order == 0) {
            return &numbers.ptr[middle].number;
        }
        if (order < 0) {
            to = middle;
        } else {
            from = middle + 1;
        }
    }
    return NULL;
}

bool cs_configure(cs_string_t text, cs_string_t *why) {
    cs_settings_t settings = {.next = text.ptr, .end = text.ptr + text.len};
    cs_open_object(&settings);
    module_configure(&settings);
    if (!settings.failed && cs_peek(&settings) != 0) {
        cs_fail_value(&settings, "no valid JSON");
    }
    *why = settings.why;
    return !settings.failed;
}

void cs_check_fields(cs_settings_t *settings, const char *key, cs_list_string_t fields) {
    for (size_t i = 0; i < fields.len; i++) {
        cs_string_t field = cs_trim(fields.ptr[i]);
        if (field.len == 0 || cs_is(field, "#")) {
            settings->key = cs_string(key);
            cs_fail_value(settings, "an entry is blank; each is a field's name, a `#tag` or `*`");
        }
    }
}
