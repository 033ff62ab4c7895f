// Asks for review where a watched field is changed.
// @ts-check

import { Objections, definePolicy, matches } from "../sdk/countersign.js";

export default definePolicy({
  name: "new-policy",
  version: "0.1.0",
  summary: "Asks for review where a watched field is changed",
  codes: {
    "new-policy.watched-field": "A changed field is one of those in the setting `fields`.",
  },
  settings: {
    fields: {
      type: "array",
      items: { type: "string", minLength: 1 },
      default: ["email"],
      description: "Names of fields, or `#tag` for all fields that carry a tag of the catalogue.",
    },
  },
  // `matches` needs the tags of the changed fields.
  reads: { parts: { fieldFacts: true } },

  decide(suggestion, facts, _findings, { fields }) {
    const objections = new Objections();
    for (const { field } of suggestion.changes) {
      if (matches(facts, field, fields)) {
        objections.add("review", {
          code: "new-policy.watched-field",
          field,
          message: "The field is watched.",
        });
      }
    }
    return objections.verdict();
  },
});
