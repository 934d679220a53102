/** Where tests stand, and what each of them may not do: CONTRIBUTING.md, "A test". */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { checkout } from "../rig/index.ts";

const folder = path.join(checkout, "test");
const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const names = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
const testFiles = names.filter((name) => name.endsWith(".test.ts"));

/** Suites that look at the whole from one side, and not at one module. */
const suites = new Set(
  "bad-input cli docs examples faults fuzz interop lint oracle repositories rig scripts".split(" "),
);

/** Files beside the modules' tests that look at several of them, or at whole runs. */
const wholes = new Set([
  "ci/engines",
  "ci/examples",
  "ci/formats",
  "ci/round",
  "ci/round-systems",
  "ci/slurm",
  "config/bad-files",
  "config/hydra-rules",
  "experiments/committed-files",
  "experiments/find/growth",
  "experiments/state-files",
  "experiments/show/parsing",
  "grammar/diagrams",
  "grammar/filter",
  "grammar/interpolation",
  "grammar/override-issues",
  "grammar/override-properties",
  "grammar/override-tree",
  "page/collect",
  "page/pictures",
  "page/report",
  "page/ui",
  "params/edit-examples",
  "params/fuzz",
  "params/growth",
  "params/line-properties",
  "params/python-syntax",
  "params/yaml-properties",
  "params/yaml/reading",
  "pipeline/ask/cloud-status",
  "pipeline/definition",
  "pipeline/dvc2-lock",
  "pipeline/growth",
  "pipeline/lock/experiment-hash",
  "pipeline/lock/recorded",
  "pipeline/reproduce/lost-data",
  "report/formats",
  "report/progress",
  "report/progress-pty",
  "report/progress-terminal",
  "run/copies",
  "run/garbage",
  "run/interrupts",
  "run/single-flight",
  "run/slurm/checkpoints",
  "run/slurm/conformance",
  "run/untracked",
  "store/commands",
  "store/remotes/transfer",
  "store/tracking",
]);

/** `src/a/b.ts` for `test/a/b.test.ts`; `b-more.test.ts` tells more of it. */
function hasSource(name: string): boolean {
  const words = name.split("-");
  const stems = words.map((_word, index) => words.slice(0, index + 1).join("-"));
  return stems.some((stem) => existsSync(path.join(checkout, "src", `${stem}.ts`)));
}

test("a module's test stands where its source stands; the others are named here", () => {
  const stray = testFiles
    .map((name) => name.replace(/\.test\.ts$/, ""))
    .filter((name) => !suites.has(name.split("/")[0] ?? "") && !hasSource(name));
  expect(stray.sort()).toEqual([...wholes].sort());
});

test("no folder has more than 25 files", () => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(path.dirname(name), (counts.get(path.dirname(name)) ?? 0) + 1);
  expect([...counts].filter(([, count]) => count > 25)).toEqual([]);
});

test("no test sets a limit on time, is skipped for good, or runs without the others", () => {
  const refused = /^\s*\}, [\d_]{4,}\);|\btimeout: [\d_]+|\b(test|it|describe)\.(only|skip|todo|fails)\b/m;
  // Those of the faults are of another suite, hours long.
  const own = testFiles.filter((name) => name !== "lint/tests.test.ts" && !name.startsWith("faults/"));
  const found = own.filter((name) => refused.test(readFileSync(path.join(folder, name), "utf8")));
  expect(found).toEqual([]);
});
