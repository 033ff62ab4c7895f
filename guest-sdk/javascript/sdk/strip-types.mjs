// Lets Node run TypeScript, by leaving the types out: node --import ./sdk/strip-types.mjs --test test/*.test.ts

import { register } from "node:module";

register("./build/strip.mjs", import.meta.url);
