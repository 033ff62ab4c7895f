// Lines that are kept with a decision. Under a test runner they are printed.

let write = (line) => console.log(`log: ${line}`);

export function log(line) {
  write(String(line));
}

/** Where lines go inside the sandbox. */
export function logTo(sink) {
  write = sink;
}
