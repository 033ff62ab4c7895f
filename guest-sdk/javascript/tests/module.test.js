import assert from "node:assert/strict";
import { test } from "node:test";

import { Declined } from "../sdk/answer.js";
import { connect, definePolicy, defineValidator } from "../sdk/module.js";
import { decide, sample } from "../sdk/testing.js";

const base = { name: "tried", version: "0.1.0", summary: "Tries.", codes: { "tried.it": "Always." } };
const policy = (decide, more = {}) => definePolicy({ ...base, decide, ...more });
const answer = (run) => {
  const { configure, decide } = connect(policy(run), "policy");
  configure("{}");
  try {
    return decide({}, {}, []);
  } catch (error) {
    return error;
  }
};

test("what a module throws is what the host is told", () => {
  const told = (error) =>
    answer(() => {
      throw error;
    });
  assert.equal(told(new Declined("No register.")), "No register.");
  assert.match(
    told(new TypeError("x is no y")),
    /^this module failed: TypeError: x is no y \(at tests\/module/,
  );
  assert.equal(told("text"), "this module failed: text");
});

test("there is no outside", () => {
  const clock = "modules have no clock: use facts.now";
  for (const [run, message] of [
    [() => Date.now(), clock],
    [() => new Date(), clock],
    [() => Date(), clock],
    [() => performance.now(), clock],
    [() => Math.random(), "modules have no randomness"],
    [() => crypto.randomUUID(), "modules have no randomness"],
    [() => fetch("https://example.com"), "modules have no network"],
    [() => setTimeout(() => {}, 1), "modules have no timers"],
  ]) {
    assert.throws(() => decide(policy(run), sample()), { message: new RegExp(`^${message}`) }, String(run));
  }
  const given = policy((_, { now }) => ({ outcome: new Date(now) instanceof Date ? "apply" : "reject" }));
  assert.equal(decide(given, sample()).outcome, "apply");
  assert.ok(Date.now() > 0, "it is open again outside of a call");
});

test("a module is called only with settings", () => {
  const { configure, decide } = connect(
    policy(() => ({ outcome: "apply" })),
    "policy",
  );
  assert.throws(() => decide({}, {}, []), /called before/);
  configure("{}");
  assert.equal(decide({}, {}, []).outcome, "apply");
  assert.throws(() => configure('{"a": 1}'), /a: unknown key/);
  assert.throws(() => decide({}, {}, []), /called before/);
});

test("a promise is no answer", () => {
  assert.match(
    answer(async () => ({ outcome: "apply" })),
    /decide returned a promise/,
  );
});

test("the description depends on the settings", () => {
  const module = policy(() => ({ outcome: "apply" }), {
    settings: { deep: { type: "boolean", default: false } },
    reads: ({ deep }) => ({ parts: { evidence: deep }, historyDays: deep ? 30 : 0 }),
  });
  const { configure, describe } = connect(module, "policy");
  assert.equal(describe().reads.historyDays, 0);
  configure('{"deep": true}');
  assert.deepEqual(describe().reads, { parts: { evidence: true }, fields: [], historyDays: 30 });
  assert.deepEqual(describe().codes, [{ code: "tried.it", meaning: "Always." }]);
});

test("a definition that makes no sense is refused", () => {
  assert.throws(() => definePolicy({ ...base }), /needs a function `decide`/);
  assert.throws(() => defineValidator({ ...base, decide() {} }), /a validator has no `decide`/);
  assert.throws(() => definePolicy({ ...base, name: undefined, decide() {} }), /needs a `name`/);
  const module = policy(() => ({ outcome: "apply" }));
  assert.throws(() => connect(module, "validator"), /is a policy; this builds a validator/);
});

test("a module sees what it declared and nothing else", () => {
  const given = sample({ suggestion: { changes: [{ field: "city", prior: "Bern", proposed: "Basel" }] } });
  const seen = [];
  const look = (reads) =>
    decide(
      policy((suggestion, facts) => (seen.push([suggestion, facts]), { outcome: "apply" }), { reads }),
      given,
    );
  look(undefined);
  look({ parts: { changedValues: true, fieldFacts: true, evidence: true } });
  const [[bare, bareFacts], [full, fullFacts]] = seen;
  assert.deepEqual(
    [bare.changes[0].proposed, bare.evidence, bareFacts.fields],
    [{ tag: "withheld" }, [], []],
  );
  assert.deepEqual(full.changes[0].proposed, { tag: "text", val: "Basel" });
  assert.deepEqual([full.evidence[0].excerpt, fullFacts.fields[0].field], [undefined, "city"]);
});

test("a code that is not declared is found by the tests", () => {
  const wrong = policy(() => ({ outcome: "review", reasons: [{ code: "tried.else", message: "This." }] }));
  assert.throws(() => decide(wrong, sample()), /`tried.else` is not in the module's `codes`/);
});
