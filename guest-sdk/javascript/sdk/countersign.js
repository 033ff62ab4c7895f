// Write Countersign modules in JavaScript or TypeScript: see `countersign.d.ts`, which documents all of it.

export { Declined, Objections } from "./answer.js";
export { fieldFact, hasTag, matches } from "./facts.js";
export { log } from "./log.js";
export { definePolicy, defineValidator } from "./module.js";
export { cut, decimal, utf8Length } from "./text.js";
export { displayOf, isEmpty, numberOf, textOf, textsOf, toValue } from "./values.js";
