// Lines and branches that the tests run, by folder: what they run in their own process, as vitest tells it, and what the real
// binary runs that they start, as V8 tells it of dist/, led back to src/ by the source maps. Exits 1 where a folder's lines
// are below the limit. A process that is killed tells nothing, nor does a worker's thread: src/run/pool is left out.
// usage: npm run coverage [-- VITEST_FILTER...]
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { setInterval } from "node:timers";
import { pathToFileURL } from "node:url";

const limit = 85;
const leftOut = ["src/run/pool"];
const checkout = process.cwd();
/** Packages have a dist/ too. */
const dist = `${pathToFileURL(path.join(checkout, "dist"))}/`;
const scratch = mkdtempSync(path.join(tmpdir(), "sweepline-coverage-"));
const children = path.join(scratch, "children");
mkdirSync(children);

/** Of each chunk in dist/, which characters ran in any process. */
const ran = new Map();

function addScript(url, functions) {
  const name = path.basename(url);
  const length = ran.get(name)?.length ?? readFileSync(path.join("dist", name), "utf8").length;
  const own = new Uint8Array(length);
  // A function's first range is all of it, the ranges in it are blocks: what lies within overrides what is around it.
  const outerFirst = [...functions].sort((a, b) => a.ranges[0].startOffset - b.ranges[0].startOffset);
  for (const { startOffset, endOffset, count } of outerFirst.flatMap(({ ranges }) => ranges))
    own.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  const all = ran.get(name) ?? own;
  for (let at = 0; at < length; at++) all[at] |= own[at];
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

/** Of each source, the places that a chunk's text comes from: "LINE:COLUMN", lines from 1, to whether it ran. */
function ranPlaces() {
  const places = new Map();
  for (const [name, offsets] of ran) {
    const map = new SourceMap(JSON.parse(readFileSync(path.join("dist", `${name}.map`), "utf8")));
    let line = 0;
    let column = 0;
    for (const [offset, character] of readFileSync(path.join("dist", name), "utf8").split("").entries()) {
      const entry = map.findEntry(line, column);
      if (entry.generatedLine === line && entry.generatedColumn === column && entry.originalSource !== undefined) {
        const source = path.resolve("dist", entry.originalSource);
        if (!places.has(source)) places.set(source, new Map());
        const place = `${entry.originalLine + 1}:${entry.originalColumn}`;
        if (!places.get(source).get(place)) places.get(source).set(place, offsets[offset] === 1);
      }
      if (character === "\n") {
        line += 1;
        column = 0;
      } else column += 1;
    }
  }
  return places;
}

/** Whether the code that starts there ran in a child: at the first place within it that the maps know. */
function ranAt(places, { start, end }) {
  if (start?.line === undefined) return false;
  for (let line = start.line; line <= (end?.line ?? start.line); line++) {
    const last = line === end?.line ? (end.column ?? 1000) : 1000;
    for (let column = line === start.line ? start.column : 0; column <= last; column++) {
      const found = places.get(`${line}:${column}`);
      if (found !== undefined) return found;
    }
  }
  return false;
}

/** Lines and branches of a file: how many there are, how many ran. */
function countsOf(file, places) {
  const lines = new Map();
  for (const [id, location] of Object.entries(file.statementMap)) {
    const { line } = location.start;
    lines.set(line, lines.get(line) || file.s[id] > 0 || ranAt(places, location));
  }
  const branches = Object.entries(file.branchMap).flatMap(([id, { locations }]) =>
    locations.map((location, arm) => file.b[id][arm] > 0 || ranAt(places, location)),
  );
  return { lines: [...lines.values()], branches };
}

const percent = (values) => (values.length === 0 ? 100 : (100 * values.filter(Boolean).length) / values.length);
const shown = (values) => `${percent(values).toFixed(1)} %`.padStart(9);

function report() {
  const own = JSON.parse(readFileSync(path.join(scratch, "own", "coverage-final.json"), "utf8"));
  const places = ranPlaces();
  const folders = new Map();
  for (const [name, file] of Object.entries(own)) {
    const folder = path.dirname(path.relative(checkout, name));
    if (leftOut.includes(folder) || folder.startsWith("test")) continue;
    const { lines, branches } = countsOf(file, places.get(name) ?? new Map());
    const before = folders.get(folder) ?? { lines: [], branches: [], poor: [] };
    const poor = percent(lines) < limit ? [`${path.basename(name)} ${percent(lines).toFixed(0)}`] : [];
    folders.set(folder, {
      lines: [...before.lines, ...lines],
      branches: [...before.branches, ...branches],
      poor: [...before.poor, ...poor],
    });
  }
  process.stdout.write(`${"folder".padEnd(32)}    lines  branches  files below ${limit} %\n`);
  for (const [folder, { lines, branches, poor }] of [...folders].sort(([a], [b]) => (a < b ? -1 : 1)))
    process.stdout.write(`${folder.padEnd(32)}${shown(lines)} ${shown(branches)}  ${poor.join(", ")}\n`);
  const low = [...folders].filter(([, { lines }]) => percent(lines) < limit).map(([folder]) => folder);
  const all = [...folders.values()].flatMap(({ lines }) => lines);
  process.stdout.write(`${"all".padEnd(32)}${shown(all)}\n`);
  if (low.length > 0) process.stderr.write(`below ${limit} % of the lines: ${low.join(", ")}\n`);
  return low.length === 0;
}

const args = ["node_modules/vitest/vitest.mjs", "run", "--reporter=dot", "--coverage.enabled"];
const coverage = ["provider=v8", "reporter=json", "reportOnFailure", "include=src/**/*.ts", "include=grammar/**/*.ts"];
const settings = [...coverage, `reportsDirectory=${path.join(scratch, "own")}`].map((each) => `--coverage.${each}`);
const vitest = spawn(process.execPath, [...args, ...settings, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, SWEEPLINE_CHILD_COVERAGE: children },
});
const timer = setInterval(() => collect(false), 2000);
vitest.once("close", (code) => {
  clearInterval(timer);
  try {
    collect(true);
    const isEnough = report();
    process.exitCode = code === 0 && isEnough ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});
