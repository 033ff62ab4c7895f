// Starts the JavaScript engine with the sources of a module, in a world of its own: a file system that holds
// the sources and nothing else, a clock that stands still, and randomness that is always the same.

import { BINDINGS, MAIN, StartFailed } from "./sources.mjs";

const [OK, BADF, INVAL, NOENT, NOSYS, SPIPE] = [0, 8, 28, 44, 52, 70];
const [DIRECTORY, FILE] = [3, 4];
const ROOT = 3;
/** The time that the engine believes in, in nanoseconds: some engines refuse a clock at zero. */
const TIME = 1_000_000_000n;

const LOG = "countersign:policy/log@1.0.0";

/**
 * Starts the engine, which reads the sources and runs them up to where it can be called, and then calls it.
 * @param call is given the exports of the started engine
 * @returns the exports
 */
export function start(module, { bindings, exports: functions, imports }, sources, call) {
  const read = (path) => (path === BINDINGS ? new TextEncoder().encode(bindings) : sources.read(path));
  const input = `--initializer-script-path /${BINDINGS} --strip-path-prefix / ${MAIN}`;
  const { preview1, printed, text, attach } = world({ read, env: environment(functions, imports), input });
  let doing = "loaded";
  // What the sources log while they are loaded is for whoever builds them.
  const write = (at, length) => doing === "loaded" && console.error(`log: ${text(at, length)}`);
  const offered = { wasi_snapshot_preview1: preview1, [LOG]: { write } };
  const compiled = new WebAssembly.Module(module);
  for (const { module: from, name } of WebAssembly.Module.imports(compiled)) {
    offered[from] ??= {};
    offered[from][name] ??= () => {
      throw new StartFailed(`they reach for \`${from}\``);
    };
  }
  const { exports } = new WebAssembly.Instance(compiled, offered);
  attach(exports.memory);
  try {
    exports._initialize();
    exports["componentize.wizer"]();
    if (exports.check_init() !== 0) throw new StartFailed("the engine does not find what they export");
    doing = "called";
    call(exports);
    return exports;
  } catch (error) {
    throw new StartFailed(`the sources cannot be ${doing}: ${printed().trim() || error.message}`, {
      cause: error,
    });
  }
}

/** What the engine is told of the functions of the interface. */
function environment(functions, imports) {
  const env = { DEBUG: "", FEATURE_CLOCKS: "", SOURCE_NAME: MAIN };
  env.EXPORT_CNT = String(functions.length);
  for (const [index, [name, { paramptr, params, retptr, ret, retsize }]] of functions.entries()) {
    env[`EXPORT${index}_NAME`] = name;
    env[`EXPORT${index}_ARGS`] = (paramptr ? "*" : "") + params.join(",");
    env[`EXPORT${index}_RET`] = (retptr ? "*" : "") + (ret ?? "");
    env[`EXPORT${index}_RETSIZE`] = String(retsize);
  }
  env.IMPORT_CNT = String(imports.length);
  for (const [index, [, name, count]] of imports.entries()) {
    env[`IMPORT${index}_NAME`] = name;
    env[`IMPORT${index}_ARGCNT`] = String(count);
  }
  return env;
}

/** The imports that the engine starts with. */
function world({ read, env, input }) {
  const encoder = new TextEncoder();
  const variables = Object.entries(env).map(([name, value]) => encoder.encode(`${name}=${value}\0`));
  const open = new Map([[0, { bytes: encoder.encode(input), at: 0 }]]);
  let next = ROOT + 1;
  let printed = "";
  let memory;
  const view = () => new DataView(memory.buffer);
  const bytes = (at, length) => new Uint8Array(memory.buffer, at, length);
  const text = (at, length) => new TextDecoder().decode(bytes(at, length).slice());
  const put32 = (at, value) => view().setUint32(at, value, true);
  const fileAt = (at, length) => read(text(at, length));

  /** A `filestat`, all zero but for what the engine looks at. */
  const stat = (at, type, size) => {
    bytes(at, 64).fill(0);
    view().setUint8(at + 16, type);
    view().setBigUint64(at + 32, BigInt(size), true);
    return OK;
  };

  const preview1 = {
    args_sizes_get: (count, size) => (put32(count, 0), put32(size, 0), OK),
    args_get: () => OK,
    environ_sizes_get: (count, size) => {
      put32(count, variables.length);
      put32(
        size,
        variables.reduce((sum, variable) => sum + variable.length, 0),
      );
      return OK;
    },
    environ_get: (pointers, at) => {
      variables.forEach((variable, index) => {
        put32(pointers + index * 4, at);
        bytes(at, variable.length).set(variable);
        at += variable.length;
      });
      return OK;
    },
    clock_time_get: (_clock, _precision, at) => {
      view().setBigUint64(at, TIME, true);
      return OK;
    },
    random_get: (at, length) => {
      bytes(at, length).forEach((_, index, all) => (all[index] = (index * 37 + 11) & 0xff));
      return OK;
    },
    fd_prestat_get: (fd, at) => {
      if (fd !== ROOT) return BADF;
      put32(at, 0);
      put32(at + 4, 1);
      return OK;
    },
    fd_prestat_dir_name: (fd, at) => {
      if (fd !== ROOT) return BADF;
      bytes(at, 1).set(encoder.encode("/"));
      return OK;
    },
    fd_fdstat_get: (fd, at) => {
      if (fd > ROOT && !open.has(fd)) return BADF;
      bytes(at, 24).fill(0);
      view().setUint8(at, fd === ROOT ? DIRECTORY : FILE);
      bytes(at + 8, 16).fill(0xff);
      return OK;
    },
    fd_fdstat_set_flags: () => OK,
    path_filestat_get: (_fd, _flags, path, length, at) => {
      const file = fileAt(path, length);
      return file === undefined ? NOENT : stat(at, FILE, file.length);
    },
    path_open: (_fd, _look, path, length, _flags, _rights, _inherited, _fdFlags, at) => {
      const file = fileAt(path, length);
      if (file === undefined) return NOENT;
      open.set(next, { bytes: file, at: 0 });
      put32(at, next++);
      return OK;
    },
    fd_read: (fd, vectors, count, at) => {
      const file = open.get(fd);
      if (file === undefined) return BADF;
      let total = 0;
      for (let index = 0; index < count; index += 1) {
        const [to, room] = [
          view().getUint32(vectors + index * 8, true),
          view().getUint32(vectors + index * 8 + 4, true),
        ];
        const part = file.bytes.subarray(file.at, file.at + room);
        bytes(to, part.length).set(part);
        file.at += part.length;
        total += part.length;
      }
      put32(at, total);
      return OK;
    },
    fd_seek: (fd, offset, whence, at) => {
      const file = open.get(fd);
      if (file === undefined) return fd < ROOT ? SPIPE : BADF;
      const from = [0, file.at, file.bytes.length][whence];
      if (from === undefined) return INVAL;
      file.at = from + Number(offset);
      view().setBigUint64(at, BigInt(file.at), true);
      return OK;
    },
    fd_write: (_fd, vectors, count, at) => {
      let total = 0;
      for (let index = 0; index < count; index += 1) {
        const length = view().getUint32(vectors + index * 8 + 4, true);
        printed += text(view().getUint32(vectors + index * 8, true), length);
        total += length;
      }
      put32(at, total);
      return OK;
    },
    fd_close: (fd) => (open.delete(fd) ? OK : BADF),
    fd_readdir: () => NOSYS,
    path_remove_directory: () => NOSYS,
    path_unlink_file: () => NOSYS,
    proc_exit: (code) => {
      throw new StartFailed(`the engine ended with ${code}`);
    },
  };

  return {
    preview1,
    /** What the engine printed so far. */
    printed: () => printed,
    /** A text in the engine's memory. */
    text,
    attach: (its) => (memory = its),
  };
}
