#include <stdio.h>
#include <string.h>

#include "tests.h"

static struct {
    double number;
    uint32_t count;
    bool on;
    cs_string_t text;
    cs_list_string_t texts;
    cs_numbers_t numbers;
    cs_outcome_t outcome;
    cs_severity_t severity;
    cs_operation_t operation;
    int nested, items;
} got;

static void configure(cs_settings_t *settings) {
    memset(&got, 0, sizeof got);
    for (cs_string_t key; cs_next_key(settings, &key);) {
        if (cs_is(key, "number")) {
            got.number = cs_read_number(settings);
        } else if (cs_is(key, "count")) {
            got.count = cs_read_count(settings, 300);
        } else if (cs_is(key, "on")) {
            got.on = cs_read_boolean(settings);
        } else if (cs_is(key, "text")) {
            got.text = cs_read_string(settings);
        } else if (cs_is(key, "texts")) {
            got.texts = cs_read_strings(settings);
        } else if (cs_is(key, "numbers")) {
            got.numbers = cs_read_numbers(settings);
        } else if (cs_is(key, "outcome")) {
            got.outcome = cs_read_outcome(settings);
        } else if (cs_is(key, "severity")) {
            got.severity = cs_read_severity(settings);
        } else if (cs_is(key, "operation")) {
            got.operation = cs_read_operation(settings);
        } else if (cs_is(key, "nested")) {
            cs_open_list(settings);
            while (cs_next_item(settings)) {
                got.items++;
                cs_open_object(settings);
                for (cs_string_t inner; cs_next_key(settings, &inner);) {
                    got.nested += (int)cs_read_number(settings);
                }
            }
        } else {
            cs_refuse_key(settings);
        }
    }
    cs_check_fields(settings, "texts", got.texts);
}

static cs_string_t why;

static bool configured(const char *text) {
    configuring = configure;
    cs_string_t copied = cs_string(text);
    return cs_configure(cs_join(&copied, 1), &why);
}

static void settings_are_read(void) {
    CS_CHECK(configured(" { \"number\" : -5e-1 , \"count\":300,\"on\":true,\t\"text\":"
                        "\"Z\\u00FCrich \\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\uDE00\\u20ac.\",\n\"texts\":[\"a\",\"#b\"],"
                        "\"numbers\":{\"b\":2,\"a\\u0020c\":1,\"\":3},\"nested\":[{\"x\":1,\"y\":2},{},{\"z\":3}],"
                        "\"outcome\":\"human-only\",\"severity\":\"critical\",\"operation\":\"act\"}\r\n"));
    CS_CHECK(got.number == -0.5 && got.count == 300 && got.on);
    CS_CHECK(cs_is(got.text, "Zürich \"\\/\b\f\n\r\t😀€."));
    CS_CHECK(got.texts.len == 2 && cs_is(got.texts.ptr[1], "#b"));
    CS_CHECK(got.numbers.len == 3 && *cs_find_number(got.numbers, CS_STRING("a c")) == 1);
    CS_CHECK(*cs_find_number(got.numbers, CS_STRING("")) == 3 && *cs_find_number(got.numbers, CS_STRING("b")) == 2);
    CS_CHECK(cs_find_number(got.numbers, CS_STRING("a")) == NULL);
    CS_CHECK(got.items == 3 && got.nested == 6);
    CS_CHECK(got.outcome == CS_OUTCOME_HUMAN_ONLY && got.severity == CS_SEVERITY_CRITICAL);
    CS_CHECK(got.operation == CS_OPERATION_ACT);
    CS_CHECK(configured("{}") && got.texts.len == 0 && cs_find_number(got.numbers, CS_STRING("")) == NULL);
}

static void refused(const char *text, const char *because) {
    bool taken = configured(text);
    if (taken || !cs_is(why, because)) {
        printf("%s: %.*s\n", text, (int)why.len, (const char *)why.ptr);
    }
    CS_CHECK(!taken && cs_is(why, because));
}

static void wrong_settings_are_refused_by_their_key(void) {
    refused("{\"numbr\":1}", "unknown key `numbr`");
    refused("{\"Number\":1}", "unknown key `Number`");
    refused("{\"number\":null}", "key `number`: must be a number");
    refused("{\"number\":1e999}", "key `number`: must be a number");
    refused("{\"number\":01}", "key `number`: no valid JSON");
    refused("{\"count\":301}", "key `count`: must be a whole number from 0 to 300");
    refused("{\"count\":-1}", "key `count`: must be a whole number from 0 to 300");
    refused("{\"count\":1.5}", "key `count`: must be a whole number from 0 to 300");
    refused("{\"on\":1}", "key `on`: must be true or false");
    refused("{\"text\":1}", "key `text`: must be text");
    refused("{\"texts\":\"a\"}", "key `texts`: must be a list");
    refused("{\"texts\":[\" # \"]}", "key `texts`: an entry is blank; each is a field's name, a `#tag` or `*`");
    refused("{\"numbers\":[]}", "key `numbers`: must be an object");
    refused("{\"numbers\":{\"a\":\"1\"}}", "key `a`: must be a number");
    refused("{\"numbers\":{\"a\":1,\"b\":2,\"a\":3}}", "key `a`: stands here twice");
    refused("{\"outcome\":\"maybe\"}", "key `outcome`: must be apply, review, human-only or reject");
    refused("{\"number\":1,\"text\":2,\"on\":3}", "key `text`: must be text");
}

static void what_is_no_json_is_refused(void) {
    static const char *const BAD[] = {
        "",
        "[]",
        "{",
        "{\"number\"",
        "{\"number\":",
        "{\"number\":1",
        "{\"number\":1,}",
        "{,\"number\":1}",
        "{\"number\" 1}",
        "{\"number\":1 \"on\":true}",
        "{number:1}",
        "{\"number\":1}}",
        "{\"number\":1} 1",
        "{\"on\":tru}",
        "{\"texts\":[\"a\",]}",
        "{\"texts\":[\"a\" \"b\"]}",
        "{\"texts\":[\"a\"}",
        "{\"texts\":[,]}",
        "{\"text\":\"a}",
        "{\"text\":\"\\",
        "{\"text\":\"\\x\"}",
        "{\"text\":\"\\u12\"}",
        "{\"text\":\"\\u12g4\"}",
        "{\"text\":\"\\ud800\"}",
        "{\"text\":\"\\udc00\"}",
        "{\"text\":\"\\ud800\\u0041\"}",
        "{\"text\":\"\\ud800\\n\"}",
        "{\"text\":\"a\nb\"}",
        "{\"text\":\"\\",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        bool taken = configured(BAD[i]);
        if (taken) {
            printf("%s is taken\n", BAD[i]);
        }
        CS_CHECK(!taken && why.len > 0);
    }
}

/* Every beginning of a good text, and every good text with one byte changed, is read to an answer without reading or
 * writing beyond it, which the sanitizer sees to. */
static void no_text_leads_astray(void) {
    const char *good =
        "{\"text\":\"a\\u00e9\\ud83d\\ude00b\",\"numbers\":{\"a\":1.5e3},\"texts\":[\"x\",\"y\"],\"on\":false}";
    size_t len = strlen(good);
    configuring = configure;
    for (size_t end = 0; end <= len; end++) {
        cs_string_t cut = {(uint8_t *)good, end};
        cs_string_t copied = {cs_allocate(end + 1, 1), end};
        memcpy(copied.ptr, cut.ptr, end);
        CS_CHECK(cs_configure(copied, &why) == (end == len));
        for (int byte = 0; byte < 256 && end < len; byte++) {
            cs_string_t whole = cs_string(good);
            whole = cs_join(&whole, 1);
            whole.ptr[end] = (uint8_t)byte;
            cs_configure(whole, &why);
        }
    }
}

void settings_tests(void) {
    settings_are_read();
    wrong_settings_are_refused_by_their_key();
    what_is_no_json_is_refused();
    no_text_leads_astray();
}
