// Calls a module under `node --test` as the host does: with nothing but what it declared, and without an
// outside.

import type { Plain, Policy, Validator } from "./countersign.js";
import type { Change, Facts, FieldFact, Finding, Suggestion, Value, Verdict } from "./types.js";

/** The host would not get an answer: settings refused, out of scope, declined, or failed. */
export class NoAnswer extends Error {}

/** A suggestion with its facts. */
export interface Sample {
  readonly suggestion: Suggestion;
  readonly facts: Facts;
}

export interface SampleGiven {
  readonly suggestion?: Partial<Omit<Suggestion, "changes">> & { readonly changes?: readonly ChangeGiven[] };
  readonly facts?: Partial<Omit<Facts, "fields">> & { readonly fields?: readonly FactGiven[] };
}

export type ChangeGiven = Pick<Change, "field" | "confidence"> & {
  readonly prior?: Plain | Value;
  readonly proposed?: Plain | Value;
};

export type FactGiven = Pick<FieldFact, "field"> &
  Partial<Omit<FieldFact, "value">> & { readonly value?: Plain | Value };

/**
 * A suggestion with its facts. Starts as one that nobody would object to: contact `101`, confidence 0.99, one
 * source with a digest, consent given to `enrichment`; the time is 2026-11-20T09:00:00Z. What is given replaces
 * parts of it. Values may be plain, as in JSON. A field that is changed and has no fact gets one: its prior
 * value, of low sensitivity, not verified, set by an import.
 */
export function sample(given?: SampleGiven): Sample;

/** Configures a policy and calls it. Throws `NoAnswer` where the host would have no verdict. */
export function decide(
  policy: Policy,
  given: Sample,
  options?: { readonly settings?: object; readonly findings?: readonly Finding[] },
): Verdict;

/** Configures a validator and calls it. Throws `NoAnswer` where the host would have no findings. */
export function validate(
  validator: Validator,
  given: Sample,
  options?: { readonly settings?: object },
): Finding[];
