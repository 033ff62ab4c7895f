// Reads the module interface: as much of WIT as it is written in.

const TOKEN =
  /\/\/\/ ?(?<docs>.*)|(?<space>\s+|\/\/.*)|(?<word>[A-Za-z%][A-Za-z0-9%-]*|[0-9]+)|(?<sign>->|[^\s])/gy;

/**
 * @param text of the WIT file
 * @returns `types`, by name: { kind: "record" | "variant" | "enum" | "flags", docs, items: { name, docs, type? }[] };
 *   `worlds`, by name: the exported functions, by name: { docs, params: { name, type }[], result? }.
 *   A type is a name, or { of: "list" | "option" | "result", args: (type | "_")[] }.
 */
export function readWit(text) {
  const tokens = new Tokens(text);
  const [types, worlds] = [new Map(), new Map()];
  while (!tokens.done) {
    const word = tokens.word();
    if (word === "package") tokens.until(";");
    else if (word === "interface") readInterface(tokens, types);
    else if (word === "world") readWorld(tokens, worlds);
    else throw tokens.unexpected(word);
  }
  return { types, worlds };
}

function readInterface(tokens, types) {
  tokens.word();
  tokens.sign("{");
  while (!tokens.ends("}")) {
    const { docs } = tokens;
    const word = tokens.word();
    if (!["record", "variant", "enum", "flags"].includes(word)) tokens.until(";");
    else types.set(tokens.word(), { kind: word, docs, items: readItems(tokens) });
  }
}

function readItems(tokens) {
  const items = [];
  tokens.sign("{");
  while (!tokens.ends("}")) {
    const item = { docs: tokens.docs, name: tokens.word() };
    if (tokens.ends(":")) item.type = readType(tokens);
    else if (tokens.ends("(")) {
      item.type = readType(tokens);
      tokens.sign(")");
    }
    items.push(item);
    tokens.ends(",");
  }
  return items;
}

function readWorld(tokens, worlds) {
  const functions = new Map();
  worlds.set(tokens.word(), functions);
  tokens.sign("{");
  while (!tokens.ends("}")) {
    const { docs } = tokens;
    const word = tokens.word();
    if (word !== "export") {
      tokens.until(";");
      continue;
    }
    const name = tokens.word();
    tokens.sign(":");
    functions.set(name, { docs, ...readFunction(tokens) });
  }
}

function readFunction(tokens) {
  tokens.word();
  tokens.sign("(");
  const params = [];
  while (!tokens.ends(")")) {
    const name = tokens.word();
    tokens.sign(":");
    params.push({ name, type: readType(tokens) });
    tokens.ends(",");
  }
  const result = tokens.ends("->") ? readType(tokens) : undefined;
  tokens.sign(";");
  return { params, result };
}

function readType(tokens) {
  if (tokens.ends("_")) return "_";
  const name = tokens.word();
  if (!tokens.ends("<")) return name;
  const args = [readType(tokens)];
  while (tokens.ends(",")) args.push(readType(tokens));
  tokens.sign(">");
  return { of: name, args };
}

class Tokens {
  #tokens;
  #at = 0;

  constructor(text) {
    let docs = [];
    this.#tokens = [];
    for (const { groups } of text.matchAll(TOKEN)) {
      if (groups.docs !== undefined) docs.push(groups.docs);
      else if (groups.space === undefined) {
        this.#tokens.push({ docs, word: groups.word, text: groups.word ?? groups.sign });
        docs = [];
      }
    }
  }

  get done() {
    return this.#at >= this.#tokens.length;
  }

  /** What stands in `///` before the next token, by lines. */
  get docs() {
    return this.#tokens[this.#at]?.docs ?? [];
  }

  word() {
    const token = this.#tokens[this.#at++];
    if (token?.word === undefined) throw this.unexpected(token?.text);
    return token.word;
  }

  sign(text) {
    if (!this.ends(text)) throw this.unexpected(this.#tokens[this.#at]?.text);
  }

  /** Passes over a sign if it comes next. */
  ends(text) {
    if (this.#tokens[this.#at]?.text !== text) return false;
    this.#at += 1;
    return true;
  }

  until(text) {
    while (!this.ends(text)) this.#at += 1;
  }

  unexpected(text) {
    return new Error(`the interface cannot be read: \`${text ?? "its end"}\` at token ${this.#at}`);
  }
}
