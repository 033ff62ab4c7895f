// What a component needs before anything else of it runs: nothing of the outside, and a console that logs.

import { write } from "countersign:policy/log@1.0.0";

import { log, logTo } from "./log.js";
import { closeOutside } from "./outside.js";

logTo(write);
closeOutside();
const shown = (part) => (typeof part === "string" ? part : (JSON.stringify(part) ?? String(part)));
for (const name of ["log", "info", "debug", "warn", "error"]) {
  console[name] = (...parts) => log(parts.map(shown).join(" "));
}
