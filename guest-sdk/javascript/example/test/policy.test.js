import assert from "node:assert/strict";
import { test } from "node:test";

import { decide, sample } from "../sdk/testing.js";
import policy from "../src/policy.js";

const overwrite = (confidence, given = {}) =>
  sample({
    suggestion: {
      confidence,
      changes: [{ field: "industry", prior: "Retail", proposed: "Software" }],
      ...given,
    },
    facts: { segment: "saas" },
  });
const codes = ({ reasons }) => reasons.map(({ code }) => code);

test("the default threshold is inclusive", () => {
  assert.deepEqual(codes(decide(policy, overwrite(0.95))), []);
  assert.deepEqual(codes(decide(policy, overwrite(0.9499))), ["confidence.below-threshold"]);
});

test("what is no confidence is not confident", () => {
  for (const nonsense of [undefined, NaN, Infinity, -Infinity, 1.5, -0.1]) {
    assert.deepEqual(codes(decide(policy, overwrite(nonsense))), ["confidence.missing"], String(nonsense));
  }
});

test("a change with its own confidence is judged by it", () => {
  const changes = [
    { field: "industry", prior: "Retail", proposed: "Software" },
    { field: "city", prior: "Bern", proposed: "Basel", confidence: 0.5 },
  ];
  const { reasons } = decide(policy, overwrite(0.99, { changes }));
  assert.deepEqual(
    reasons.map(({ field }) => field),
    ["city"],
  );
});

test("a suggestion without changes is judged by its own", () => {
  const { reasons } = decide(policy, overwrite(0.5, { changes: [] }));
  assert.deepEqual(reasons, [
    {
      code: "confidence.below-threshold",
      field: undefined,
      message: "Confidence 0.5 is below the threshold of 0.95.",
    },
  ]);
});

test("thresholds by field, object, segment and assistant", () => {
  const names = { fields: "industry", objects: "contact", segments: "saas", assistants: "acme/enricher" };
  for (const [key, name] of Object.entries(names)) {
    const settings = { [key]: { [name]: 0.99 } };
    assert.deepEqual(
      codes(decide(policy, overwrite(0.97), { settings })),
      ["confidence.below-threshold"],
      key,
    );
  }
  assert.deepEqual(codes(decide(policy, overwrite(0.91), { settings: { assistants: { acme: 0.9 } } })), []);
});

test("the names of an object's own are names like others", () => {
  for (const field of ["__proto__", "constructor", "toString"]) {
    const given = overwrite(0.97, { changes: [{ field, prior: "a", proposed: "b" }] });
    assert.deepEqual(codes(decide(policy, given)), [], field);
    const settings = JSON.parse(`{"fields": {"${field}": 0.99}}`);
    assert.deepEqual(codes(decide(policy, given, { settings })), ["confidence.below-threshold"], field);
  }
});

test("numbers are written without exponents", () => {
  const { reasons } = decide(policy, overwrite(1e-7), { settings: { threshold: 1 } });
  assert.equal(reasons[0].message, "Confidence 0.0000001 is below the threshold of 1.");
});

test("settings that are none are refused", () => {
  assert.throws(() => decide(policy, overwrite(1), { settings: { threshold: 95 } }), /threshold: 95/);
  assert.throws(() => decide(policy, overwrite(1), { settings: { fields: { a: -1 } } }), /fields\.a: -1/);
  assert.throws(() => decide(policy, overwrite(1), { settings: { treshold: 1 } }), /treshold: unknown key/);
});
