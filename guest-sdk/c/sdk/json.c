/* JSON that is read from front to back, strictly as RFC 8259 has it. Strings lose their escapes where they stand and
 * are not copied, so that what a module keeps of large settings is little more than their text: all of it is memory
 * that every call starts with. */
#include <string.h>

#include "module.h"

void cs_refuse(cs_settings_t *settings, cs_string_t why) {
    if (!settings->failed) {
        settings->failed = true;
        settings->why = why;
    }
    settings->next = settings->end;
}

void cs_fail_value(cs_settings_t *settings, const char *why) {
    if (settings->key.len == 0) {
        cs_refuse(settings, cs_string(why));
    } else {
        cs_refuse(settings, CS_JOIN(CS_STRING("key `"), settings->key, CS_STRING("`: "), cs_string(why)));
    }
}

void cs_refuse_key(cs_settings_t *settings) {
    cs_refuse(settings, CS_JOIN(CS_STRING("unknown key `"), settings->key, CS_STRING("`")));
}

uint8_t cs_peek(cs_settings_t *settings) {
    for (; settings->next < settings->end; settings->next++) {
        uint8_t byte = *settings->next;
        if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r') {
            return byte;
        }
    }
    return 0;
}

static bool take(cs_settings_t *settings, char token) {
    if (cs_peek(settings) != (uint8_t)token) {
        return false;
    }
    settings->next++;
    return true;
}

bool cs_take_word(cs_settings_t *settings, const char *word) {
    size_t len = strlen(word);
    if ((size_t)(settings->end - settings->next) < len || memcmp(settings->next, word, len) != 0) {
        return false;
    }
    settings->next += len;
    return true;
}

static void malformed(cs_settings_t *settings) {
    cs_fail_value(settings, "no valid JSON");
}

static void open_with(cs_settings_t *settings, char bracket, const char *wanted) {
    if (!take(settings, bracket)) {
        cs_fail_value(settings, wanted);
    }
    settings->first = true;
}

void cs_open_object(cs_settings_t *settings) {
    open_with(settings, '{', "must be an object");
}

void cs_open_list(cs_settings_t *settings) {
    open_with(settings, '[', "must be a list");
}

/* Whether there is one more entry before the closing bracket. */
static bool one_more(cs_settings_t *settings, char closing) {
    bool first = settings->first;
    settings->first = false;
    if (settings->failed || take(settings, closing)) {
        return false;
    }
    if (!first && !take(settings, ',')) {
        malformed(settings);
    }
    return !settings->failed;
}

bool cs_next_item(cs_settings_t *settings) {
    return one_more(settings, ']');
}

static int hex(uint8_t byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Takes four hexadecimal digits; -1 if they are none. */
static int32_t take_unit(cs_settings_t *settings) {
    int32_t unit = 0;
    if (settings->end - settings->next < 4) {
        return -1;
    }
    for (int i = 0; i < 4; i++) {
        int digit = hex(*settings->next++);
        if (digit < 0) {
            return -1;
        }
        unit = unit << 4 | digit;
    }
    return unit;
}

/* Takes what follows `\u`, and the second half of a pair; -1 if that is no character. */
static int32_t take_character(cs_settings_t *settings) {
    int32_t unit = take_unit(settings);
    if (unit < 0xD800 || unit > 0xDFFF) {
        return unit;
    }
    int32_t second = unit <= 0xDBFF && cs_take_word(settings, "\\u") ? take_unit(settings) : -1;
    if (second < 0xDC00 || second > 0xDFFF) {
        return -1;
    }
    return 0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00);
}

static uint8_t *put_utf8(uint8_t *to, uint32_t character) {
    static const uint8_t LEADS[] = {0, 0, 0xC0, 0xE0, 0xF0};
    int len = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (int i = len - 1; i > 0; i--) {
        to[i] = (uint8_t)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    to[0] = (uint8_t)(LEADS[len] | character);
    return to + len;
}

/* Takes what follows a backslash and puts what it means where text ends; a null pointer if it means nothing. */
static uint8_t *take_escape(cs_settings_t *settings, uint8_t *to) {
    static const char LETTERS[] = "\"\\/bfnrt", MEANINGS[] = "\"\\/\b\f\n\r\t";
    if (settings->next == settings->end) {
        return NULL;
    }
    uint8_t letter = *settings->next++;
    if (letter == 'u') {
        int32_t character = take_character(settings);
        return character < 0 ? NULL : put_utf8(to, (uint32_t)character);
    }
    const char *at = letter == 0 ? NULL : strchr(LETTERS, letter);
    if (at == NULL) {
        return NULL;
    }
    *to = (uint8_t)MEANINGS[at - LETTERS];
    return to + 1;
}

cs_string_t cs_read_string(cs_settings_t *settings) {
    if (!take(settings, '"')) {
        cs_fail_value(settings, "must be text");
        return (cs_string_t){NULL, 0};
    }
    uint8_t *start = settings->next, *to = start;
    while (settings->next < settings->end) {
        uint8_t byte = *settings->next++;
        if (byte == '"') {
            return (cs_string_t){start, (size_t)(to - start)};
        }
        if (byte < ' ') {
            break;
        }
        if (byte != '\\') {
            *to++ = byte;
        } else if ((to = take_escape(settings, to)) == NULL) {
            break;
        }
    }
    malformed(settings);
    return (cs_string_t){NULL, 0};
}

bool cs_next_key(cs_settings_t *settings, cs_string_t *key) {
    if (!one_more(settings, '}')) {
        return false;
    }
    if (cs_peek(settings) != '"') {
        malformed(settings);
        return false;
    }
    *key = cs_read_string(settings);
    settings->key = *key;
    if (!take(settings, ':')) {
        malformed(settings);
    }
    return !settings->failed;
}
