// Asks for review where the assistant is not confident enough.

import { Objections, decimal, definePolicy, type Facts, type Suggestion } from "../sdk/countersign.js";

const confidence = { type: "number", minimum: 0, maximum: 1 } as const;

export default definePolicy({
  name: "confidence",
  version: "1.0.0",
  summary: "Asks for review where the assistant is not confident enough",
  codes: {
    "confidence.below-threshold": "The confidence is below the threshold that applies.",
    "confidence.missing": "The assistant gives no confidence, or one that is no number from 0 to 1.",
  },
  settings: {
    threshold: {
      ...confidence,
      default: 0.95,
      description: "The confidence that suffices where nothing below says otherwise, from 0 to 1.",
    },
    fields: {
      type: "object",
      additionalProperties: confidence,
      default: {},
      description: "By field name; counts instead of all others.",
    },
    objects: {
      type: "object",
      additionalProperties: confidence,
      default: {},
      description:
        "By kind of record, such as `contact`. Of this and the two below, the highest that applies counts.",
    },
    segments: {
      type: "object",
      additionalProperties: confidence,
      default: {},
      description: "By segment of the record.",
    },
    assistants: {
      type: "object",
      additionalProperties: confidence,
      default: {},
      description: "By assistant: `vendor` or `vendor/model`.",
    },
  },

  reads: ({ assistants, segments }) => ({
    parts: { assistant: Object.keys(assistants).length > 0, segment: Object.keys(segments).length > 0 },
  }),

  decide(suggestion, facts, _findings, settings) {
    const base = baseOf(settings, suggestion, facts);
    const objections = new Objections();
    const judge = (given: number | undefined, threshold: number, field: string | undefined) => {
      if (given === undefined || !(given >= 0 && given <= 1)) {
        const message = "The assistant gives no usable confidence.";
        objections.add("review", { code: "confidence.missing", field, message });
      } else if (given < threshold) {
        const message = `Confidence ${decimal(given)} is below the threshold of ${decimal(threshold)}.`;
        objections.add("review", { code: "confidence.below-threshold", field, message });
      }
    };
    if (suggestion.changes.length === 0) judge(suggestion.confidence, base, undefined);
    for (const { field, confidence } of suggestion.changes) {
      judge(confidence ?? suggestion.confidence, settings.fields[field] ?? base, field);
    }
    return objections.verdict();
  },
});

type Thresholds = Readonly<Record<string, number>>;

interface Settings {
  readonly threshold: number;
  readonly objects: Thresholds;
  readonly segments: Thresholds;
  readonly assistants: Thresholds;
}

/**
 * What applies to the whole suggestion: the highest of those that are set for its kind of record, segment and
 * assistant, or else the general threshold.
 */
function baseOf(
  { threshold, objects, segments, assistants }: Settings,
  { target, assistant }: Suggestion,
  { segment }: Facts,
): number {
  const { vendor, model } = assistant;
  const set = [
    objects[target.object],
    segment === undefined ? undefined : segments[segment],
    assistants[`${vendor}/${model}`] ?? assistants[vendor],
  ].filter((at) => at !== undefined);
  return set.length > 0 ? Math.max(...set) : threshold;
}
