// Calls the started module once before its state is kept: the engine compiles a function when it is first
// called, and what is compiled now need not be compiled in each call later.

const SCALARS = { bool: 1, u8: 1, u32: 4, f64: 8, string: 4 };

/** A value of each type that makes the bindings go through all that they have. */
const WORDS = { string: "a", bool: true, u8: 1, u32: 1, f64: 0.5 };

/**
 * @param exports of the started module
 * @param wit the interface as `readWit` gives it
 */
export function warmUp(exports, { types, worlds }, kind, call) {
  const memory = new Lowered(exports, types);
  const called = (name, ...given) => {
    const answer = exports[name](...given);
    exports[`cabi_post_${name}`]?.(answer);
  };
  called("describe");
  // Twice, since the engine takes other ways for what it has seen before.
  for (let time = 0; time < 2; time += 1) {
    called("configure", ...memory.text("{}"));
    const { params } = worlds.get(kind).get(call);
    called(call, memory.record(params));
  }
  // Settings that are none leave the module without a configuration.
  called("configure", ...memory.text(""));
}

/** Writes values into the memory of the module as the canonical ABI has them. */
class Lowered {
  #exports;
  #types;

  constructor(exports, types) {
    this.#exports = exports;
    this.#types = types;
  }

  text(text) {
    const bytes = new TextEncoder().encode(text);
    const at = this.#room(1, bytes.length);
    new Uint8Array(this.#exports.memory.buffer, at, bytes.length).set(bytes);
    return [at, bytes.length];
  }

  /** A record with these items, each with a sample of its type. */
  record(items) {
    const { size, align } = this.#record(items);
    const at = this.#room(align, size);
    this.#storeRecord(at, items, 0);
    return at;
  }

  #room(align, size) {
    return this.#exports.cabi_realloc(0, 0, align, size);
  }

  get #view() {
    return new DataView(this.#exports.memory.buffer);
  }

  #layout(type) {
    if (type.of === "list" || type === "string") return { size: 8, align: 4 };
    if (type.of === "option") return this.#variant([undefined, type.args[0]]);
    if (SCALARS[type] !== undefined) return { size: SCALARS[type], align: SCALARS[type] };
    const { kind, items } = this.#types.get(type);
    if (kind === "record") return this.#record(items);
    if (kind === "flags") return { size: items.length > 8 ? 2 : 1, align: items.length > 8 ? 2 : 1 };
    return this.#variant(items.map(({ type: payload }) => payload));
  }

  #record(items) {
    const layouts = items.map(({ type }) => this.#layout(type));
    const align = Math.max(1, ...layouts.map((layout) => layout.align));
    return {
      size: aligned(
        layouts.reduce((end, layout) => aligned(end, layout.align) + layout.size, 0),
        align,
      ),
      align,
    };
  }

  #variant(payloads) {
    const layouts = payloads
      .filter((payload) => payload !== undefined)
      .map((payload) => this.#layout(payload));
    const align = Math.max(1, ...layouts.map((layout) => layout.align));
    return {
      size: aligned(aligned(1, align) + Math.max(0, ...layouts.map(({ size }) => size)), align),
      align,
    };
  }

  #storeRecord(at, items, turn) {
    let end = at;
    for (const { type } of items) {
      const { size, align } = this.#layout(type);
      end = aligned(end, align);
      this.#store(end, type, turn);
      end += size;
    }
  }

  /** Writes a sample of a type; of a type with cases, the one whose turn it is. */
  #store(at, type, turn) {
    if (type === "string") return this.#storePair(at, this.text(WORDS.string));
    if (type === "f64") return this.#view.setFloat64(at, WORDS.f64, true);
    if (type === "u32") return this.#view.setUint32(at, WORDS.u32, true);
    if (SCALARS[type] !== undefined) return this.#view.setUint8(at, Number(WORDS[type]));
    if (type.of === "list") return this.#storeList(at, type.args[0]);
    if (type.of === "option") return this.#storeCase(at, [undefined, type.args[0]], 1, turn);
    const { kind, items } = this.#types.get(type);
    if (kind === "record") return this.#storeRecord(at, items, turn);
    if (kind === "flags") return this.#view.setUint8(at, 0);
    const payloads = items.map(({ type: payload }) => payload);
    return this.#storeCase(at, payloads, turn % payloads.length, turn);
  }

  #storePair(at, [pointer, length]) {
    this.#view.setUint32(at, pointer, true);
    this.#view.setUint32(at + 4, length, true);
  }

  /** As many entries as the type with most cases has, so that each has its turn. */
  #storeList(at, type) {
    const length = 8;
    const { size, align } = this.#layout(type);
    const start = this.#room(align, size * length);
    for (let index = 0; index < length; index += 1) this.#store(start + index * size, type, index);
    this.#storePair(at, [start, length]);
  }

  #storeCase(at, payloads, index, turn) {
    this.#view.setUint8(at, index);
    if (payloads[index] === undefined) return;
    this.#store(at + this.#variant(payloads).align, payloads[index], turn);
  }
}

const aligned = (at, to) => Math.ceil(at / to) * to;
