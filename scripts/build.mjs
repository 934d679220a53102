// Bundles the command line and the worker's entry into dist/, split so that a command loads only what it needs.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, transform } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const style = { platform: "node", target: "node20", minifySyntax: true, minifyWhitespace: true, legalComments: "none" };
const { outputFiles } = await build({
  ...style,
  entryPoints: { main: "src/cli/main.ts", worker: "src/run/pool/worker.ts" },
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

/** esbuild splits only ES modules. As CommonJS they load with less work for Node: a tenth of a short command's time. */
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
