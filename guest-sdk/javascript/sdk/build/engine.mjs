// The JavaScript engine, taken from componentize-js: spliced together with the module interface before it
// starts, and without what it would import of WASI after.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { leaner } from "./bindings.mjs";

const PACKAGE = "@bytecodealliance/componentize-js";

/** componentize-js is used by its parts: as a whole it starts the engine with the machine's clock. */
async function parts() {
  const root = new URL("../", import.meta.resolve(PACKAGE));
  const { splicer } = await import(new URL("lib/spidermonkey-embedding-splicer.js", root));
  return { root, splicer };
}

/**
 * The engine with the interface. Making it takes longest of all and depends on no source, so that it is kept.
 * @param wit the text of the interface
 * @returns the module, the bindings (JavaScript), and the functions exported and imported
 */
export async function spliced(project, wit, kind) {
  const { root, splicer } = await parts();
  const engine = readFileSync(new URL("lib/starlingmonkey_embedding.wasm", root));
  const key = createHash("sha256").update(engine).update(wit).update(kind).digest("hex");
  const cache = join(project, "node_modules/.cache/countersign");
  const [words, bytes] = [join(cache, `${key}.json`), join(cache, `${key}.wasm`)];
  try {
    const { bindings, ...functions } = JSON.parse(readFileSync(words, "utf8"));
    return { ...functions, bindings: leaner(bindings), module: readFileSync(bytes) };
  } catch {
    // Not there yet.
  }
  const { wasm, jsBindings, exports, imports } = splicer.spliceBindings(
    engine,
    [],
    wit,
    undefined,
    kind,
    false,
  );
  const made = { bindings: jsBindings, exports, imports };
  mkdirSync(cache, { recursive: true });
  keep(bytes, wasm);
  keep(words, JSON.stringify(made));
  return { ...made, bindings: leaner(jsBindings), module: wasm };
}

/** Writes a file whole or not at all. */
function keep(path, content) {
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

/** The started engine with every import but the interface's own replaced by a trap. */
export async function withoutOutside(module, wit, kind) {
  const { splicer } = await parts();
  // The time of the build would become part of the module.
  const { now } = Date;
  Date.now = () => 0;
  try {
    return splicer.stubWasi(module, [], wit, undefined, kind);
  } finally {
    Date.now = now;
  }
}
