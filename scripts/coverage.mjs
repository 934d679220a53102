// Lines and branches that the tests run, by folder: what they run in their own process, as vitest tells it, and what the real
// binary runs that they start, as V8 tells it of dist/, led back to src/ by the source maps. Both go into the folder coverage,
// which scripts/coverage-report.mjs reads. Exits 1 where a test fails or a folder is below the limit.
// usage: npm run coverage [-- VITEST_FILTER...]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setInterval } from "node:timers";
import { pathToFileURL } from "node:url";

const checkout = process.cwd();
/** Packages have a dist/ too. */
const dist = `${pathToFileURL(path.join(checkout, "dist"))}/`;
const folder = "coverage";
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
const children = mkdtempSync(path.join(tmpdir(), "sweepline-coverage-"));

/** Of each chunk in dist/, how often each character ran in all processes together. */
const ran = new Map();

function addScript(url, functions) {
  const name = path.basename(url);
  const length = ran.get(name)?.length ?? readFileSync(path.join("dist", name), "utf8").length;
  const own = new Uint32Array(length);
  // A function's first range is all of it, the ranges in it are blocks: what lies within overrides what is around it.
  const outerFirst = [...functions].sort((a, b) => a.ranges[0].startOffset - b.ranges[0].startOffset);
  for (const { startOffset, endOffset, count } of outerFirst.flatMap(({ ranges }) => ranges))
    own.fill(count, startOffset, endOffset);
  const all = ran.get(name) ?? new Float64Array(length);
  for (let at = 0; at < length; at++) all[at] += own[at];
  ran.set(name, all);
}

/** Takes in, and deletes, what the processes that have ended wrote: thousands of them, half a megabyte each. */
function collect(isLast) {
  for (const name of readdirSync(children)) {
    const file = path.join(children, name);
    let result;
    try {
      ({ result } = JSON.parse(readFileSync(file, "utf8")));
    } catch {
      // It is being written, or its process was killed meanwhile.
      if (!isLast) continue;
    }
    const scripts = (result ?? []).filter(({ url }) => url.startsWith(dist));
    for (const { url, functions } of scripts) addScript(url, functions);
    rmSync(file);
  }
}

/** Of each source, the places that a chunk's text comes from: "LINE:COLUMN", lines from 1, to how often it ran. */
function ranPlaces() {
  const sources = {};
  for (const [name, counts] of ran) {
    const map = new SourceMap(JSON.parse(readFileSync(path.join("dist", `${name}.map`), "utf8")));
    let line = 0;
    let column = 0;
    for (const [offset, character] of readFileSync(path.join("dist", name), "utf8").split("").entries()) {
      const entry = map.findEntry(line, column);
      if (entry.generatedLine === line && entry.generatedColumn === column && entry.originalSource !== undefined) {
        const source = path.relative(checkout, path.resolve("dist", entry.originalSource));
        const place = `${entry.originalLine + 1}:${entry.originalColumn}`;
        sources[source] ??= {};
        sources[source][place] = Math.max(counts[offset], sources[source][place] ?? 0);
      }
      if (character === "\n") {
        line += 1;
        column = 0;
      } else column += 1;
    }
  }
  return sources;
}

const args = ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", "--coverage.enabled"];
const coverage = ["provider=v8", "reporter=json", "reportOnFailure", "include=src/**/*.ts", "include=grammar/**/*.ts"];
const settings = [...coverage, `reportsDirectory=${path.join(folder, "own")}`].map((each) => `--coverage.${each}`);
const vitest = spawn(process.execPath, [...args, ...settings, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, SWEEPLINE_CHILD_COVERAGE: children },
});
const timer = setInterval(() => collect(false), 2000);
vitest.once("close", (code) => {
  clearInterval(timer);
  try {
    collect(true);
    // Interrupted: there is nothing to tell.
    if (!existsSync(path.join(folder, "own", "coverage-final.json"))) throw new Error("vitest left no coverage behind");
    writeFileSync(path.join(folder, "children.json"), JSON.stringify(ranPlaces()));
    const { status } = spawnSync(process.execPath, ["scripts/coverage-report.mjs", folder], { stdio: "inherit" });
    process.exitCode = code === 0 && status === 0 ? 0 : 1;
  } finally {
    rmSync(children, { recursive: true, force: true });
  }
});
