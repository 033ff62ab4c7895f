/* Numbers from text and to text, without the standard library's printf, which would be most of a module. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "module.h"

cs_binary_t cs_binary(double magnitude) {
    uint64_t bits;
    memcpy(&bits, &magnitude, sizeof bits);
    uint64_t mantissa = bits & (((uint64_t)1 << 52) - 1);
    int exponent = (int)(bits >> 52);
    bool denser = mantissa == 0 && exponent > 1;
    if (exponent > 0) {
        mantissa |= (uint64_t)1 << 52;
    } else {
        exponent = 1;
    }
    return (cs_binary_t){mantissa, exponent - 1075, mantissa % 2 == 0, denser};
}

/* A fraction in 124 bits behind the point. */
typedef struct {
    uint64_t high, low;
} fraction_t;

enum { WHOLE = 60, FRACTION_BITS = WHOLE + 64 };

static fraction_t shifted(uint64_t n, int places) {
    if (places >= 64) {
        return (fraction_t){n << (places - 64), 0};
    }
    return (fraction_t){places == 0 ? 0 : n >> (64 - places), n << places};
}

static fraction_t ten_times(fraction_t n) {
    uint64_t low = (n.low & UINT32_MAX) * 10;
    uint64_t middle = (n.low >> 32) * 10 + (low >> 32);
    return (fraction_t){n.high * 10 + (middle >> 32), middle << 32 | (low & UINT32_MAX)};
}

static fraction_t sum(fraction_t a, fraction_t b) {
    uint64_t low = a.low + b.low;
    return (fraction_t){a.high + b.high + (low < a.low), low};
}

static int compare_fractions(fraction_t a, fraction_t b) {
    if (a.high != b.high) {
        return a.high < b.high ? -1 : 1;
    }
    return a.low == b.low ? 0 : a.low < b.low ? -1 : 1;
}

/* Finds the shortest decimal that reads back as the number, and of these the nearest, for a number below 2^53 and, but
 * for 0, at least 2^-66: digits of the fraction come until what is left lies within the bounds. */
static void ordinary_decimal(double magnitude, cs_decimal_t *decimal) {
    uint64_t whole = (uint64_t)magnitude;
    uint8_t reversed[MOST_DIGITS];
    int count = 0;
    for (uint64_t left = whole; left > 0; left /= 10) {
        reversed[count++] = (uint8_t)('0' + left % 10);
    }
    for (int i = 0; i < count; i++) {
        decimal->digits[i] = reversed[count - 1 - i];
    }
    decimal->count = decimal->point = count;
    if ((double)whole == magnitude) {
        return;
    }

    const fraction_t one = {(uint64_t)1 << WHOLE, 0};
    cs_binary_t number = cs_binary(magnitude);
    int places = FRACTION_BITS + number.exponent;
    fraction_t rest = shifted(number.mantissa, places);
    rest.high &= one.high - 1;
    fraction_t above = shifted(1, places - 1), below = shifted(1, places - (number.denser ? 2 : 1));
    for (;;) {
        rest = ten_times(rest);
        above = ten_times(above);
        below = ten_times(below);
        int digit = (int)(rest.high >> WHOLE);
        rest.high &= one.high - 1;
        int low = compare_fractions(rest, below), high = compare_fractions(sum(rest, above), one);
        bool low_enough = low < 0 || (low == 0 && number.even), high_enough = high > 0 || (high == 0 && number.even);
        bool up = high_enough && (!low_enough || compare_fractions(sum(rest, rest), one) >= 0);
        if (digit + up > 0 || decimal->count > 0) {
            decimal->digits[decimal->count++] = (uint8_t)('0' + digit + up);
        } else {
            decimal->point--;
        }
        if (low_enough || high_enough) {
            return;
        }
    }
}

static uint8_t *zeros(uint8_t *next, int count) {
    for (; count > 0; count--) {
        *next++ = '0';
    }
    return next;
}

cs_string_t cs_number(double number) {
    if (isnan(number)) {
        return CS_STRING("NaN");
    }
    if (isinf(number)) {
        return number < 0 ? CS_STRING("-inf") : CS_STRING("inf");
    }
    cs_decimal_t decimal;
    double magnitude = fabs(number);
    if (magnitude == 0 || (magnitude >= 0x1p-66 && magnitude < 0x1p53)) {
        ordinary_decimal(magnitude, &decimal);
    } else {
        cs_extreme_decimal(magnitude, &decimal);
    }
    int count = decimal.count, point = decimal.point;
    int before = point > 0 ? point : 1;
    int after = count > point ? count - point : 0;
    cs_string_t text = {cs_allocate((size_t)(before + after + 3), 1), 0};
    uint8_t *next = text.ptr;
    if (signbit(number)) {
        *next++ = '-';
    }
    if (point <= 0) {
        *next++ = '0';
    }
    for (int i = 0; i < count || i < point; i++) {
        if (i == (point > 0 ? point : 0)) {
            *next++ = '.';
            next = zeros(next, -point);
        }
        *next++ = i < count ? decimal.digits[i] : '0';
    }
    *next = 0;
    text.len = (size_t)(next - text.ptr);
    return text;
}

static size_t digits(cs_string_t text, size_t from) {
    size_t next = from;
    while (next < text.len && text.ptr[next] >= '0' && text.ptr[next] <= '9') {
        next++;
    }
    return next;
}

static bool stands_at(cs_string_t text, size_t place, char byte) {
    return place < text.len && text.ptr[place] == (uint8_t)byte;
}

size_t cs_number_length(cs_string_t text) {
    size_t start = stands_at(text, 0, '-') ? 1 : 0;
    size_t next = stands_at(text, start, '0') ? start + 1 : digits(text, start);
    if (next == start) {
        return 0;
    }
    if (stands_at(text, next, '.')) {
        size_t end = digits(text, next + 1);
        if (end == next + 1) {
            return 0;
        }
        next = end;
    }
    if (stands_at(text, next, 'e') || stands_at(text, next, 'E')) {
        next += stands_at(text, next + 1, '+') || stands_at(text, next + 1, '-') ? 2 : 1;
        size_t end = digits(text, next);
        if (end == next) {
            return 0;
        }
        next = end;
    }
    return next;
}

/* Powers of ten that a double holds exactly: with these and at most 15 digits, a quotient is rounded once, and so is
 * the nearest double. */
static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
enum { MOST_POWER = 22, EXACT_DIGITS = 15 };

bool cs_parse_number(cs_string_t text, double *number) {
    if (text.len == 0 || cs_number_length(text) != text.len) {
        return false;
    }
    uint64_t whole = 0;
    int count = 0, places = 0;
    bool point = false, negative = text.ptr[0] == '-', plain = true;
    for (size_t i = negative ? 1 : 0; i < text.len && plain; i++) {
        uint8_t byte = text.ptr[i];
        if (byte == '.') {
            point = true;
        } else if (byte >= '0' && byte <= '9') {
            whole = whole * 10 + (uint64_t)(byte - '0');
            count += whole > 0;
            places += point;
            plain = count <= EXACT_DIGITS && places <= MOST_POWER;
        } else {
            plain = false;
        }
    }
    if (plain) {
        *number = (double)whole / POWERS[places] * (negative ? -1 : 1);
        return true;
    }
    /* strtod reads on until something is no part of a number. */
    *number = strtod((const char *)cs_join(&text, 1).ptr, NULL);
    return isfinite(*number);
}
