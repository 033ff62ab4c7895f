import assert from "node:assert/strict";
import { test } from "node:test";

import { checkDeclaration, parseSettings, schemaOf } from "../sdk/settings.js";

const DECLARED = {
  threshold: { type: "number", minimum: 0, maximum: 1, default: 0.5 },
  count: { type: "integer", default: 3 },
  mode: { type: "string", enum: ["soft", "hard"], default: "soft" },
  on: { type: "boolean", default: true },
  names: { type: "array", items: { type: "string", minLength: 1 }, default: [] },
  by: { type: "object", additionalProperties: { type: "number" }, default: {} },
  nested: { type: "object", properties: { depth: { type: "integer", default: 1 } }, default: {} },
};

test("defaults stand where nothing is said", () => {
  const settings = parseSettings(DECLARED, '{"threshold": 1, "by": {"__proto__": 2}}');
  assert.deepEqual([settings.threshold, settings.count, settings.mode], [1, 3, "soft"]);
  assert.deepEqual([settings.by.__proto__, settings.by.constructor], [2, undefined]);
  assert.equal(settings.nested.depth, 1);
});

test("what is wrong is named with its key", () => {
  const wrong = {
    '{"treshold": 1}': "treshold: unknown key; known are threshold, count",
    '{"threshold": "1"}': 'threshold: "1" is a string, not a number',
    '{"threshold": 1.5}': "threshold: 1.5 is above the maximum of 1",
    '{"threshold": -1}': "threshold: -1 is below the minimum of 0",
    '{"threshold": null}': "threshold: null is null, not a number",
    '{"count": 1.5}': "count: 1.5 is a number, not an integer",
    '{"mode": "firm"}': 'mode: "firm" is none of soft, hard',
    '{"on": 1}': "on: 1 is an integer, not a boolean",
    '{"names": ["a", ""]}': 'names[1]: "" is too short',
    '{"names": {}}': "names: {} is an object, not an array",
    '{"by": {"x": "y"}}': 'by.x: "y" is a string, not a number',
    '{"nested": {"dept": 1}}': "nested.dept: unknown key; known are depth",
    "[]": "the settings: [] is an array, not an object",
    "{": "the settings are no JSON",
  };
  for (const [text, message] of Object.entries(wrong)) {
    assert.throws(
      () => parseSettings(DECLARED, text),
      (error) => error.message.startsWith(message),
      text,
    );
  }
});

test("a setting without a default must be given", () => {
  const declared = { at: { type: "string" } };
  assert.throws(() => parseSettings(declared, "{}"), /at: is missing/);
  assert.deepEqual(schemaOf(declared).required, ["at"]);
});

test("the schema closes what the checks close", () => {
  const schema = schemaOf(DECLARED);
  assert.equal(schema.additionalProperties, false);
  assert.equal(schema.properties.nested.additionalProperties, false);
  assert.deepEqual(schema.properties.by.additionalProperties, { type: "number" });
});

test("a declaration that makes no sense is refused", () => {
  const wrong = [
    { a: { type: "text" } },
    { a: { type: "number", minimum: 0, default: -1 } },
    { a: { type: "string", maximum: 3 } },
    { a: { type: "object" } },
    { a: { type: "array" } },
  ];
  for (const declared of wrong) assert.throws(() => checkDeclaration(declared), JSON.stringify(declared));
});
