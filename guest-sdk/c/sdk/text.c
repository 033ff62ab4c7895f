#include "module.h"

#include <stdlib.h>
#include <string.h>

void *cs_allocate(size_t count, size_t size) {
    void *block = count > SIZE_MAX / size ? NULL : malloc(count * size);
    if (block == NULL) {
        abort();
    }
    return block;
}

void *cs_grow(void *list, size_t len, size_t *capacity, size_t size) {
    if (len < *capacity) {
        return list;
    }
    *capacity = *capacity == 0 ? 4 : *capacity * 2;
    void *grown = cs_allocate(*capacity, size);
    if (len > 0) {
        memcpy(grown, list, len * size);
    }
    return grown;
}

cs_string_t cs_string(const char *text) {
    return (cs_string_t){(uint8_t *)text, strlen(text)};
}

bool cs_equal(cs_string_t a, cs_string_t b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool cs_is(cs_string_t text, const char *other) {
    return cs_equal(text, cs_string(other));
}

bool cs_starts_with(cs_string_t text, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len >= len && (len == 0 || memcmp(text.ptr, prefix, len) == 0);
}

static bool is_space(uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

cs_string_t cs_trim(cs_string_t text) {
    while (text.len > 0 && is_space(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

cs_string_t cs_join(const cs_string_t *parts, size_t count) {
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    cs_string_t joined = {cs_allocate(len + 1, 1), len};
    uint8_t *next = joined.ptr;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0) {
            memcpy(next, parts[i].ptr, parts[i].len);
            next += parts[i].len;
        }
    }
    *next = 0;
    return joined;
}
