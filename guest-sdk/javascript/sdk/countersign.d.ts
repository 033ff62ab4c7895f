// Write Countersign modules in JavaScript or TypeScript. The default export of a module's main file is what
// `definePolicy` or `defineValidator` returns.

import type {
  Facts,
  FieldFact,
  Finding,
  Operation,
  Outcome,
  Parts,
  Severity,
  Suggestion,
  Value,
} from "./types.js";

export type * from "./types.js";

/** One setting: a property of a JSON Schema. A setting without a default must be given. */
export type Setting =
  | (About<boolean> & { readonly type: "boolean" })
  | (About<number> & {
      readonly type: "number" | "integer";
      readonly minimum?: number;
      readonly maximum?: number;
    })
  | (About<string> & {
      readonly type: "string";
      readonly enum?: readonly string[];
      readonly minLength?: number;
    })
  | (About<readonly unknown[]> & {
      readonly type: "array";
      readonly items: Setting;
      readonly minItems?: number;
    })
  | (About<object> & { readonly type: "object"; readonly properties: Settings })
  /** Free keys: a map. */
  | (About<object> & { readonly type: "object"; readonly additionalProperties: Setting });

interface About<T> {
  /** What the setting means, for whoever writes a set. */
  readonly description?: string;
  readonly default?: T;
}

/** Settings by key. */
export type Settings = Readonly<Record<string, Setting>>;

/** What a module gets for its settings. Maps have no prototype: a key is there only if the settings have it. */
export type SettingsOf<S extends Settings> = { readonly [K in keyof S]: SettingOf<S[K]> };

type SettingOf<T> = T extends { type: "boolean" }
  ? boolean
  : T extends { type: "number" | "integer" }
    ? number
    : T extends { enum: readonly (infer Word)[] }
      ? Word
      : T extends { type: "string" }
        ? string
        : T extends { items: infer Item }
          ? readonly SettingOf<Item>[]
          : T extends { properties: infer Properties extends Settings }
            ? SettingsOf<Properties>
            : T extends { additionalProperties: infer Item }
              ? Readonly<Record<string, SettingOf<Item>>>
              : never;

/** What every module has, validator or policy. */
export interface Definition<S extends Settings, C> {
  /** Lower case letters, digits and hyphens, at most 64; as in `policy.toml`. */
  readonly name: string;
  /** Semver; as in `policy.toml`. */
  readonly version: string;
  /** One sentence: what it is for. */
  readonly summary: string;
  /** Every code that the module may return, each with one sentence on when. */
  readonly codes: Readonly<Record<string, string>>;
  /** The settings; keys that are not here are refused. */
  readonly settings?: S;
  /**
   * Makes of the settings what calls work with; the settings themselves if it is left out. Runs once: costly
   * work (parsing lists, building maps) belongs here. What it throws says why the settings are refused.
   */
  configure?(settings: SettingsOf<S>): C;
  /** Where the module applies; everywhere, if it does not say. */
  readonly appliesTo?: Scoped | ((configured: C) => Scoped);
  /** What it wants to see; ids, operation, field names and confidences alone, if it does not say. */
  readonly reads?: Reading | ((configured: C) => Reading);
}

/** Where a module applies. All lists that are not empty must match. */
export interface Scoped {
  readonly operations?: readonly Operation[];
  /** Kinds of record: `contact`. */
  readonly objects?: readonly string[];
  /** Names of fields or `#tag`: at least one changed field must match. */
  readonly fields?: readonly string[];
}

/** What a module wants to see. */
export interface Reading {
  readonly parts?: Parts;
  /** The fields whose values are needed: names, `#tag`, or `*` for the whole record. */
  readonly fields?: readonly string[];
  /** How many days of `facts.history` are needed; 0: none. */
  readonly historyDays?: number;
}

/** Why a policy says what it says. */
export interface ReasonGiven {
  /** One of the module's `codes`. */
  readonly code: string;
  readonly field?: string | undefined;
  /** One sentence for people. */
  readonly message: string;
}

/** Something that a validator noticed. */
export interface FindingGiven extends ReasonGiven {
  readonly severity: Severity;
}

/** What a review must look like. */
export interface ReviewNeedsGiven {
  /** The role that may approve; any reviewer if none is named. */
  readonly role?: string | undefined;
  /** How many people must approve: 1, if it does not say. */
  readonly approvals?: number;
  /** From 0 (whenever) to 9 (now): 4, if it does not say. */
  readonly priority?: number;
  readonly withinHours?: number | undefined;
}

/** What one policy says. Of very many reasons the first reach the host, and long messages are cut. */
export interface VerdictGiven {
  readonly outcome: Outcome;
  readonly reasons?: readonly ReasonGiven[];
  readonly review?: ReviewNeedsGiven | undefined;
}

export interface PolicyDefinition<S extends Settings, C> extends Definition<S, C> {
  /** Says what may happen, given also what the validators found. */
  decide(suggestion: Suggestion, facts: Facts, findings: readonly Finding[], configured: C): VerdictGiven;
}

export interface ValidatorDefinition<S extends Settings, C> extends Definition<S, C> {
  /** Returns what it noticed. Of very many findings the most serious reach the host, and long messages are cut. */
  validate(suggestion: Suggestion, facts: Facts, configured: C): readonly FindingGiven[];
}

/** A module that says what may happen. */
export interface Policy {
  readonly kind: "policy";
  readonly codes: Readonly<Record<string, string>>;
}

/** A module that notices things. */
export interface Validator {
  readonly kind: "validator";
  readonly codes: Readonly<Record<string, string>>;
}

export function definePolicy<const S extends Settings = {}, C = SettingsOf<S>>(
  definition: PolicyDefinition<S, C>,
): Policy;

export function defineValidator<const S extends Settings = {}, C = SettingsOf<S>>(
  definition: ValidatorDefinition<S, C>,
): Validator;

/** Throw it to say 'I cannot judge this', and why. The host treats it as a fault of the module. */
export class Declined extends Error {}

/** Collects what speaks against a suggestion. */
export class Objections {
  /** Adds a reason with the outcome that it asks for; none if that is `apply`. */
  add(outcome: Outcome, reason: ReasonGiven): this;
  /** Whether nothing speaks against the suggestion so far. */
  get isEmpty(): boolean;
  /** The verdict: the strictest outcome of all reasons. Of very many reasons the strictest are kept. */
  verdict(review?: ReviewNeedsGiven): VerdictGiven;
}

/**
 * Keeps a line with the decision, for whoever reads it later. Costs fuel by length, and is cut at 4 KiB a call.
 * Under a test runner it prints. `console.log` does the same.
 */
export function log(line: string): void;

/** What is known about a field, if it was handed over. */
export function fieldFact(facts: Facts, name: string): FieldFact | undefined;
/** Whether a field is known to carry a tag of the catalogue. */
export function hasTag(facts: Facts, field: string, tag: string): boolean;
/** Whether a field matches a list of names and `#tag`s; by its name alone where nothing is known about it. */
export function matches(facts: Facts, field: string, patterns: readonly string[]): boolean;

/** The text of a value, if it is text. */
export function textOf(value: Value): string | undefined;
/** The number, if the value is a number or text that is nothing but a finite number. */
export function numberOf(value: Value): number | undefined;
/** The value as people would read it; nothing for an empty or withheld one. */
export function displayOf(value: Value): string;
/** Whether the field holds nothing: null, blank text, no choices. A withheld value is not empty. */
export function isEmpty(value: Value): boolean;
/** Every piece of text in the value. */
export function textsOf(value: Value): readonly string[];
/** What JSON has for a value. */
export type Plain = null | boolean | number | string | readonly string[];
/** A value from what JSON has for it; `undefined` stands for one that is withheld. */
export function toValue(plain: Plain | Value | undefined): Value;

/** A number in the shortest digits that read back as the same number, never with an exponent. */
export function decimal(number: number): string;
/** How many bytes of UTF-8 a text takes. */
export function utf8Length(text: string): number;
/** The beginning of a text: at most so many bytes of UTF-8, and no half character. */
export function cut(text: string, most: number): string;
