// Reading and making values of fields.

/** The text of a value, if it is text. */
export function textOf(value) {
  return value.tag === "text" ? value.val : undefined;
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** The number, if the value is a number or text that is nothing but a finite number. */
export function numberOf(value) {
  if (value.tag !== "number" && value.tag !== "text") return undefined;
  const text = value.val.trim();
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** The value as people would read it; nothing for an empty or withheld one. */
export function displayOf(value) {
  switch (value.tag) {
    case "boolean":
      return value.val ? "yes" : "no";
    case "number":
    case "text":
      return value.val;
    case "choices":
      return value.val.join("; ");
    default:
      return "";
  }
}

/** Whether the field holds nothing: null, blank text, no choices. A withheld value is not empty. */
export function isEmpty(value) {
  switch (value.tag) {
    case "null":
      return true;
    case "text":
      return value.val.trim() === "";
    case "choices":
      return value.val.length === 0;
    default:
      return false;
  }
}

/** Every piece of text in the value. */
export function textsOf(value) {
  if (value.tag === "choices") return value.val;
  return value.tag === "text" || value.tag === "number" ? [value.val] : [];
}

/** A value from what JSON has for it; `undefined` stands for one that is withheld. */
export function toValue(plain) {
  if (plain === undefined) return { tag: "withheld" };
  if (plain === null) return { tag: "null" };
  if (Array.isArray(plain)) return { tag: "choices", val: plain.map(String) };
  switch (typeof plain) {
    case "boolean":
      return { tag: "boolean", val: plain };
    case "number":
      return { tag: "number", val: String(plain) };
    case "string":
      return { tag: "text", val: plain };
    default:
      return plain;
  }
}
