#!/usr/bin/env node
// Builds a module: node sdk/build.mjs SOURCE OUT KIND
//
// SOURCE is the module's main file (.js or .ts), OUT the core Wasm module to write, KIND `policy` or
// `validator`. Equal sources give equal bytes, wherever and whenever they are built.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { spliced, withoutOutside } from "./build/engine.mjs";
import { snapshot } from "./build/snapshot.mjs";
import { Sources, StartFailed } from "./build/sources.mjs";
import { start } from "./build/start.mjs";
import { readWit } from "./build/wit.mjs";
import { warmUp } from "./build/warm-up.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WIT = resolve(ROOT, "wit/1.0.0/policy.wit");
const CALLS = { policy: "decide", validator: "validate" };

class Usage extends Error {}

async function build() {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [source, out, kind] = positionals;
  if (positionals.length !== 3 || CALLS[kind] === undefined) {
    throw new Usage("usage: node sdk/build.mjs SOURCE OUT policy|validator");
  }
  const path = relative(ROOT, resolve(source)).split(sep).join("/");
  if (path.startsWith("../")) throw new Usage(`${source} is not in the project that this SDK is part of`);
  const sources = new Sources(ROOT, path, kind, CALLS[kind]);
  await sources.check();
  const wit = readFileSync(WIT, "utf8");
  const engine = await spliced(ROOT, wit, kind);
  const calls = ["describe", "configure", CALLS[kind]];
  const kept = new Set(["memory", "cabi_realloc", ...calls, ...calls.map((call) => `cabi_post_${call}`)]);
  const call = (exports) => warmUp(exports, readWit(wit), kind, CALLS[kind]);
  const started = snapshot(
    engine.module,
    (module) => start(module, engine, sources, call),
    (name) => kept.has(name),
  );
  const core = await withoutOutside(started, wit, kind);
  mkdirSync(dirname(resolve(out)), { recursive: true });
  writeFileSync(out, core);
}

try {
  await build();
} catch (error) {
  const expected = error instanceof Usage || error instanceof StartFailed;
  console.error(`error: ${expected ? error.message : error.stack}`);
  process.exitCode = error instanceof Usage ? 2 : 1;
}
