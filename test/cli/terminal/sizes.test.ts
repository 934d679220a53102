/**
 * What is drawn on terminals of several sizes, which tmux plays: `exp show`, `queue status --watch` and the progress of a sweep.
 * No line is longer than the terminal is wide, nothing scrolls away, and what matters is there. Skipped where tmux is missing.
 */
import path from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";
import { binary, makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";
import { hasTmux, type Size, Terminal } from "../../rig/terminal.ts";

const files = {
  "params.yaml": "train:\n  lr: 0.1\n  units: 64\n  act: relu\nseed: 1\n",
  "metrics.json": "{}\n",
  "dvc.yaml":
    "stages:\n  train:\n    cmd: 'true'\n    params: [train, seed]\n    metrics:\n    - metrics.json:\n        cache: false\n",
};

/** Each height and each width of 10, 24, 60 and 60, 80, 100, 160, 250. */
const sizes: readonly Size[] = [
  { rows: 10, columns: 60 },
  { rows: 24, columns: 80 },
  { rows: 60, columns: 100 },
  { rows: 24, columns: 160 },
  { rows: 10, columns: 250 },
  { rows: 60, columns: 60 },
];

/** A line that nobody prints. */
const between = "~~ between ~~";
const experiments = 14;
const queued = 30;

function addExperiments(repository: Repository): void {
  const head = repository.git("rev-parse", "HEAD");
  for (let at = 0; at < experiments; at++) {
    repository.write({
      "params.yaml": `train:\n  lr: 0.${at + 1}\n  units: ${64 + at}\n  act: ${at % 2 === 0 ? "relu" : "tanh"}\nseed: 1\n`,
      "metrics.json": `{"accuracy": 0.${at + 10}, "loss": ${at}, "long.name.of.another.metric": ${at}}\n`,
    });
    repository.git("add", "--all");
    const commit = repository.git("commit-tree", repository.git("write-tree"), "-p", head, "-m", "e");
    repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/medical-point-${at}`, commit);
  }
  repository.git("reset", "--quiet", "--hard");
}

const driverFile = "driver.mjs";

async function buildDriver(folder: string): Promise<void> {
  const require = 'import{createRequire as make}from"node:module";const require=make(import.meta.url);';
  await build({
    entryPoints: [path.join(import.meta.dirname, "../../report/progress-driver.ts")],
    outfile: path.join(folder, driverFile),
    bundle: true,
    format: "esm",
    platform: "node",
    banner: { js: require },
    logLevel: "silent",
  });
}

describe.skipIf(!hasTmux)("on terminals of several sizes", () => {
  const folder = makeTemporaryFolder();
  let repository: Repository;

  beforeAll(async () => {
    repository = makeRepository({ files });
    addExperiments(repository);
    await repository.succeed(["exp", "run", "--queue", "-n", "waits", "-S", `seed=range(0,${queued})`]);
    await buildDriver(folder);
  });

  function terminalOf(size: Size): Terminal {
    return new Terminal(makeTemporaryFolder(), repository.env, size);
  }
  const sweepline = (args: string) => `cd '${repository.folder}'; '${process.execPath}' '${binary}' ${args}`;

  /** All that was printed; a line that was too long would be two rows, and one when they are joined. */
  function printed(terminal: Terminal, session: string): readonly string[] {
    const capture = (...flags: readonly string[]) => ["capture-pane", "-p", ...flags, "-t", session, "-S", "-"];
    // In one request: what is drawn goes on moving.
    const both = [...capture(), ";", "display-message", "-p", between, ";", ...capture("-J")];
    const [rows = "", joined] = terminal
      .tmux(...both)
      .split(`${between}\n`)
      .map((text) => text.replace(/ +$/gm, "").trimEnd());
    expect(joined).toBe(rows);
    return rows.split("\n");
  }
  const scrolledAway = (terminal: Terminal, session: string) =>
    Number(terminal.tmux("display-message", "-p", "-t", session, "#{history_size}"));

  test.each(sizes)("exp show: $columns columns, $rows rows", (size) => {
    const terminal = terminalOf(size);
    const show = sweepline("exp show --hide-queued --hide-workspace --sort-by accuracy --sort-order desc");
    terminal.start("show", show.replace("; '", `; DVC_PAGER='sed s/Experiment/Paged/' '`));
    terminal.waitForEnd("show");
    const [header = "", ...rows] = printed(terminal, "show");
    const isLong = experiments + 2 > size.rows;
    const names = header.trim().split(/ +/);
    expect(names.slice(0, 2)).toEqual([isLong ? "Paged" : "Experiment", "accuracy"]);
    expect(names).toEqual(expect.arrayContaining(["lr", "units", "act"]));
    expect(rows.find((row) => row.includes("medical"))).toContain("▸ medical-point-13");
  });

  test.each(sizes)("queue status --watch: $columns columns, $rows rows", async (size) => {
    const terminal = terminalOf(size);
    terminal.start("watch", sweepline("queue status --watch -v"));
    const look = () => terminal.tmux("capture-pane", "-p", "-t", "watch");
    await terminal.waitForScreen(look, (screen) => screen.includes("Worker status: 0 active"), "showed the workers");
    const rows = printed(terminal, "watch");
    expect(rows[0]).toMatch(/^Task +Name +Created +Status/);
    const shown = rows.filter((row) => / waits-\d+ /.test(row)).length;
    const more = /^\.\.\. and (\d+) queued/m.exec(rows.join("\n"))?.[1];
    expect(shown + Number(more ?? 0)).toBe(queued);
    expect([shown > 0, rows.length <= size.rows, scrolledAway(terminal, "watch")]).toEqual([true, true, 0]);
  });

  test.each(sizes)("the progress of a sweep: $columns columns, $rows rows", async (size) => {
    const terminal = terminalOf(size);
    terminal.start("run", `stty -echo; '${process.execPath}' '${path.join(folder, driverFile)}' 40 12 20 hold`);
    const look = () => terminal.tmux("capture-pane", "-p", "-t", "run");
    await terminal.waitForScreen(look, (screen) => screen.includes("28 queued"), "showed what is queued");
    const rows = printed(terminal, "run");
    const running = rows.filter((row) => /point-\d+-実験/.test(row)).length;
    expect([running > 0, running <= 12, rows.length <= size.rows]).toEqual([true, true, true]);
    expect(scrolledAway(terminal, "run")).toBe(0);
  });
});
