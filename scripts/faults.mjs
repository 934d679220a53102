// Kills and injected errors (test/faults). Without options each place meets some faults, as .ci/run does it; with --full all
// faults are tried, or with --slice a part of them; what was tried is added to docs/reliability.md (and .json, from which it
// is written). Slices may run on different days, and on different machines where the .json goes along.
// usage: npm run test:faults -- [--full [--slice I/N] [--stride N]] [--seed N|random] [-t NAME] [FILTER...]
//   -t NAME        scenarios of that name, as in vitest
//   --slice 3/20   the third of twenty parts
//   --stride N     of all faults every Nth
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, platform, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const introduction = `# Reliability

Written by \`npm run test:faults -- --full\`, which does to each scenario what its titles say and looks at everything
afterwards: right after the fault, after the work was gone on with, and after \`doctor --fix\` and \`exp clean\`. A full
run tries each kind of fault at each side effect (of a thousand from one place, 40). The bounded run of \`.ci/run\` tries
at each place in the code that has side effects a kill (of the process, or of all) or an error and, of a write, a cut: at
its first call, its last one or another. What is looked at, in test/faults/invariants.ts:

- each planned point is exactly one of queued, failed, finished; nothing else is there;
- each finished experiment is whole and its own: parameters, metrics, lock file, output in the cache;
- the user's HEAD, branches, tags, stash and index are as they were, and (queued and temporary runs) all files too;
- \`git fsck\` is clean; each object of the cache holds what its name says;
- the next commands succeed, finish all that was planned, and nothing twice; a command that manages experiments ends where
  an undisturbed one does;
- no process is left; no temporary file, lock or copy is left after the repair; \`doctor\` finds nothing;
- a command that fails says why, without a stack trace.
`;

const counted = ["tried", "happened", "checks", "violations"];
const total = (some) => counted.map((name) => some.reduce((count, row) => count + row[name], 0));

const { values, positionals } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    slice: { type: "string" },
    stride: { type: "string", default: "1" },
    seed: { type: "string", default: "20261122" },
    "test-name": { type: "string", short: "t" },
  },
  allowPositionals: true,
});
const [, slice = "1", slices = "1"] = /^(\d+)\/(\d+)$/.exec(values.slice ?? "1/1") ?? [];
const isSlice = Number(slice) >= 1 && Number(slice) <= Number(slices);
if ((values.slice !== undefined && !(values.full && /^\d+\/\d+$/.test(values.slice))) || !isSlice) {
  process.stderr.write("--slice I/N goes with --full: --full --slice 3/20\n");
  process.exit(2);
}
const seed = values.seed === "random" ? String(Math.floor(Math.random() * 2 ** 31)) : values.seed;
const folder = mkdtempSync(path.join(tmpdir(), "sweepline-faults-"));
const results = path.join(folder, "results");
const startedAt = Date.now();
process.stdout.write(`seed ${seed}\n`);
// The other suites are no matter of numbers: they go with the first slice.
const files = positionals.length === 0 && slice !== "1" ? ["faults.test.ts"] : positionals;
const only = values["test-name"];
const filters = [...files, ...(only === undefined ? [] : ["-t", only])];
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.faults.config.ts", ...filters],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      SWEEPLINE_FAULTS_SEED: seed,
      SWEEPLINE_FAULTS_RESULTS: results,
      ...(values.full ? { SWEEPLINE_FAULTS_STRIDE: values.stride, SWEEPLINE_FAULTS_SLICE: `${slice}/${slices}` } : {}),
    },
  },
);

const lines = existsSync(results) ? readFileSync(results, "utf8").trimEnd().split("\n") : [];
const rows = lines.map((line) => JSON.parse(line));
rmSync(folder, { recursive: true });
const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
const violations = rows.reduce((total, row) => total + row.violations, 0);
process.stdout.write(
  `${sum("tried")} runs, ${sum("happened")} faults, ${sum("checks")} invariants checked, ${violations} violations\n`,
);
const records = "docs/reliability.json";
if (values.full && rows.length > 0) {
  const all = [...(existsSync(records) ? JSON.parse(readFileSync(records, "utf8")) : []), thisRun()];
  writeFileSync(records, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync("docs/reliability.md", report(all));
}
process.exit(status ?? 1);

/** What this run tried, and where: rows are added up over the runs. */
function thisRun() {
  const git = (...args) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/reliability.*") !== "";
  const stride = values.stride === "1" ? "all faults" : `every ${values.stride}th fault`;
  const part = slices === "1" ? stride : `${stride} of slice ${slice}/${slices}`;
  return {
    commit: `${git("rev-parse", "--short=12", "HEAD")}${changed ? ", with changes" : ""}`,
    date: new Date(startedAt).toISOString().slice(0, 16).replace("T", " "),
    machine: `${platform()} ${arch()}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${git("--version").replace("git version", "Git")}`,
    extent: `${part}${only === undefined && positionals.length === 0 ? "" : `, of ${[...positionals, only ?? []].flat().join(", ")} only`}`,
    seed,
    minutes: Math.round((Date.now() - startedAt) / 60_000),
    rows: rows.map(({ scenario, title, effects, tried, happened, checks, violations: found }) => ({
      scenario,
      title,
      effects,
      tried,
      happened,
      checks,
      violations: found,
    })),
  };
}

function report(all) {
  const header = [
    "commit",
    "date (UTC)",
    "extent",
    "seed",
    "minutes",
    "runs",
    "faults",
    "invariants checked",
    "violations",
  ];
  const lines = all.map((run) => [run.commit, run.date, run.extent, run.seed, run.minutes, ...total(run.rows)]);
  const everyRow = all.flatMap((run) => run.rows);
  const sums = ["all", "", "", "", all.reduce((count, run) => count + run.minutes, 0), ...total(everyRow)];
  const machines = [...new Set(all.map((run) => run.machine))].map((text) => `- ${text}`).join("\n");
  const titles = [...new Set(everyRow.map((row) => row.title))];
  const tables = titles.map((title) => {
    const ofKind = everyRow.filter((row) => row.title === title);
    const names = [...new Set(ofKind.map((row) => row.scenario))];
    const cells = names.map((name) => {
      const ofScenario = ofKind.filter((row) => row.scenario === name);
      return [name, ofScenario.at(-1).effects, ...total(ofScenario)];
    });
    return `## ${title}\n\n${table(["scenario", "side effects", "runs", "faults", "invariants checked", "violations"], cells)}`;
  });
  const parts = [table(header, [...lines, sums]), `Machines, two runs at a time:\n\n${machines}`, ...tables];
  return `${introduction}\n## Runs\n\n${parts.join("\n\n")}\n`;
}

function table(header, rows) {
  const cells = [header, ...rows].map((row) => row.map((cell) => String(cell).replaceAll("|", "\\|")));
  const widths = header.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
  const [first, ...rest] = cells;
  return [line(first), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest.map(line)].join("\n");
}
