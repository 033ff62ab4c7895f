/* Decimals of very great and very small numbers, in exact arithmetic. */
#include <string.h>

#include "decimal.h"

/* A natural number of up to 1,216 bits, enough for any double times its power of ten. */
enum { LIMBS = 38 };
typedef struct {
    uint32_t limbs[LIMBS];
    int len;
} natural_t;

static void multiply(natural_t *n, uint32_t factor) {
    uint64_t carry = 0;
    for (int i = 0; i < n->len; i++) {
        carry += (uint64_t)n->limbs[i] * factor;
        n->limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry > 0) {
        n->limbs[n->len++] = (uint32_t)carry;
    }
}

static void multiply_by_power_of_five(natural_t *n, int power) {
    for (; power >= 13; power -= 13) {
        multiply(n, 1220703125);
    }
    uint32_t rest = 1;
    for (; power > 0; power--) {
        rest *= 5;
    }
    multiply(n, rest);
}

static void multiply_by_power_of_two(natural_t *n, int power) {
    int limbs = power / 32;
    multiply(n, (uint32_t)1 << (power % 32));
    memmove(n->limbs + limbs, n->limbs, (size_t)n->len * sizeof *n->limbs);
    memset(n->limbs, 0, (size_t)limbs * sizeof *n->limbs);
    n->len += limbs;
}

/* Whether a is less than, equal to or greater than b, as a number below, at or above 0. */
static int compare(const natural_t *a, const natural_t *b) {
    if (a->len != b->len) {
        return a->len < b->len ? -1 : 1;
    }
    for (int i = a->len - 1; i >= 0; i--) {
        if (a->limbs[i] != b->limbs[i]) {
            return a->limbs[i] < b->limbs[i] ? -1 : 1;
        }
    }
    return 0;
}

/* Compares a + b with c. */
static int compare_sum(const natural_t *a, const natural_t *b, const natural_t *c) {
    natural_t sum;
    uint64_t carry = 0;
    sum.len = a->len > b->len ? a->len : b->len;
    for (int i = 0; i < sum.len; i++) {
        carry += (uint64_t)(i < a->len ? a->limbs[i] : 0) + (i < b->len ? b->limbs[i] : 0);
        sum.limbs[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry > 0) {
        sum.limbs[sum.len++] = (uint32_t)carry;
    }
    return compare(&sum, c);
}

/* Takes away so many times a number; what is left must not be negative. */
static void subtract(natural_t *from, const natural_t *n, uint32_t times) {
    uint64_t carry = 0;
    for (int i = 0; i < from->len; i++) {
        carry += (uint64_t)(i < n->len ? n->limbs[i] : 0) * times;
        uint32_t part = (uint32_t)carry;
        carry = (carry >> 32) + (from->limbs[i] < part);
        from->limbs[i] -= part;
    }
    while (from->len > 0 && from->limbs[from->len - 1] == 0) {
        from->len--;
    }
}

/* Divides by a unit whose highest bit is that of a limb, where less than ten is to be expected; leaves the rest. */
static uint32_t divide(natural_t *n, const natural_t *unit) {
    if (n->len < unit->len) {
        return 0;
    }
    uint64_t high = n->limbs[unit->len - 1];
    if (n->len > unit->len) {
        high |= (uint64_t)n->limbs[unit->len] << 32;
    }
    /* Never too high, and seldom too low. */
    uint32_t quotient = (uint32_t)(high / ((uint64_t)unit->limbs[unit->len - 1] + 1));
    if (quotient > 0) {
        subtract(n, unit, quotient);
    }
    for (; compare(n, unit) >= 0; quotient++) {
        subtract(n, unit, 1);
    }
    return quotient;
}

static int bit_length(uint64_t n) {
    int length = 0;
    for (; n > 0; n >>= 1) {
        length++;
    }
    return length;
}

/* Steele and White's way, as Burger and Dybvig have it. The number is `rest / unit`, and what lies within `below` and
 * `above` of it, in the same unit, reads back as it. */
void cs_extreme_decimal(double magnitude, cs_decimal_t *decimal) {
    cs_binary_t number = cs_binary(magnitude);
    uint64_t mantissa = number.mantissa;
    int exponent = number.exponent;

    /* The number is below 10^point and at least a tenth of that; the estimate may be one too low. */
    double estimate = (exponent + bit_length(mantissa) - 1) * 0.30102999566398120;
    int point = (int)estimate + (estimate > 0);

    /* rest / unit = mantissa × 2^exponent / 10^point, and `around` is a quarter of its last bit in that unit. */
    natural_t rest = {{(uint32_t)mantissa, (uint32_t)(mantissa >> 32)}, mantissa >> 32 ? 2 : 1};
    natural_t unit = {{1}, 1}, around = {{1}, 1};
    if (point > 0) {
        multiply_by_power_of_five(&unit, point);
    } else {
        multiply_by_power_of_five(&rest, -point);
        multiply_by_power_of_five(&around, -point);
    }
    int twos = exponent - point - 2;
    int unit_twos = twos < 0 ? -twos : 0, other_twos = twos < 0 ? 0 : twos;
    /* More of them on both sides, until the unit's highest bit is that of a limb. */
    int length = bit_length(unit.limbs[unit.len - 1]) + unit_twos;
    int more = (32 - length % 32) % 32;
    multiply_by_power_of_two(&unit, unit_twos + more);
    multiply_by_power_of_two(&rest, other_twos + more + 2);
    multiply_by_power_of_two(&around, other_twos + more);
    natural_t below = around, above = around;
    multiply(&above, 2);
    if (!number.denser) {
        below = above;
    }
    int high = compare_sum(&rest, &above, &unit);
    bool low_estimate = high > 0 || (high == 0 && number.even);

    decimal->count = 0;
    decimal->point = point + low_estimate;
    for (bool scaled = low_estimate;; scaled = false) {
        if (!scaled) {
            multiply(&rest, 10);
            multiply(&above, 10);
            if (number.denser) {
                multiply(&below, 10);
            }
        }
        uint32_t digit = divide(&rest, &unit);
        int low = compare(&rest, number.denser ? &below : &above);
        high = compare_sum(&rest, &above, &unit);
        bool low_enough = low < 0 || (low == 0 && number.even);
        bool high_enough = high > 0 || (high == 0 && number.even);
        if (low_enough || high_enough) {
            bool up = high_enough && (!low_enough || compare_sum(&rest, &rest, &unit) >= 0);
            decimal->digits[decimal->count++] = (uint8_t)('0' + digit + up);
            return;
        }
        decimal->digits[decimal->count++] = (uint8_t)('0' + digit);
    }
}
