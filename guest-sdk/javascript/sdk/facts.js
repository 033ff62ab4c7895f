// Finding things in what the host hands over.

/** What is known about a field, if it was handed over. */
export function fieldFact(facts, name) {
  return facts.fields.find((fact) => fact.field === name);
}

/** Whether a field is known to carry a tag of the catalogue. */
export function hasTag(facts, field, tag) {
  return fieldFact(facts, field)?.tags.includes(tag) ?? false;
}

/** Whether a field matches a list of names and `#tag`s; by its name alone where nothing is known about it. */
export function matches(facts, field, patterns) {
  const tags = fieldFact(facts, field)?.tags ?? [];
  return patterns.some((pattern) =>
    pattern.startsWith("#") ? tags.includes(pattern.slice(1)) : pattern === field || pattern === "*",
  );
}
