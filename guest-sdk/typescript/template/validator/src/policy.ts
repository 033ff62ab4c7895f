// Notices text that shouts.

import { defineValidator, textOf, type FindingGiven } from "../sdk/countersign.js";

export default defineValidator({
  name: "new-policy",
  version: "0.1.0",
  summary: "Notices text that is all upper case",
  codes: {
    "new-policy.shouting": "A proposed text is all upper case and longer than `min-length`.",
  },
  settings: {
    "min-length": {
      type: "integer",
      minimum: 0,
      default: 8,
      description: "Text up to this length, in characters, may be all upper case.",
    },
  },
  reads: { parts: { changedValues: true } },

  validate(suggestion, _facts, { "min-length": minLength }) {
    return suggestion.changes
      .filter(({ proposed }) => isShouting(textOf(proposed) ?? "", minLength))
      .map(({ field }): FindingGiven => {
        return {
          code: "new-policy.shouting",
          severity: "low",
          field,
          message: "The text is all upper case.",
        };
      });
  },
});

function isShouting(text: string, minLength: number): boolean {
  const upper = text.toUpperCase();
  return [...text].length > minLength && text === upper && text !== text.toLowerCase();
}
