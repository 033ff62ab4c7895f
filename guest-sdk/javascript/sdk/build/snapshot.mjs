// Runs the start of a core module once and writes the state that it leaves back into the module.
//
// The usual tool for this runs the start with the machine's clock and randomness, and both end up in the
// state, so that no two builds are equal. Here the module sees neither (see `start.mjs`), and equal sources
// give equal bytes.

import { Reader, SECTION, joined, leb, moduleOf, sectionsOf, signedLeb } from "./wasm.mjs";

const PAGE = 65536;
/** So many zeros in a row are left out of the data: about what one more segment costs. */
const GAP = 16;
const GLOBAL = "snapshot-global-";
const I32 = 0x7f;
const [I32_CONST, END] = [0x41, 0x0b];

/**
 * @param {Uint8Array} module
 * @param {(module: Uint8Array) => WebAssembly.Exports} start instantiates the module and runs its start
 * @param {(name: string) => boolean} keep which exports remain
 * @returns {Uint8Array} the module that starts where the run ended
 */
export function snapshot(module, start, keep) {
  const sections = sectionsOf(module);
  const globals = globalsOf(sections);
  const exported = changed(sections, SECTION.export, (bytes) => withGlobals(bytes, globals));
  const exports = start(moduleOf(exported));
  const memory = new Uint8Array(exports.memory.buffer);
  const segments = segmentsOf(memory);
  const now = (index) => exports[GLOBAL + index].value;
  const rewritten = sections
    .filter(({ id }) => id !== SECTION.start)
    .map(({ id, bytes }) => {
      if (id === SECTION.memory) return { id, bytes: withPages(bytes, memory.length / PAGE) };
      if (id === SECTION.global)
        return { id, bytes: joined([bytesOf(globals.length), ...globals.map(written(now))]) };
      if (id === SECTION.export) return { id, bytes: onlyExports(bytes, keep) };
      if (id === SECTION.dataCount) return { id, bytes: bytesOf(segments.length) };
      if (id === SECTION.data) return { id, bytes: dataOf(bytes, memory, segments) };
      return { id, bytes };
    });
  return moduleOf(rewritten);
}

/** @param {number} value */
const bytesOf = (value) => Uint8Array.from(leb(value));

/**
 * @param {{ id: number, bytes: Uint8Array }[]} sections
 * @param {number} wanted
 * @param {(bytes: Uint8Array) => Uint8Array} change
 */
function changed(sections, wanted, change) {
  return sections.map(({ id, bytes }) => ({ id, bytes: id === wanted ? change(bytes) : bytes }));
}

/**
 * The globals: whether each can change, and how it is written.
 * @param {{ id: number, bytes: Uint8Array }[]} sections
 */
function globalsOf(sections) {
  const section = sections.find(({ id }) => id === SECTION.global);
  if (section === undefined) return [];
  const reader = new Reader(section.bytes);
  return Array.from({ length: reader.number() }, () => {
    const [type, mutable, instruction] = [reader.byte(), reader.byte(), reader.byte()];
    const from = reader.at;
    reader.number();
    if (type !== I32 || instruction !== I32_CONST || reader.byte() !== END) {
      throw new Error("the engine has a global of a kind that cannot be put into a snapshot");
    }
    return { mutable, value: reader.from.subarray(from, reader.at - 1) };
  });
}

/** @param {(index: number) => number} now */
function written(now) {
  return ({ mutable, value }, index) =>
    Uint8Array.of(I32, mutable, I32_CONST, ...(mutable ? signedLeb(now(index)) : value), END);
}

/**
 * The exports, and the globals that can change, so that they can be read after the run.
 * @param {Uint8Array} section
 * @param {{ mutable: number }[]} globals
 */
function withGlobals(section, globals) {
  const reader = new Reader(section);
  const count = reader.number();
  const more = globals.flatMap(({ mutable }, index) => {
    const name = new TextEncoder().encode(GLOBAL + index);
    return mutable ? [Uint8Array.of(...leb(name.length), ...name, 3, ...leb(index))] : [];
  });
  return joined([bytesOf(count + more.length), section.subarray(reader.at), ...more]);
}

/**
 * @param {Uint8Array} section
 * @param {(name: string) => boolean} keep
 */
function onlyExports(section, keep) {
  const reader = new Reader(section);
  const kept = [];
  for (let count = reader.number(); count > 0; count -= 1) {
    const from = reader.at;
    const name = reader.name();
    reader.byte();
    reader.number();
    if (keep(name)) kept.push(section.subarray(from, reader.at));
  }
  return joined([bytesOf(kept.length), ...kept]);
}

/**
 * @param {Uint8Array} section
 * @param {number} pages
 */
function withPages(section, pages) {
  const reader = new Reader(section);
  const [count, limits] = [reader.number(), reader.byte()];
  if (count !== 1 || limits !== 0)
    throw new Error("the engine has a memory that cannot be put into a snapshot");
  return Uint8Array.of(1, 0, ...leb(pages));
}

/**
 * What of the memory is not zero.
 * @param {Uint8Array} memory
 * @returns {[number, number][]} beginnings and ends
 */
function segmentsOf(memory) {
  const words = new Uint32Array(memory.buffer);

  const segments = [];
  for (let at = 0; at < words.length; at += 1) {
    if (words[at] === 0) continue;
    const last = segments.at(-1);
    if (last !== undefined && at * 4 - last[1] < GAP) last[1] = at * 4 + 4;
    else segments.push([at * 4, at * 4 + 4]);
  }
  return segments;
}

/**
 * @param {Uint8Array} old
 * @param {Uint8Array} memory
 * @param {[number, number][]} segments
 */
function dataOf(old, memory, segments) {
  const reader = new Reader(old);
  for (let count = reader.number(); count > 0; count -= 1) {
    if (reader.number() !== 0) throw new Error("the engine has data that cannot be put into a snapshot");
    reader.byte();
    reader.number();
    reader.byte();
    reader.bytes(reader.number());
  }
  const parts = [bytesOf(segments.length)];
  for (const [from, to] of segments) {
    parts.push(
      Uint8Array.of(0, I32_CONST, ...signedLeb(from), END, ...leb(to - from)),
      memory.subarray(from, to),
    );
  }
  return joined(parts);
}
