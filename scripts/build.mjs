// Bundles the command line and the worker's entry into dist/, split so that a command loads only what it needs.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const { outputFiles } = await build({
  entryPoints: { main: "src/cli/main.ts", worker: "src/run/worker.ts" },
  outdir: "dist",
  write: false,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  // piscina finds its own worker file beside itself, lmdb its prebuilt binary: both stay outside the bundle.
  external: ["piscina", "lmdb"],
  define: { SWEEPLINE_VERSION: JSON.stringify(version) },
  banner: {
    js: 'import{createRequire as sweeplineRequire}from"node:module";const require=sweeplineRequire(import.meta.url);',
  },
  logLevel: "warning",
});

// Only now: a build that fails leaves the last good one in place.
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
for (const { path, contents } of outputFiles) writeFileSync(path, contents);
