// The files that the engine sees when it starts: the module's own, as they are, and a main file that connects
// them with the interface.

import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { isTypeScript, stripper } from "./strip.mjs";

/** What the engine is given beside the sources, at the root. */
export const MAIN = "countersign-main.js";
export const BINDINGS = "countersign-bindings.js";

/** The module does not start: what is wrong with its sources. */
export class StartFailed extends Error {}

export class Sources {
  #root;
  #source;
  #main;
  #strip = (text) => text;

  constructor(root, source, kind, call) {
    this.#root = root;
    this.#source = source;
    this.#main = `import "./sdk/component.js";
import { connect } from "./sdk/module.js";
import module from ${JSON.stringify(`./${source}`)};
export const { describe, configure, ${call} } = connect(module, ${JSON.stringify(kind)});
`;
  }

  /** Checks the types of a module in TypeScript, and gets ready to leave them out. */
  async check() {
    if (!isTypeScript(this.#source)) return;
    const compiler = join(fileURLToPath(import.meta.resolve("typescript/package.json")), "../bin/tsc");
    const given = [compiler, "--noEmit", "--pretty", "false", "--project", this.#root];
    const { status, stdout, error } = spawnSync(process.execPath, given, {
      cwd: this.#root,
      encoding: "utf8",
    });
    if (error !== undefined) throw error;
    if (status !== 0) throw new StartFailed(`the types do not hold:\n${stdout.trim()}`);
    this.#strip = await stripper();
  }

  /** The bytes of a file, if there is one. */
  read(path) {
    if (path === MAIN) return new TextEncoder().encode(this.#main);
    const real = join(this.#root, path);
    if (!statSync(real, { throwIfNoEntry: false })?.isFile()) return undefined;
    const bytes = readFileSync(real);
    return isTypeScript(path) ? new TextEncoder().encode(this.#strip(bytes.toString("utf8"))) : bytes;
  }
}
