// Many finished experiments: tables, conditions, completion, applying and removing; and one experiment with many checkpoints.
import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { medianSeconds, runProgram, temporaryFolder } from "./measure.mjs";
import { addCheckpoints, addExperiments, makeCheckpointRepository, makeTrivialRepository } from "./repositories.mjs";
import { memoryRow, secondsRow, sizeRow, timesRow } from "./rows.mjs";

const forget = (folder) => rmSync(path.join(folder, ".dvc", "tmp"), { recursive: true, force: true });

function repositoryOf(bench, count) {
  const folder = makeTrivialRepository(bench.env);
  addExperiments(folder, bench.env, count);
  return folder;
}

function timeIn(bench, { tool, often, prepare, args }) {
  return medianSeconds({
    ...often,
    prepare,
    time: async (cwd) => (await runProgram({ argv: [...tool, ...args], cwd, env: bench.env })).seconds,
  });
}

/** Ours and DVC's, each in what `prepare` makes ready for it. */
async function beside(bench, { what, least, prepare, args }) {
  const ours = await timeIn(bench, { tool: bench.ours, often: bench.often, prepare, args });
  const peer = bench.dvc && (await timeIn(bench, { tool: bench.dvc, often: bench.peerOften, prepare, args }));
  return timesRow(what, { ours, peer, least });
}

export async function showFiveHundred(bench) {
  const folder = repositoryOf(bench, 500);
  const args = ["exp", "show", "--json"];
  const cold = () => {
    forget(folder);
    return folder;
  };
  return [
    await beside(bench, { what: "exp show --json of 500, cold", least: 20, prepare: cold, args }),
    await beside(bench, { what: "exp show --json of 500, warm", least: 3, prepare: () => folder, args }),
  ];
}

const formats = [["--json"], ["--csv"], ["--md"], ["--html", "report.html"], []];
const condition = ["--where", "params.yaml:x > 5000 and metrics.yaml:x % 2 == 0"];

export async function showTenThousand(bench) {
  const folder = repositoryOf(bench, 10_000);
  await runProgram({ argv: [...bench.ours, "exp", "show", "--json"], cwd: folder, env: bench.env });
  const rows = [];
  for (const args of formats.flatMap((format) => [format, [...format, ...condition]])) {
    let peak;
    const argv = [...bench.ours, "exp", "show", ...args];
    const time = async (cwd) => {
      const done = await runProgram({ argv, cwd, env: bench.env });
      peak = done.peak;
      return done.seconds;
    };
    const seconds = await medianSeconds({ ...bench.often, prepare: () => folder, time });
    const words = ["exp show", ...args.filter((arg) => arg.startsWith("--"))].join(" ");
    const what = `${words} of 10,000, warm`;
    rows.push(secondsRow(what, seconds, 1), memoryRow("its peak memory", peak, 300));
  }
  return rows;
}

function copyOf(folder) {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export async function applyAndRemove(bench) {
  const folder = repositoryOf(bench, 500);
  const prepare = () => copyOf(folder);
  return [
    await beside(bench, { what: "exp apply, of 500", least: 3, prepare, args: ["exp", "apply", "point-250"] }),
    await beside(bench, { what: "exp remove -A of 500", least: 3, prepare, args: ["exp", "remove", "-A"] }),
  ];
}

export async function completeNames(bench) {
  const folder = repositoryOf(bench, 1000);
  const args = ["complete-words", "fish", "exp", "apply", "point-9"];
  const seconds = await timeIn(bench, { tool: bench.ours, often: bench.often, prepare: () => folder, args });
  return [secondsRow("a Tab where 1,000 experiments have names", seconds, 0.1)];
}

/** A chain of 1,000: what the table takes, and what one more checkpoint costs beside a stage that makes none. */
export async function checkpoints(bench) {
  const chain = makeCheckpointRepository(bench.env);
  addCheckpoints(chain, bench.env, 1000);
  const show = (args) => timeIn(bench, { tool: bench.ours, often: bench.often, prepare: () => chain, args });
  const run = async (epochs) => {
    let folder;
    const seconds = await medianSeconds({
      ...bench.often,
      prepare: () => {
        folder = makeCheckpointRepository(bench.env);
        return folder;
      },
      time: async (cwd) => {
        const argv = [...bench.ours, "exp", "run", "-n", "chain", "-S", `epochs=${epochs}`];
        return (await runProgram({ argv, cwd, env: bench.env })).seconds;
      },
    });
    return { seconds, kilobytes: await sizeOf(folder, bench.env) };
  };
  const [few, many] = [await run(10), await run(60)];
  return [
    secondsRow("exp show of 1,000 checkpoints, warm", await show(["exp", "show", "--json"]), 1),
    secondsRow("one more checkpoint", (many.seconds - few.seconds) / 50, 0.03),
    // 10 KB of it are the output, which lies in the cache.
    sizeRow("what it adds to Git's objects, packed", (many.kilobytes - few.kilobytes) / 50, 2),
  ];
}

/** Of Git's objects once they are packed. */
async function sizeOf(folder, env) {
  await runProgram({ argv: ["git", "gc", "--quiet"], cwd: folder, env });
  const { stdout } = await runProgram({ argv: ["git", "count-objects", "-v"], cwd: folder, env });
  return Number(/^size-pack: (\d+)$/m.exec(stdout)?.[1]);
}
