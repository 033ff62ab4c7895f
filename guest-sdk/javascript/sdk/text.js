// Text as the interface counts it: in bytes of UTF-8.

const ENCODER = new TextEncoder();

/** How many bytes of UTF-8 a text takes. */
export function utf8Length(text) {
  return ENCODER.encode(text).length;
}

/** The beginning of a text: at most so many bytes, and no half character. */
export function cut(text, most) {
  return text.slice(0, ENCODER.encodeInto(text, new Uint8Array(most)).read);
}

/** A number in the shortest digits that read back as the same number, never with an exponent. */
export function decimal(number) {
  const text = Object.is(number, -0) ? "-0" : String(number);
  const [mantissa, exponent] = text.split("e");
  if (exponent === undefined) return text;
  const sign = mantissa.startsWith("-") ? "-" : "";
  const [whole, fraction = ""] = mantissa.slice(sign.length).split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, "0");
}
