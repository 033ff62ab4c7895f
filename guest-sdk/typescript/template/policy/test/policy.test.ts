import assert from "node:assert/strict";
import { test } from "node:test";

import { decide, sample } from "../sdk/testing.js";
import policy from "../src/policy.ts";

const changing = (field: string) =>
  sample({ suggestion: { changes: [{ field, prior: "a", proposed: "b" }] } });

test("a watched field is reviewed", () => {
  const { outcome, reasons } = decide(policy, changing("email"));
  assert.equal(outcome, "review");
  assert.deepEqual(
    reasons.map(({ code, field }) => [code, field]),
    [["new-policy.watched-field", "email"]],
  );
});

test("other fields are applied", () => {
  assert.equal(decide(policy, changing("industry")).outcome, "apply");
});

test("fields can be watched by their tags", () => {
  const given = sample({
    suggestion: { changes: [{ field: "mobile", prior: "1", proposed: "2" }] },
    facts: { fields: [{ field: "mobile", value: "1", tags: ["phone"] }] },
  });
  assert.equal(decide(policy, given, { settings: { fields: ["#phone"] } }).outcome, "review");
});

test("settings with a typo are refused", () => {
  assert.throws(() => decide(policy, changing("email"), { settings: { field: [] } }), /field: unknown key/);
});
