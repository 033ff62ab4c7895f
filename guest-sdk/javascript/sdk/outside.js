// A module is a pure function: there is no outside. What would reach for it throws an error that says what to
// use instead, rather than return what stood still when the module was built.

const CLOCK = "modules have no clock: use facts.now";
const RANDOMNESS = "modules have no randomness: derive what you need from the suggestion, such as its id";
const NETWORK =
  "modules have no network: what a module needs to know comes in suggestion and facts, as `reads` asks";
const TIMERS = "modules have no timers: a module answers in the call that asks";

/** Reached for what is not there. */
export class NoOutside extends Error {
  name = "NoOutside";
}

/** What is closed: the object, its functions, and what to use instead. */
function outside() {
  const { performance = {}, crypto = {} } = globalThis;
  return [
    [Math, ["random"], RANDOMNESS],
    [performance, ["now", "mark", "measure"], CLOCK],
    [Object.getPrototypeOf(performance), ["now", "mark", "measure"], CLOCK],
    [Object.getPrototypeOf(crypto), ["getRandomValues", "randomUUID"], RANDOMNESS],
    [globalThis, ["fetch", "XMLHttpRequest", "WebSocket", "EventSource"], NETWORK],
    [globalThis, ["setTimeout", "setInterval", "setImmediate"], TIMERS],
  ];
}

/**
 * Closes what reaches outside.
 * @returns a function that opens it again
 */
export function closeOutside() {
  const closed = [];
  const replace = (owner, name, property) => {
    const before = Object.getOwnPropertyDescriptor(owner, name);
    if (!before?.configurable) return;
    Object.defineProperty(owner, name, { configurable: true, enumerable: before.enumerable, ...property });
    closed.push(() => Object.defineProperty(owner, name, before));
  };
  const refuse = (why) =>
    function () {
      throw new NoOutside(why);
    };
  for (const [owner, names, why] of outside()) {
    for (const name of names) replace(owner, name, { value: refuse(why), writable: true });
  }
  for (const owner of [performance, Object.getPrototypeOf(performance)]) {
    replace(owner, "timeOrigin", { get: refuse(CLOCK) });
  }
  const Timeless = timelessDate(Date);
  replace(Date.prototype, "constructor", { value: Timeless, writable: true });
  replace(globalThis, "Date", { value: Timeless, writable: true });
  return () => closed.reverse().forEach((open) => open());
}

/** `Date` without the present: dates of given times work, `new Date()` and `Date.now()` do not. */
function timelessDate(RealDate) {
  const Timeless = new Proxy(RealDate, {
    apply() {
      throw new NoOutside(CLOCK);
    },
    construct(target, given, made) {
      if (given.length === 0) throw new NoOutside(CLOCK);
      return Reflect.construct(target, given, made === Timeless ? target : made);
    },
    get(target, name) {
      if (name !== "now") return Reflect.get(target, name);
      return () => {
        throw new NoOutside(CLOCK);
      };
    },
  });
  return Timeless;
}
