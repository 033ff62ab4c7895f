// TypeScript without its types, which become blanks: lines and columns stay those of the source. As a hook of
// Node's module loader, and for building.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const isTypeScript = (path) => /\.m?ts$/.test(path);

/** What leaves the types out of a source text. */
export async function stripper() {
  const { transformSync } = await import("amaro");
  return (text) => transformSync(text, { mode: "strip-only" }).code;
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !isTypeScript(url)) return next(url, context);
  const strip = await stripper();
  return { format: "module", source: strip(readFileSync(fileURLToPath(url), "utf8")), shortCircuit: true };
}
