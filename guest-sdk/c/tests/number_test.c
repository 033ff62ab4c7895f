#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests.h"

static void is_written(double number, const char *text) {
    cs_string_t got = cs_number(number);
    if (!cs_is(got, text)) {
        printf("%.*s, not %s\n", (int)got.len, (const char *)got.ptr, text);
    }
    CS_CHECK(cs_is(got, text));
}

static void numbers_are_written_without_exponents(void) {
    is_written(0, "0");
    is_written(-0.0, "-0");
    is_written(0.95, "0.95");
    is_written(95, "95");
    is_written(-3.25, "-3.25");
    is_written(0.30000000000000004, "0.30000000000000004");
    is_written(1e-7, "0.0000001");
    is_written(1e15, "1000000000000000");
    is_written(9007199254740992, "9007199254740992");
    is_written(1e22, "10000000000000000000000");
    is_written(2251799813685248.5, "2251799813685248.5");
    is_written(0x1p60, "1152921504606847000");
    /* Equally near to two decimals of 17 digits. */
    is_written(0x1p-25, "0.000000029802322387695313");
    is_written(NAN, "NaN");
    is_written(INFINITY, "inf");
    is_written(-INFINITY, "-inf");
    CS_CHECK(cs_number(DBL_MAX).len == 309);
    CS_CHECK(cs_number(0x1p-1074).len == 326);
}

/* How many digits a number needs to read back, by trying those nearest to it. Fewer may do below a power of two, where
 * some that are not the nearest read back too. */
static int digits_needed(double number) {
    char text[64];
    for (int digits = 1; digits < 17; digits++) {
        snprintf(text, sizeof text, "%.*e", digits - 1, number);
        if (strtod(text, NULL) == number) {
            return digits;
        }
    }
    return 17;
}

/* How many digits stand between the zeros at both ends. */
static int digits_written(cs_string_t text) {
    int digits = 0, zeros = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (byte == '0') {
            zeros++;
        } else if (byte >= '1' && byte <= '9') {
            digits += (digits > 0 ? zeros : 0) + 1;
            zeros = 0;
        }
    }
    return digits;
}

static uint64_t state = 1;

static uint64_t random_bits(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void none_is_shorter(double number) {
    cs_string_t text = cs_number(number);
    double back = strtod((const char *)text.ptr, NULL);
    bool same = memcmp(&back, &number, sizeof back) == 0;
    if (!same || digits_written(text) > digits_needed(number)) {
        printf("%.17g is written %s\n", number, (const char *)text.ptr);
        CS_CHECK(false);
    }
    free(text.ptr);
}

static void written_numbers_read_back_and_none_is_shorter(void) {
    for (int power = -1074; power < 1024; power++) {
        none_is_shorter(ldexp(1, power));
        none_is_shorter(nextafter(ldexp(1, power), 0));
    }
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = random_bits();
        double any;
        memcpy(&any, &bits, sizeof any);
        if (isfinite(any)) {
            none_is_shorter(any);
        }
        double fraction = (double)(random_bits() >> 11) * 0x1p-53;
        none_is_shorter(fraction);
        none_is_shorter(floor(fraction * 1e6) / 1e6);
        none_is_shorter(fraction * 1e9);
    }
}

static void only_what_is_a_finite_number_is_one(void) {
    const char *const good[] = {"12.50",
                                "-3",
                                "1e9",
                                "0",
                                "-0",
                                "1E-2",
                                "0.95",
                                "123456789012345678901234567890",
                                "0.1e+1",
                                "1e308",
                                "5e-324",
                                "1e-400",
                                "9007199254740993"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double number;
        CS_CHECK(cs_parse_number(cs_string(good[i]), &number) && number == strtod(good[i], NULL));
    }
    const char *const bad[] = {"",   "-",  "NaN", "inf", "7 8",   "007", "+41",
                               ".5", "5.", "1e",  "1e+", "0x1p3", "1_0", "1e999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double number;
        CS_CHECK(!cs_parse_number(cs_string(bad[i]), &number));
    }
    /* The text ends where its length says. */
    double number;
    CS_CHECK(cs_parse_number((cs_string_t){(uint8_t *)"1.25e17", 4}, &number) && number == 1.25);
    for (int i = 0; i < 100000; i++) {
        char text[64];
        snprintf(text, sizeof text, "%.*g", 1 + i % 17, (double)(random_bits() >> 11) * ldexp(1, i % 200 - 150));
        CS_CHECK(cs_parse_number(cs_string(text), &number) && number == strtod(text, NULL));
    }
}

void number_tests(void) {
    numbers_are_written_without_exponents();
    written_numbers_read_back_and_none_is_shorter();
    only_what_is_a_finite_number_is_one();
}
