// The settings of a module: declared once, as the properties of a JSON Schema with defaults, and checked
// against it, so that the schema that people see is the one that counts.

const KEYWORDS = {
  boolean: [],
  number: ["minimum", "maximum"],
  integer: ["minimum", "maximum"],
  string: ["enum", "minLength"],
  array: ["items", "minItems"],
  object: ["properties", "additionalProperties"],
};
const COMMON = ["type", "description", "default"];

/** Settings that are refused; the message names the key. */
export class Refused extends Error {
  name = "Refused";
}

/** The JSON Schema of settings with these properties. */
export function schemaOf(properties) {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(Object.entries(properties).map(([key, own]) => [key, closed(own)])),
    ...requiredOf(properties),
  };
}

function closed(schema) {
  if (schema.type === "array") return { ...schema, items: closed(schema.items) };
  if (schema.type !== "object") return schema;
  const { properties, additionalProperties, ...rest } = schema;
  if (properties === undefined) return { ...rest, additionalProperties: closed(additionalProperties) };
  const { $schema: _, ...nested } = schemaOf(properties);
  return { ...rest, ...nested };
}

function requiredOf(properties) {
  const required = Object.keys(properties).filter((key) => properties[key].default === undefined);
  return required.length > 0 ? { required } : {};
}

/** Refuses a declaration of settings that makes no sense, as soon as the module is loaded. */
export function checkDeclaration(properties, path = "") {
  for (const [key, schema] of Object.entries(properties)) {
    const at = path + key;
    checkSchema(at, schema);
    if (schema.default !== undefined) read(at, schema, schema.default);
  }
}

function checkSchema(at, schema) {
  const own = KEYWORDS[schema?.type];
  if (own === undefined) {
    throw new TypeError(`settings.${at}: \`type\` must be one of ${Object.keys(KEYWORDS).join(", ")}`);
  }
  const unknown = Object.keys(schema).find((keyword) => !COMMON.includes(keyword) && !own.includes(keyword));
  if (unknown !== undefined)
    throw new TypeError(`settings.${at}: the keyword \`${unknown}\` is not supported`);
  if (schema.type === "array") checkSchema(`${at}[]`, schema.items);
  if (schema.type === "object") {
    if ((schema.properties === undefined) === (schema.additionalProperties === undefined)) {
      throw new TypeError(`settings.${at}: give either \`properties\` or \`additionalProperties\``);
    }
    if (schema.properties !== undefined) checkDeclaration(schema.properties, `${at}.`);
    else checkSchema(`${at}.*`, schema.additionalProperties);
  }
}

/** The settings in a JSON document, with defaults where it says nothing. */
export function parseSettings(properties, text) {
  let given;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new Refused(`the settings are no JSON: ${error.message}`);
  }
  return readProperties("", properties, given);
}

function read(at, schema, value) {
  const found = kindOf(value);
  if (found !== schema.type && !(schema.type === "number" && found === "integer")) {
    throw new Refused(`${at}: ${shown(value)} is ${article(found)}, not ${article(schema.type)}`);
  }
  switch (schema.type) {
    case "number":
    case "integer":
      return readNumber(at, schema, value);
    case "string":
      return readString(at, schema, value);
    case "array":
      if (value.length < (schema.minItems ?? 0))
        throw new Refused(`${at}: needs at least ${schema.minItems} entries`);
      return Object.freeze(value.map((item, index) => read(`${at}[${index}]`, schema.items, item)));
    case "object":
      return schema.properties === undefined
        ? readMap(at, schema.additionalProperties, value)
        : readProperties(`${at}.`, schema.properties, value);
    default:
      return value;
  }
}

function readNumber(at, { minimum = -Infinity, maximum = Infinity }, value) {
  if (value < minimum) throw new Refused(`${at}: ${value} is below the minimum of ${minimum}`);
  if (value > maximum) throw new Refused(`${at}: ${value} is above the maximum of ${maximum}`);
  if (!Number.isFinite(value)) throw new Refused(`${at}: the number is too large`);
  return value;
}

function readString(at, { enum: words, minLength = 0 }, value) {
  if (words !== undefined && !words.includes(value)) {
    throw new Refused(`${at}: ${shown(value)} is none of ${words.join(", ")}`);
  }
  if ([...value].length < minLength) throw new Refused(`${at}: ${shown(value)} is too short`);
  return value;
}

/** A map without a prototype: to ask it for `constructor` finds nothing unless the settings have it. */
function readMap(at, schema, value) {
  const map = Object.create(null);
  for (const key of Object.keys(value)) map[key] = read(`${at}.${key}`, schema, value[key]);
  return Object.freeze(map);
}

function readProperties(path, properties, value) {
  if (kindOf(value) !== "object") {
    const what = path === "" ? "the settings" : path.slice(0, -1);
    throw new Refused(`${what}: ${shown(value)} is ${article(kindOf(value))}, not an object`);
  }
  const known = Object.keys(properties);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      throw new Refused(
        `${path}${key}: unknown key; ${known.length > 0 ? `known are ${known.join(", ")}` : "there are none"}`,
      );
    }
  }
  const settings = Object.create(null);
  for (const key of known) {
    const schema = properties[key];
    const given = Object.hasOwn(value, key) ? value[key] : schema.default;
    if (given === undefined) throw new Refused(`${path}${key}: is missing`);
    settings[key] = read(path + key, schema, given);
  }
  return Object.freeze(settings);
}

function kindOf(value) {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
}

const article = (kind) => (kind === "null" ? kind : /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`);

function shown(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
