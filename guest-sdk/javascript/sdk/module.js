// From what an author writes to what the interface asks for.

import { Declined, boundFindings, boundVerdict } from "./answer.js";
import { NoOutside } from "./outside.js";
import { Refused, checkDeclaration, parseSettings, schemaOf } from "./settings.js";

const OWN = ["name", "version", "summary", "codes", "settings", "configure", "appliesTo", "reads"];
export const PARTS = [
  "evidence",
  "excerpts",
  "rationale",
  "assistant",
  "changedValues",
  "fieldFacts",
  "consents",
  "regimes",
  "segment",
];

export function definePolicy(definition) {
  return defined("policy", "decide", definition);
}

export function defineValidator(definition) {
  return defined("validator", "validate", definition);
}

function defined(kind, call, definition) {
  const unknown = Object.keys(definition).find((key) => !OWN.includes(key) && key !== call);
  if (unknown !== undefined) throw new TypeError(`a ${kind} has no \`${unknown}\``);
  for (const key of ["name", "version", "summary"]) {
    if (typeof definition[key] !== "string") throw new TypeError(`a ${kind} needs a \`${key}\``);
  }
  if (typeof definition[call] !== "function") throw new TypeError(`a ${kind} needs a function \`${call}\``);
  const { settings = {}, codes = {} } = definition;
  const wordless = Object.keys(codes).find((code) => typeof codes[code] !== "string");
  if (wordless !== undefined) throw new TypeError(`the code \`${wordless}\` needs one sentence on when`);
  checkDeclaration(settings);
  return Object.freeze({ ...definition, kind, call, settings, codes });
}

/** The configured module. */
export function configured(module, text) {
  const settings = parseSettings(module.settings, text);
  const state = module.configure === undefined ? settings : module.configure(settings);
  return { state, appliesTo: scopeOf(module, state), reads: readsOf(module, state) };
}

/** The module's answer within its bounds; throws what the module throws. */
export function answered(module, state, suggestion, facts, findings) {
  if (module.kind === "policy")
    return boundVerdict(atOnce(module.decide(suggestion, facts, findings, state), "decide"));
  return boundFindings(atOnce(module.validate(suggestion, facts, state), "validate"));
}

function atOnce(answer, call) {
  if (typeof answer?.then !== "function") return answer;
  throw new TypeError(`${call} returned a promise: a module answers in the call that asks`);
}

/** The functions that the component exports. */
export function connect(module, kind) {
  if (module?.kind !== kind) {
    const found = module?.kind === undefined ? "no module" : `a ${module.kind}`;
    throw new TypeError(`the source's default export is ${found}; this builds a ${kind}`);
  }
  let ready;
  const answer = (suggestion, facts, findings) => {
    if (ready === undefined) throw "called before `configure`";
    try {
      return answered(module, ready.state, suggestion, facts, findings);
    } catch (error) {
      throw failureText(error);
    }
  };
  return {
    describe: () => failing(() => descriptionOf(module, ready ?? unconfigured(module))),
    configure(text) {
      ready = undefined;
      ready = failing(() => configured(module, text));
    },
    decide: answer,
    validate: answer,
  };
}

/** Runs a function; what it throws becomes the text of the error arm. */
function failing(run) {
  try {
    return run();
  } catch (error) {
    throw failureText(error);
  }
}

/** What the host is told when a module throws. */
export function failureText(error) {
  if (error instanceof Declined || error instanceof Refused) return error.message;
  if (error instanceof NoOutside) return `${error.message}${placeOf(error)}`;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `this module failed: ${what}${placeOf(error)}`;
}

/** The first place of the author's own in a stack. */
function placeOf(error) {
  const lines = String(error?.stack ?? "").split("\n");
  const places = lines.map((line) => /([^\s(@]+\.(?:m?[jt]s)):(\d+):(\d+)\)?$/.exec(line));
  const own = places.find(
    (place) => place !== null && !/(^|\/)sdk\//.test(place[1]) && !place[1].startsWith("node:"),
  );
  return own == null ? "" : ` (at ${own[1].replace(/^.*\/(src|tests?)\//, "$1/")}:${own[2]}:${own[3]})`;
}

function unconfigured(module) {
  try {
    return configured(module, "{}");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { appliesTo: scopeOf({}), reads: readsOf({}) };
  }
}

function descriptionOf({ name, version, summary, codes, settings }, { appliesTo, reads }) {
  return {
    name,
    version,
    summary,
    appliesTo,
    reads,
    codes: Object.entries(codes).map(([code, meaning]) => ({ code, meaning })),
    settingsSchema: JSON.stringify(schemaOf(settings)),
  };
}

const given = (part, state) => (typeof part === "function" ? part(state) : (part ?? {}));

function scopeOf(module, state) {
  const { operations = [], objects = [], fields = [], ...others } = given(module.appliesTo, state);
  noOthers("appliesTo", others);
  return { operations: [...operations], objects: [...objects], fields: [...fields] };
}

function readsOf(module, state) {
  const { parts = {}, fields = [], historyDays = 0, ...others } = given(module.reads, state);
  noOthers("reads", others);
  const unknown = Object.keys(parts).find((part) => !PARTS.includes(part));
  if (unknown !== undefined)
    throw new TypeError(`reads.parts: there is no \`${unknown}\`; they are ${PARTS.join(", ")}`);
  return { parts: { ...parts }, fields: [...fields], historyDays };
}

function noOthers(what, others) {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`${what} has no \`${unknown}\``);
}
