import assert from "node:assert/strict";
import { test } from "node:test";

import { Objections, boundFindings, boundVerdict } from "../sdk/answer.js";

const reason = (message, field) => ({ code: "a.b", field, message });

test("the strictest objection gives the outcome", () => {
  const objections = new Objections()
    .add("review", reason("x"))
    .add("reject", reason("y"))
    .add("apply", reason("z"));
  const { outcome, reasons } = objections.verdict();
  assert.equal(outcome, "reject");
  assert.deepEqual(
    reasons.map(({ message }) => message),
    ["x", "y"],
  );
  assert.throws(() => objections.add("refuse", reason("x")), /`refuse` is no outcome/);
});

test("of many objections the strictest are kept", () => {
  const objections = new Objections();
  for (let n = 0; n < 40; n += 1) objections.add(n === 39 ? "reject" : "review", reason(String(n)));
  const { outcome, reasons } = objections.verdict();
  assert.deepEqual(
    [outcome, reasons.length, reasons[0].message, reasons[1].message],
    ["reject", 32, "39", "0"],
  );
});

test("of many findings the most serious are kept and made short", () => {
  const low = { ...reason("é".repeat(9000), "x".repeat(9000)), severity: "low" };
  const findings = boundFindings([
    ...Array(70).fill(low),
    { code: "a.c", severity: "high", message: "This." },
  ]);
  assert.deepEqual([findings.length, findings[0].code, findings[1].field], [64, "a.c", undefined]);
  assert.equal(Buffer.byteLength(findings[1].message), 512 + "…".length * 3);
});

test("an answer that is none is an error", () => {
  assert.throws(() => boundVerdict(undefined), /returned no verdict/);
  assert.throws(() => boundVerdict({ outcome: "aply" }), /`aply` is no outcome/);
  assert.throws(() => boundVerdict({ outcome: "review", reasons: [{ code: "a.b" }] }), /a\.b: the `message`/);
  assert.throws(() => boundFindings({}), /no list of findings/);
});

test("a review needs one approval unless it is said otherwise", () => {
  const needs = { role: undefined, approvals: 1, priority: 4, withinHours: 48 };
  assert.deepEqual(boundVerdict({ outcome: "review", review: { withinHours: 48 } }).review, needs);
});
