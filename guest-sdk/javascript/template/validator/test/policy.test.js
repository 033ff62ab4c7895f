import assert from "node:assert/strict";
import { test } from "node:test";

import { sample, validate } from "../sdk/testing.js";
import validator from "../src/policy.js";

const proposing = (proposed) =>
  sample({ suggestion: { changes: [{ field: "company", prior: null, proposed }] } });

test("text that is all upper case is noticed", () => {
  const [finding] = validate(validator, proposing("ACME SOFTWARE"));
  assert.deepEqual(
    [finding.code, finding.severity, finding.field],
    ["new-policy.shouting", "low", "company"],
  );
});

test("short, mixed and caseless text is not", () => {
  for (const quiet of ["IBM", "Acme Software", "1234567890", null, 1234567890]) {
    assert.deepEqual(validate(validator, proposing(quiet)), [], String(quiet));
  }
});

test("the length is a setting", () => {
  assert.equal(validate(validator, proposing("IBM"), { settings: { "min-length": 2 } }).length, 1);
  assert.throws(
    () => validate(validator, proposing("IBM"), { settings: { "min-length": "2" } }),
    /min-length: "2"/,
  );
});
