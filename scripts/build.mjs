// Bundles the command line, the workers' entries and the programs of pages into dist/, split so that a command loads only what it needs. Beside
// each chunk lies its source map, and in the root THIRD-PARTY-NOTICES: the licences of what is bundled.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, transform } from "esbuild";
import { bundledPackages, notices } from "./notices.mjs";
import { pack, packable } from "./pack.mjs";

const { version, bugs } = JSON.parse(readFileSync("package.json", "utf8"));
const style = { platform: "node", target: "node20", minifySyntax: true, minifyWhitespace: true, legalComments: "none" };
const { outputFiles, metafile } = await build({
  ...style,
  entryPoints: {
    main: "src/cli/main.ts",
    worker: "src/run/pool/worker.ts",
    "store-worker": "src/store/store-worker.ts",
  },
  outdir: "dist",
  outExtension: { ".js": ".cjs" },
  write: false,
  bundle: true,
  splitting: true,
  format: "esm",
  metafile: true,
  // Inside the chunk, where the second step finds it and goes on from it: its own map then leads to src/.
  sourcemap: "inline",
  sourcesContent: false,
  // piscina finds its own worker file beside itself: it stays outside the bundle.
  external: ["piscina"],
  inject: [path.join(import.meta.dirname, "lazy-segmenter.mjs")],
  define: {
    "Intl.Segmenter": "LazySegmenter",
    SWEEPLINE_VERSION: JSON.stringify(version),
    SWEEPLINE_BUGS: JSON.stringify(bugs?.url ?? bugs ?? ""),
  },
  logLevel: "warning",
});

/** esbuild splits only ES modules. As CommonJS they load with less work for Node: a tenth of a short command's time. */
async function toCommonJs(name, text) {
  const usesUrl = text.includes("import.meta.url");
  const { code, map } = await transform(text, {
    ...style,
    format: "cjs",
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "chunkUrl" },
    sourcefile: name,
    sourcemap: "external",
    sourcesContent: false,
    ...(usesUrl ? { banner: 'const chunkUrl=require("node:url").pathToFileURL(__filename).href;' } : {}),
  });
  return { name, code, map };
}

/** What browsers run: one file each, put into pages as text. */
const pages = await build({
  entryPoints: {
    "plots-page": "src/page/plots.ts",
    "report-page": "src/page/report.tsx",
    "ui-page": "src/page/ui.tsx",
    "page-style": "src/page/page.css",
  },
  jsx: "automatic",
  jsxImportSource: "preact",
  outdir: "dist",
  write: false,
  bundle: true,
  minify: true,
  legalComments: "none",
  platform: "browser",
  target: "es2022",
  format: "iife",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
});

const chunks = await Promise.all(outputFiles.map((file) => toCommonJs(path.basename(file.path), file.text)));
const sources = chunks.flatMap(({ map }) => JSON.parse(map).sources);
const licences = notices(bundledPackages({ outputs: { ...metafile.outputs, ...pages.metafile.outputs } }, sources));
// Only now: a build that fails leaves the last good one in place.
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
const small = packable(metafile, new Map(chunks.map(({ name, code }) => [name, code.length])));
for (const { name, code, map } of pack(chunks, small, "shared.cjs")) {
  writeFileSync(path.join("dist", name), `${code}//# sourceMappingURL=${name}.map\n`);
  writeFileSync(path.join("dist", `${name}.map`), map);
}
for (const { path: file, text } of pages.outputFiles) writeFileSync(path.join("dist", path.basename(file)), text);
writeFileSync("THIRD-PARTY-NOTICES", licences);
