/* Decimals and what they stand for, between the two files that find them. */
#ifndef COUNTERSIGN_DECIMAL_H
#define COUNTERSIGN_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

enum { MOST_DIGITS = 17 };

/* The decimal number 0.d1d2d3… × 10^point. */
typedef struct {
    uint8_t digits[MOST_DIGITS];
    int count, point;
} cs_decimal_t;

/* A double as mantissa × 2^exponent. What reads back as it reaches half of its last bit up, and as far down or, below a
 * power of two where doubles lie twice as dense, half as far; the bounds too if the mantissa is even. */
typedef struct {
    uint64_t mantissa;
    int exponent;
    bool even, denser;
} cs_binary_t;

/* Takes a double apart. */
cs_binary_t cs_binary(double magnitude);

/* Finds the shortest decimal that reads back as a number other than 0, and of these the nearest, for numbers too great
 * or too small for a few machine words. */
void cs_extreme_decimal(double magnitude, cs_decimal_t *decimal);

#endif
