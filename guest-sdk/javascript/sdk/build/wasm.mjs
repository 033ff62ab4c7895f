// Reading and writing the sections of a core Wasm module: as much as taking a snapshot needs.

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** The ids of the sections that a snapshot looks at. */
export const SECTION = { memory: 5, global: 6, export: 7, start: 8, data: 11, dataCount: 12 };

/**
 * Splits a module into its sections.
 * @param {Uint8Array} module
 * @returns {{ id: number, bytes: Uint8Array }[]}
 */
export function sectionsOf(module) {
  if (MAGIC.some((byte, at) => module[at] !== byte)) throw new Error("not a core Wasm module");
  const reader = new Reader(module, MAGIC.length);
  const sections = [];
  while (!reader.done) {
    const id = reader.byte();
    sections.push({ id, bytes: reader.bytes(reader.number()) });
  }
  return sections;
}

/**
 * Puts sections together.
 * @param {{ id: number, bytes: Uint8Array }[]} sections
 */
export function moduleOf(sections) {
  const parts = [Uint8Array.from(MAGIC)];
  for (const { id, bytes } of sections) parts.push(Uint8Array.of(id, ...leb(bytes.length)), bytes);
  return joined(parts);
}

/** Reads numbers and names from bytes. */
export class Reader {
  /**
   * @param {Uint8Array} from
   * @param {number} at
   */
  constructor(from, at = 0) {
    this.from = from;
    this.at = at;
  }

  get done() {
    return this.at >= this.from.length;
  }

  byte() {
    return this.from[this.at++];
  }

  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  /** @param {number} length */
  bytes(length) {
    this.at += length;
    return this.from.subarray(this.at - length, this.at);
  }

  name() {
    return new TextDecoder().decode(this.bytes(this.number()));
  }
}

/**
 * An unsigned number in LEB128.
 * @param {number} value
 */
export function leb(value) {
  const bytes = [];
  do {
    const rest = Math.floor(value / 128);
    bytes.push((value % 128) + (rest > 0 ? 128 : 0));
    value = rest;
  } while (value > 0);
  return bytes;
}

/**
 * A signed 32-bit number in LEB128.
 * @param {number} value
 */
export function signedLeb(value) {
  const bytes = [];
  for (;;) {
    const byte = value & 0x7f;
    value >>= 7;
    if ((value === 0 && byte < 64) || (value === -1 && byte >= 64)) return [...bytes, byte];
    bytes.push(byte + 128);
  }
}

/**
 * Bytes one after another.
 * @param {Uint8Array[]} parts
 */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
