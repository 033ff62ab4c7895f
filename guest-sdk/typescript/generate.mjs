#!/usr/bin/env node
// Writes the types of the module interface, as JavaScript and TypeScript have them, from the WIT file:
// node guest-sdk/typescript/generate.mjs writes them, with --check it compares and changes nothing.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { readWit } from "../javascript/sdk/build/wit.mjs";

const WIT = fileURLToPath(new URL("../../wit/1.0.0/policy.wit", import.meta.url));
const OUT = fileURLToPath(new URL("../javascript/sdk/types.d.ts", import.meta.url));
const SCALARS = { string: "string", bool: "boolean", u8: "number", u32: "number", f64: "number" };

const pascal = (name) => name.replace(/(?:^|-)(.)/g, (_, letter) => letter.toUpperCase());
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

function docs(lines, indent = "") {
  if (lines.length <= 1) return lines.map((line) => `${indent}/** ${line} */\n`).join("");
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join("")}${indent} */\n`;
}

function written(type) {
  if (type.of === "list") return `readonly ${bracketed(written(type.args[0]))}[]`;
  if (type.of === "option") return `${written(type.args[0])} | undefined`;
  return SCALARS[type] ?? pascal(type);
}

const bracketed = (text) => (text.includes(" ") ? `(${text})` : text);

/** @type {Record<string, (name: string, items: { name: string, docs: string[], type?: any }[]) => string>} */
const KINDS = {
  record(name, items) {
    const fields = items.map(({ name, docs: text, type }) => {
      const optional = type.of === "option" ? "?" : "";
      return `${docs(text, "  ")}  readonly ${camel(name)}${optional}: ${written(type)};\n`;
    });
    return `export interface ${pascal(name)} {\n${fields.join("")}}\n`;
  },
  flags(name, items) {
    const fields = items.map(
      ({ name, docs: text }) => `${docs(text, "  ")}  readonly ${camel(name)}?: boolean;\n`,
    );
    return `export interface ${pascal(name)} {\n${fields.join("")}}\n`;
  },
  variant(name, items) {
    const cases = items.map(({ name, docs: text, type }) => {
      const value = type === undefined ? "" : `; readonly val: ${written(type)}`;
      return `${docs(text, "  ")}  | { readonly tag: "${name}"${value} }\n`;
    });
    return `export type ${pascal(name)} =\n${cases.join("").trimEnd()};\n`;
  },
  enum(name, items) {
    if (items.every(({ docs: text }) => text.length === 0)) {
      return `export type ${pascal(name)} = ${items.map(({ name }) => `"${name}"`).join(" | ")};\n`;
    }
    const cases = items.map(({ name, docs: text }) => `${docs(text, "  ")}  | "${name}"\n`);
    return `export type ${pascal(name)} =\n${cases.join("").trimEnd()};\n`;
  },
};

const HEAD = "// Generated from wit/1.0.0/policy.wit by guest-sdk/typescript/generate.mjs; do not edit.\n";
const { types } = readWit(readFileSync(WIT, "utf8"));
const blocks = [...types].map(([name, { kind, docs: text, items }]) => docs(text) + KINDS[kind](name, items));
const generated = [HEAD, ...blocks].join("\n");

if (process.argv.includes("--check")) {
  if (readFileSync(OUT, "utf8") !== generated) {
    console.error("guest-sdk/javascript/sdk/types.d.ts is not what the WIT file says: run generate.mjs");
    process.exitCode = 1;
  }
} else {
  writeFileSync(OUT, generated);
}
