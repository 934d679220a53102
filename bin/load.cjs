"use strict";
// Loads the chunks of dist/. They are CommonJS, so that V8's compiled code of them, made by the build, can be handed to it:
// compiling is most of what a short command costs. Another version of Node refuses that code and compiles for itself.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");
const { Script } = require("node:vm");

const folder = path.join(__dirname, "..", "dist");
const requireOther = createRequire(path.join(folder, "main.cjs"));
/** Modules by name, as Node keeps them: one that is still loading is there with what it exports so far. */
const modules = new Map();
const scripts = new Map();

function compiledCode(file) {
  try {
    return readFileSync(`${file}.code`);
  } catch {
    // A build without it, or a file that can't be read: a little slower.
    return undefined;
  }
}

function compile(name) {
  const filename = path.join(folder, name);
  const source = `(function (exports, require, module, __filename) {${readFileSync(filename, "utf8")}\n})`;
  const script = new Script(source, { filename, cachedData: compiledCode(filename) });
  scripts.set(name, script);
  return script.runInThisContext();
}

/** What a chunk such as "./main.cjs" exports; other names go to Node. */
function load(id) {
  if (!id.startsWith("./")) return requireOther(id);
  const name = id.slice(2);
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  compile(name)(module.exports, load, module, path.join(folder, name));
  return module.exports;
}

/** For the build: V8's code of all chunks that were loaded. */
function compiledChunks() {
  return [...scripts].map(([name, script]) => ({
    file: path.join(folder, `${name}.code`),
    code: script.createCachedData(),
  }));
}

module.exports = { load, compiledChunks };
