import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { OUTCOMES, SEVERITIES } from "../sdk/answer.js";
import { snapshot } from "../sdk/build/snapshot.mjs";
import { readWit } from "../sdk/build/wit.mjs";
import { PARTS } from "../sdk/module.js";

const WIT = new URL("../../../wit/1.0.0/policy.wit", import.meta.url);

/** (module (memory (export "memory") 1) (global $g (mut i32) (i32.const 7)) (func (export "go") …) (data "a")) */
const MODULE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[5, 3, 1, 0, 1],
  ...[6, 6, 1, 0x7f, 1, 0x41, 7, 0x0b],
  ...[7, 15, 2, 6, 0x6d, 0x65, 0x6d, 0x6f, 0x72, 0x79, 2, 0, 2, 0x67, 0x6f, 0, 0],
  // go: the byte at 1,000 becomes 5, the global -3, and the memory grows by a page.
  ...[
    10, 21, 1, 19, 0, 0x41, 0xe8, 7, 0x41, 5, 0x3a, 0, 0, 0x41, 0x7d, 0x24, 0, 0x41, 1, 0x40, 0, 0x1a, 0x0b,
  ],
);

test("a snapshot starts where the run ended", () => {
  const start = (instrumented) => {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(instrumented));
    exports.go();
    return exports;
  };
  const taken = snapshot(withData(MODULE), start, (name) => name === "memory");
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(taken));
  const memory = new Uint8Array(exports.memory.buffer);
  assert.deepEqual(Object.keys(exports), ["memory"]);
  assert.deepEqual([memory.length, memory[8], memory[1000]], [131072, 0x61, 5]);
  // And it is a snapshot itself: the global is where the run left it.
  const again = snapshot(
    taken,
    (m) => new WebAssembly.Instance(new WebAssembly.Module(m)).exports,
    () => true,
  );
  assert.deepEqual(again, taken);
  assert.ok(Buffer.from(taken).includes(Buffer.from([0x7f, 1, 0x41, 0x7d, 0x0b])), "the global is -3");
});

/** The module with one segment of data: "a" at 8. */
const withData = (module) => Uint8Array.of(...module, 11, 7, 1, 0, 0x41, 8, 0x0b, 1, 0x61);

test("the interface is read whole", () => {
  const { types, worlds } = readWit(readFileSync(WIT, "utf8"));
  assert.deepEqual(types.get("severity").items.length, 5);
  assert.deepEqual(types.get("change").items.at(-1).type, { of: "option", args: ["f64"] });
  const { params, result } = worlds.get("policy").get("decide");
  assert.deepEqual(params.at(-1).type, { of: "list", args: ["finding"] });
  assert.deepEqual(result, { of: "result", args: ["verdict", "string"] });
  assert.deepEqual(worlds.get("validator").get("configure").result, { of: "result", args: ["_", "string"] });
});

test("the words of the SDK are those of the interface", () => {
  const { types } = readWit(readFileSync(WIT, "utf8"));
  const words = (name) => types.get(name).items.map((item) => item.name);
  const camel = (word) => word.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  assert.deepEqual(OUTCOMES, words("outcome"));
  assert.deepEqual(SEVERITIES, words("severity"));
  assert.deepEqual(PARTS, words("parts").map(camel));
});
