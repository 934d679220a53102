// Kills and injected errors (test/faults). Without options a sample, as .ci/run does it; with --full all of it, after which
// docs/reliability.md is written anew.
// usage: npm run test:faults -- [--full] [--stride N] [--seed N|random] [FILTER...]
//   --stride N   of all side effects every Nth, from a drawn one on (1: all)
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, platform, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const introduction = `# Reliability

Written by \`npm run test:faults -- --full\`, which does to each scenario what its titles say and looks at everything
afterwards: right after the fault, after the work was gone on with, and after \`doctor --fix\` and \`exp clean\`. The
bounded run of \`.ci/run\` tries a sample of the same. What is looked at, in test/faults/invariants.ts:

- each planned point is exactly one of queued, failed, finished; nothing else is there;
- each finished experiment is whole and its own: parameters, metrics, lock file, output in the cache;
- the user's HEAD, branches, tags, stash and index are as they were, and (queued and temporary runs) all files too;
- \`git fsck\` is clean; each object of the cache holds what its name says;
- the next commands succeed, finish all that was planned, and nothing twice; a command that manages experiments ends where
  an undisturbed one does;
- no process is left; no temporary file, lock or copy is left after the repair; \`doctor\` finds nothing;
- a command that fails says why, without a stack trace.
`;

const { values, positionals } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    stride: { type: "string", default: "1" },
    seed: { type: "string", default: "20261122" },
  },
  allowPositionals: true,
});
const seed = values.seed === "random" ? String(Math.floor(Math.random() * 2 ** 31)) : values.seed;
const folder = mkdtempSync(path.join(tmpdir(), "sweepline-faults-"));
const results = path.join(folder, "results");
const startedAt = Date.now();
process.stdout.write(`seed ${seed}\n`);
const { status } = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", "--config", "vitest.faults.config.ts", ...positionals],
  {
    stdio: "inherit",
    env: {
      ...process.env,
      SWEEPLINE_FAULTS_SEED: seed,
      SWEEPLINE_FAULTS_RESULTS: results,
      ...(values.full ? { SWEEPLINE_FAULTS_STRIDE: values.stride } : {}),
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
if (values.full && rows.length > 0) writeFileSync("docs/reliability.md", report());
process.exit(status ?? 1);

function report() {
  const git = (...args) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/reliability.md") !== "";
  const minutes = Math.round((Date.now() - startedAt) / 60_000);
  const extent =
    values.stride === "1"
      ? "every side effect of each scenario"
      : `every ${values.stride}th side effect of each scenario, at least one`;
  const only = positionals.length === 0 ? "" : `, of ${positionals.join(", ")} only`;
  const facts = [
    ["Commit", `${git("rev-parse", "--short=12", "HEAD")}${changed ? ", with changes" : ""}`],
    ["Date", new Date(startedAt).toISOString().slice(0, 16).replace("T", " ").concat(" UTC")],
    [
      "Machine",
      `${platform()} ${arch()}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}, ${git("--version").replace("git version", "Git")}`,
    ],
    ["Extent", `${extent}${only}`],
    ["Seed", seed],
    ["Time", `${minutes} minutes, two runs at a time`],
    ["Runs", sum("tried")],
    ["Faults that happened", sum("happened")],
    ["Invariants checked", sum("checks")],
    ["Violations", violations],
  ];
  const titles = [...new Set(rows.map((row) => row.title))];
  const tables = titles.map((title) => {
    const ofKind = rows.filter((row) => row.title === title);
    const cells = ofKind.map((row) => [row.scenario, row.effects, row.tried, row.happened, row.checks, row.violations]);
    const header = ["scenario", "side effects", "runs", "faults", "invariants checked", "violations"];
    return `## ${title}\n\n${table(header, cells)}`;
  });
  return `${introduction}\n${table(["", ""], facts)}\n\n${tables.join("\n\n")}\n`;
}

function table(header, rows) {
  const cells = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, at) => Math.max(3, ...cells.map((row) => row[at].length)));
  const line = (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
  const [first, ...rest] = cells;
  return [line(first), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest.map(line)].join("\n");
}
