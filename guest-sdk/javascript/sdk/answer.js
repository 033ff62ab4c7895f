// Making answers, and keeping them within what the host takes by default (64 items, 64 KiB), whatever a
// suggestion holds: an answer that is too long would be a fault of the module, and say nothing.

import { log } from "./log.js";
import { cut, utf8Length } from "./text.js";

export const OUTCOMES = ["apply", "review", "human-only", "reject"];
export const SEVERITIES = ["info", "low", "medium", "high", "critical"];
const MOST_FINDINGS = 64;
const MOST_REASONS = 32;
/** In bytes, as the next. */
const LONGEST_MESSAGE = 512;
const LONGEST_FIELD = 256;

/** Throw it to say 'I cannot judge this', and why. The host treats it as a fault of the module. */
export class Declined extends Error {
  name = "Declined";
}

/** Collects what speaks against a suggestion. */
export class Objections {
  #reasons = [];
  #outcomes = [];

  /** Adds a reason with the outcome that it asks for; none if that is `apply`. */
  add(outcome, reason) {
    if (rank(OUTCOMES, outcome, "outcome") > 0) {
      this.#reasons.push(reason);
      this.#outcomes.push(outcome);
    }
    return this;
  }

  /** Whether nothing speaks against the suggestion so far. */
  get isEmpty() {
    return this.#reasons.length === 0;
  }

  /** The verdict: the strictest outcome of all reasons. Of very many reasons the strictest are kept. */
  verdict(review) {
    if (this.#reasons.length === 0) return { outcome: "apply", reasons: this.#reasons, review };
    const outcome = OUTCOMES.findLast((outcome) => this.#outcomes.includes(outcome));
    return {
      outcome,
      reasons: most(this.#reasons, MOST_REASONS, "reasons", OUTCOMES, this.#outcomes),
      review,
    };
  }
}

// What follows runs in each call, inside an interpreter: plain loops take a fraction of what iterators take.

/** The verdict as the interface has it, with its first reasons. */
export function boundVerdict(verdict) {
  if (typeof verdict !== "object" || verdict === null) {
    throw new TypeError('decide returned no verdict: return { outcome: "apply" } for no objection');
  }
  const { outcome, reasons: given, review } = verdict;
  rank(OUTCOMES, outcome, "outcome");
  const reasons = [];
  for (let at = 0; given !== undefined && at < given.length && at < MOST_REASONS; at += 1) {
    reasons.push(bounded(given[at]));
  }
  if (given?.length > MOST_REASONS) leftOut(given.length - MOST_REASONS, "reasons");
  return { outcome, reasons, review: review == null ? undefined : reviewNeeds(review) };
}

/** The most serious findings, as the interface has them. */
export function boundFindings(findings) {
  if (!Array.isArray(findings))
    throw new TypeError("validate returned no list of findings: return [] for none");
  const [bound, severities] = [[], []];
  for (let at = 0; at < findings.length; at += 1) {
    const { severity } = findings[at];
    rank(SEVERITIES, severity, "severity");
    severities.push(severity);
    const finding = bounded(findings[at]);
    finding.severity = severity;
    bound.push(finding);
  }
  return most(bound, MOST_FINDINGS, "findings", SEVERITIES, severities);
}

function rank(words, word, what) {
  const rank = words.indexOf(word);
  if (rank < 0) throw new TypeError(`\`${word}\` is no ${what}; they are ${words.join(", ")}`);
  return rank;
}

/** The items of the highest ranks; the order changes only if there are too many. */
function most(items, limit, what, ranks, ranked) {
  if (items.length <= limit) return items;
  leftOut(items.length - limit, what);
  const strictestFirst = ranks.toReversed();
  return strictestFirst.flatMap((rank) => items.filter((_, at) => ranked[at] === rank)).slice(0, limit);
}

function leftOut(count, what) {
  log(`${count} more ${what} are left out`);
}

function bounded({ code, field, message }) {
  if (typeof code !== "string") throw new TypeError("an answer has a `code` that is no text");
  if (typeof message !== "string") throw new TypeError(`${code}: the \`message\` is no text`);
  // A name that is cut would name another field.
  const named = field != null && fits(field, LONGEST_FIELD) ? field : undefined;
  const shown = fits(message, LONGEST_MESSAGE) ? message : `${cut(message, LONGEST_MESSAGE)}…`;
  return { code, field: named, message: shown };
}

/** Whether a text takes at most so many bytes; no unit of it takes more than three. */
function fits(text, most) {
  return text.length * 3 <= most || (text.length <= most && utf8Length(text) <= most);
}

/** One approval by any reviewer, at middling priority, with no limit in time, unless it is said otherwise. */
function reviewNeeds(needs) {
  if (needs == null) return undefined;
  const { role, approvals = 1, priority = 4, withinHours } = needs;
  return { role, approvals, priority, withinHours };
}
