// Bundles the command line and the worker's entry into dist/, split so that a command loads only what it needs, and keeps
// V8's compiled code of each chunk beside it (see bin/load.cjs).
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setFlagsFromString } from "node:v8";
import { build, transform } from "esbuild";
import { compiledChunks, load } from "../bin/load.cjs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const style = { platform: "node", target: "node20", minifySyntax: true, minifyWhitespace: true, legalComments: "none" };
const { outputFiles } = await build({
  ...style,
  entryPoints: { main: "src/cli/main.ts", worker: "src/run/worker.ts" },
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  write: false,
  bundle: true,
  splitting: true,
  format: "esm",
  // piscina finds its own worker file beside itself, lmdb its prebuilt binary: both stay outside the bundle.
  external: ["piscina", "lmdb"],
  define: { SWEEPLINE_VERSION: JSON.stringify(version) },
  logLevel: "warning",
});

/** esbuild splits only ES modules: they become CommonJS afterwards. */
async function toCommonJs(text) {
  const { code } = await transform(text, {
    ...style,
    format: "cjs",
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "chunkUrl" },
  });
  return code.includes("chunkUrl") ? `const chunkUrl=require("node:url").pathToFileURL(__filename).href;${code}` : code;
}

const chunks = await Promise.all(
  outputFiles.map(async (file) => ({ name: path.basename(file.path), code: await toCommonJs(file.text) })),
);
// Only now: a build that fails leaves the last good one in place.
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
for (const { name, code } of chunks) writeFileSync(path.join("dist", name), code);

// All functions, not only those that run while a chunk loads. V8 refuses code that was made with other flags than its own.
setFlagsFromString("--no-lazy");
for (const { name } of chunks) load(`./${name}`);
setFlagsFromString("--lazy");
for (const { file, code } of compiledChunks()) writeFileSync(file, code);
