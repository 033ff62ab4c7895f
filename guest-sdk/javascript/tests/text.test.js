import assert from "node:assert/strict";
import { test } from "node:test";

import { cut, decimal, utf8Length } from "../sdk/text.js";
import { displayOf, isEmpty, numberOf, textsOf, toValue } from "../sdk/values.js";

test("numbers have the shortest digits and no exponent", () => {
  const written = { 1: 1, 0.95: 0.95, "0.0000001": 1e-7, "-0": -0, "1000000000000000000000": 1e21 };
  for (const [text, number] of Object.entries(written)) assert.equal(decimal(number), text);
  assert.equal(decimal(1.25e-9), "0.00000000125");
  assert.equal(decimal(-1.5e22), "-15000000000000000000000");
});

test("text is counted and cut in bytes of UTF-8", () => {
  for (const text of ["", "abc", "Zürich", "日本", "a😀b", "\ud800", "\udc00\ud800"]) {
    assert.equal(utf8Length(text), Buffer.byteLength(text), JSON.stringify(text));
  }
  assert.deepEqual(
    [cut("Zürich", 2), cut("Zürich", 3), cut("a😀b", 4), cut("abc", 9)],
    ["Z", "Zü", "a", "abc"],
  );
});

test("only finite numbers are numbers", () => {
  const numbers = [
    toValue(12.5),
    toValue(" 7 "),
    { tag: "number", val: "-3" },
    { tag: "number", val: "1e9" },
  ];
  assert.deepEqual(numbers.map(numberOf), [12.5, 7, -3, 1e9]);
  for (const none of ["NaN", "inf", "", "7 8", "007", "+41", "0x10", "1e999", null, true]) {
    assert.equal(numberOf(toValue(none)), undefined, String(none));
  }
});

test("a withheld value is not called empty", () => {
  assert.deepEqual([undefined, null, "  ", [], "x", 0].map(toValue).map(isEmpty), [
    false,
    true,
    true,
    true,
    false,
    false,
  ]);
  assert.deepEqual([true, 1.5, "x", ["a", "b"], null].map(toValue).map(displayOf), [
    "yes",
    "1.5",
    "x",
    "a; b",
    "",
  ]);
  assert.deepEqual(textsOf(toValue(["a", "b"])), ["a", "b"]);
});
