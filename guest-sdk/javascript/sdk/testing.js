// Calls a module under `node --test` as the host does: with nothing but what it declared, and without an
// outside.

import { answered, configured, failureText } from "./module.js";
import { closeOutside } from "./outside.js";
import { matches } from "./facts.js";
import { toValue } from "./values.js";

/** The host would not get an answer. */
export class NoAnswer extends Error {
  name = "NoAnswer";
}

/**
 * A suggestion with its facts. Starts as one that nobody would object to; what is given replaces parts of it.
 * Values may be plain, as in JSON. A field that is changed and has no fact gets one: its prior value, of low
 * sensitivity, not verified, set by an import.
 */
export function sample({ suggestion = {}, facts = {} } = {}) {
  const changes = (suggestion.changes ?? []).map(({ field, prior = null, proposed = null, confidence }) => {
    return { field, prior: toValue(prior), proposed: toValue(proposed), confidence };
  });
  const known = (facts.fields ?? []).map((fact) => fieldFact(fact));
  const rest = changes.filter(({ field }) => known.every((fact) => fact.field !== field));
  return {
    suggestion: {
      id: "s-1",
      target: { system: "hubspot", object: "contact", id: "101" },
      operation: "overwrite",
      mergeWith: [],
      assistant: { vendor: "acme", model: "enricher", version: "2.1" },
      confidence: 0.99,
      evidence: [
        {
          uri: "https://example.com/about",
          kind: "web-page",
          excerpt: "We build software.",
          retrievedAt: "2026-11-20T08:00:00Z",
          sha256: "5af08ecc64b773b71b6ccb16df7046a3f4bb428c63822c25835f629ca2a962e3",
        },
      ],
      rationale: "The company's own site says so.",
      ...suggestion,
      changes,
    },
    facts: {
      now: "2026-11-20T09:00:00Z",
      consents: [{ purpose: "enrichment", state: "granted", at: "2025-03-01T00:00:00Z" }],
      regimes: [],
      segment: undefined,
      history: [],
      ...facts,
      fields: [...known, ...rest.map(({ field, prior }) => fieldFact({ field, value: prior }))],
    },
  };
}

function fieldFact({ value = null, ...given }) {
  return { sensitivity: "low", tags: [], verified: false, setBy: "import", ...given, value: toValue(value) };
}

/** Configures a policy and calls it. Throws `NoAnswer` where the host would have no verdict. */
export function decide(policy, given, { settings = {}, findings = [] } = {}) {
  return call(policy, given, settings, findings, ({ reasons }) => reasons);
}

/** Configures a validator and calls it. Throws `NoAnswer` where the host would have no findings. */
export function validate(validator, given, { settings = {} } = {}) {
  return call(validator, given, settings, undefined, (findings) => findings);
}

function call(module, { suggestion, facts }, settings, findings, coded) {
  const open = closeOutside();
  try {
    const { state, appliesTo, reads } = configured(module, JSON.stringify(settings));
    if (!inScope(appliesTo, suggestion, facts))
      throw new NoAnswer("the module does not apply to the suggestion");
    const seen = withhold(reads, suggestion, facts);
    const answer = answered(module, state, seen.suggestion, seen.facts, findings);
    const unknown = coded(answer).find(({ code }) => !Object.hasOwn(module.codes, code));
    if (unknown !== undefined)
      throw new NoAnswer(`the code \`${unknown.code}\` is not in the module's \`codes\``);
    return answer;
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(failureText(error), { cause: error });
  } finally {
    open();
  }
}

function inScope({ operations, objects, fields }, suggestion, facts) {
  const { operation, target, changes } = suggestion;
  return (
    (operations.length === 0 || operations.includes(operation)) &&
    (objects.length === 0 || objects.includes(target.object)) &&
    (fields.length === 0 ||
      changes.length === 0 ||
      changes.some(({ field }) => matches(facts, field, fields)))
  );
}

/** What the host hands over to a module that reads this. */
function withhold({ parts, fields, historyDays }, suggestion, facts) {
  const has = (part) => parts[part] === true;
  const changed = (field) => suggestion.changes.some((change) => change.field === field);
  const declared = (field) => matches(facts, field, fields);
  const shown = (field, value) =>
    declared(field) || (has("changedValues") && changed(field)) ? value : { tag: "withheld" };
  const both = (item) => ({
    ...item,
    prior: shown(item.field, item.prior),
    proposed: shown(item.field, item.proposed),
  });
  const evidence = has("evidence") || has("excerpts") ? suggestion.evidence : [];
  const recent = ({ at }) => Date.parse(facts.now) - Date.parse(at) <= historyDays * 86_400_000;
  return {
    suggestion: {
      ...suggestion,
      changes: suggestion.changes.map(both),
      assistant: has("assistant") ? suggestion.assistant : { vendor: "", model: "", version: "" },
      evidence: has("excerpts") ? evidence : evidence.map((source) => ({ ...source, excerpt: undefined })),
      rationale: has("rationale") ? suggestion.rationale : "",
    },
    facts: {
      ...facts,
      fields: facts.fields
        .filter(({ field }) => declared(field) || (has("fieldFacts") && changed(field)))
        .map((fact) => ({ ...fact, value: shown(fact.field, fact.value) })),
      consents: has("consents") ? facts.consents : [],
      regimes: has("regimes") ? facts.regimes : [],
      segment: has("segment") ? facts.segment : undefined,
      history: facts.history.filter(recent).map((past) => ({ ...past, ...both(past) })),
    },
  };
}
