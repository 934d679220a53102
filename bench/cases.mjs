// What is measured. Each case returns rows; `bench` holds the tools, the environment and how often to repeat.
import { rmSync } from "node:fs";
import path from "node:path";
import { addLarge, addTenThousand, millionFiles, sftpRemote, unchangedTenThousand } from "./data.mjs";
import { longQueue, manyJobs } from "./long-queue.mjs";
import { applyAndRemove, checkpoints, completeNames, showFiveHundred, showTenThousand } from "./many.mjs";
import { medianSeconds, memoryOf, runProgram } from "./measure.mjs";
import { measureOverrides } from "./overrides.mjs";
import {
  experimentRefs,
  makeChainRepository,
  makeComposedRepository,
  makeMatrixRepository,
  makeTrivialRepository,
  makeWideRepository,
  queueRefs,
} from "./repositories.mjs";
import { countRow, fasterRow, growthRow, memoryRow, rateRow, restRow, secondsRow, timesRow } from "./rows.mjs";
import { liveUpdates, pushAndPull } from "./sharing.mjs";
import { uiTenThousand } from "./ui.mjs";

const points = (count) => ["-S", `x=range(0,${count})`];

async function startUp(bench) {
  const folder = makeTrivialRepository(bench.env);
  const median = (argv) =>
    medianSeconds({
      ...bench.often,
      repeats: bench.often.repeats * 3,
      prepare: () => folder,
      time: async (cwd) => (await runProgram({ argv, cwd, env: bench.env })).seconds,
    });
  const node = await median([process.execPath, "-e", "0"]);
  const ours = await median([...bench.ours, "--version"]);
  return [secondsRow("--version, node's own start taken off", ours - node, 0.03)];
}

/** The median of one command in a fresh repository that `prepare` has made ready. */
function timeCommand(bench, { tool, often, prepare, args }) {
  return medianSeconds({
    ...often,
    prepare: () => prepare(tool),
    time: async (cwd) => (await runProgram({ argv: [...tool, ...args], cwd, env: bench.env })).seconds,
  });
}

/** Ours against DVC's, where it is there. */
async function compare(bench, { what, least, prepare, args }) {
  const ours = await timeCommand(bench, { tool: bench.ours, often: bench.often, prepare, args });
  const peer = bench.dvc && (await timeCommand(bench, { tool: bench.dvc, often: bench.peerOften, prepare, args }));
  return [timesRow(what, { ours, peer, least })];
}

async function makeQueued(bench, tool, { count, files = 5 }) {
  const folder = makeTrivialRepository(bench.env, files);
  await runProgram({ argv: [...tool, "exp", "run", "--queue", ...points(count)], cwd: folder, env: bench.env });
  return folder;
}

const queueHundred = (bench) =>
  compare(bench, {
    what: "queue a sweep of 100 points",
    least: 10,
    prepare: () => makeTrivialRepository(bench.env),
    args: ["exp", "run", "--queue", ...points(100)],
  });

async function queueTenThousand(bench) {
  let peak;
  const seconds = await medianSeconds({
    ...bench.often,
    prepare: () => makeTrivialRepository(bench.env),
    time: async (cwd) => {
      const argv = [...bench.ours, "exp", "run", "--queue", ...points(10_000)];
      const done = await runProgram({ argv, cwd, env: bench.env });
      peak = done.peak;
      return done.seconds;
    },
  });
  return [secondsRow("queue 10,000 points", seconds, 4), memoryRow("its peak memory", peak, 400)];
}

async function composeThousand(bench) {
  let folder;
  const seconds = await medianSeconds({
    ...bench.often,
    prepare: () => makeComposedRepository(bench.env),
    time: async (cwd) => {
      folder = cwd;
      const swept = ["-S", "seed=range(0,250)", "-S", "model@train.model=a,b,c,d"];
      const argv = [...bench.ours, "exp", "run", "--queue", ...swept];
      return (await runProgram({ argv, cwd, env: bench.env })).seconds;
    },
  });
  return [
    secondsRow("compose 1,000 points from 20 config files and queue them", seconds, 3),
    countRow("entries in the queue", queueRefs(folder, bench.env).length, 1000),
  ];
}

const runTwenty = (bench) =>
  compare(bench, {
    what: "run 20 trivial experiments, -j 2",
    least: 25,
    prepare: (tool) => makeQueued(bench, tool, { count: 20 }),
    args: ["exp", "run", "--run-all", "-j", "2"],
  });

function timeRunAll(bench, { count, jobs, files }) {
  return timeCommand(bench, {
    tool: bench.ours,
    often: bench.often,
    prepare: (tool) => makeQueued(bench, tool, { count, files }),
    args: ["exp", "run", "--run-all", "-j", String(jobs)],
  });
}

async function runHundred(bench) {
  const seconds = await timeRunAll(bench, { count: 100, jobs: 2 });
  return [secondsRow("run 100 trivial experiments, -j 2", seconds, 2.5)];
}

/** What one more experiment costs where the worker has its copy already. */
async function furtherOne(bench, { files, most }) {
  const ten = await timeRunAll(bench, { count: 10, jobs: 1, files });
  const fifty = await timeRunAll(bench, { count: 50, jobs: 1, files });
  const what = `one more experiment, -j 1, ${files.toLocaleString("en-US")} files`;
  return [secondsRow(what, (fifty - ten) / 40, most)];
}

/** What the loop of a search costs a trial: one more of its trials, less one more point of a sweep that runs the same. */
async function furtherTrial(bench) {
  const seconds = (args) =>
    timeCommand(bench, {
      tool: bench.ours,
      often: bench.often,
      prepare: () => makeTrivialRepository(bench.env, 100),
      args,
    });
  const trials = (count) =>
    seconds(["search", "x=int(interval(0,1000000))", "--metric", "x", "--direction", "min", "--trials", String(count)]);
  const points = (count) => seconds(["sweep", `x=range(${count})`]);
  const point = ((await points(60)) - (await points(10))) / 50;
  const trial = ((await trials(60)) - (await trials(10))) / 50;
  const what = "one more trial of a search without its run, -j 1, 100 files";
  return [restRow(what, { whole: trial, part: point, most: 0.03 })];
}

/** A billion combinations of which a thousand remain. */
async function narrowed(bench) {
  const argv = [
    "expand",
    ...["a", "b", "c"].map((key) => `${key}=range(1000)`),
    "--where",
    "a == b",
    "--where",
    "b == c",
  ];
  const folder = makeTrivialRepository(bench.env);
  const { seconds, peak, stdout } = await runProgram({ argv: [...bench.ours, ...argv], cwd: folder, env: bench.env });
  return [
    secondsRow("expand 10^9 combinations by --where", seconds, 5),
    countRow("points that remain", stdout.trim().split("\n").length, 1000),
    memoryRow("peak memory of it", peak, 400),
  ];
}

async function showTwenty(bench) {
  const folder = await makeQueued(bench, bench.ours, { count: 20 });
  await runProgram({ argv: [...bench.ours, "exp", "run", "--run-all", "-j", "2"], cwd: folder, env: bench.env });
  return compare(bench, {
    what: "exp show --json of 20, cold",
    least: 4,
    prepare: () => {
      // Cold: without what either tool keeps from call to call.
      rmSync(path.join(folder, ".dvc", "tmp"), { recursive: true, force: true });
      return folder;
    },
    args: ["exp", "show", "--json"],
  });
}

const firstRepro = (bench) =>
  compare(bench, {
    what: "first repro of 100 cp stages",
    least: 20,
    prepare: () => makeChainRepository(bench.env, 100),
    args: ["repro"],
  });

async function reproJobs(bench) {
  const seconds = (jobs) =>
    timeCommand(bench, {
      tool: bench.ours,
      often: bench.often,
      prepare: () => makeWideRepository(bench.env, 100),
      args: ["repro", "--jobs", String(jobs)],
    });
  const [before, after] = [await seconds(1), await seconds(2)];
  return [fasterRow("first repro of 100 cp stages side by side, --jobs 1 and 2", { before, after })];
}

async function matrixFiveThousand(bench) {
  const folder = makeMatrixRepository(bench.env, 5000);
  const args = ["status", "--quiet"];
  let peak;
  const seconds = await medianSeconds({
    ...bench.often,
    prepare: () => folder,
    time: async (cwd) => {
      // Quiet: the exit code says that stages changed.
      const done = await runProgram({ argv: [...bench.ours, ...args], cwd, env: bench.env, exitCodes: [0, 1] });
      peak = done.peak;
      return done.seconds;
    },
  });
  return [
    secondsRow("status --quiet of a matrix of 5,000 stages", seconds, 1),
    memoryRow("its peak memory", peak, 150),
  ];
}

/** A command in a chain that has run. One repository a tool: nothing changes from call to call. */
async function compareReproduced(bench, { what, least, args }) {
  const folders = new Map();
  const prepare = async (tool) => {
    const known = folders.get(tool);
    if (known !== undefined) return known;
    const folder = makeChainRepository(bench.env, 100);
    await runProgram({ argv: [...tool, "repro"], cwd: folder, env: bench.env });
    folders.set(tool, folder);
    return folder;
  };
  return compare(bench, { what, least, prepare, args });
}

const idleRepro = (bench) =>
  compareReproduced(bench, { what: "repro of 100 stages, nothing to do", least: 5, args: ["repro"] });

const status = (bench) => compareReproduced(bench, { what: "status of 100 stages", least: 3, args: ["status"] });

async function overrides(bench) {
  const { perSecond, peerPerSecond } = await measureOverrides(bench);
  return [rateRow("overrides parsed, warm", { perSecond, peerPerSecond, least: 100_000 })];
}

async function thousand(bench) {
  const count = bench.quick ? 200 : 1000;
  const folder = await makeQueued(bench, bench.ours, { count });
  let finished = 0;
  let early;
  let late;
  const done = await runProgram({
    argv: [...bench.ours, "exp", "run", "--run-all", "--jobs", "8"],
    cwd: folder,
    env: bench.env,
    onLine: (line, pid) => {
      if (!line.startsWith("finished ")) return;
      finished += 1;
      if (finished === 100) early = memoryOf(pid, "VmRSS");
      if (finished > count - 5) late = memoryOf(pid, "VmRSS") ?? late;
    },
  });
  return [
    countRow(`${count} experiments in one go, --jobs 8: results`, experimentRefs(folder, bench.env).length, count),
    countRow("entries left in the queue", queueRefs(folder, bench.env).length, 0),
    growthRow("memory at the last against the 100th", { before: early, after: late, most: 20 }),
    memoryRow("peak memory", done.peak, 400),
    { what: "time", asked: "-", ours: `${done.seconds.toFixed(1)} s`, measured: done.seconds, ok: null },
  ];
}

/** name to the case. */
export const cases = {
  "start-up": startUp,
  "queue-100": queueHundred,
  "queue-10000": queueTenThousand,
  "compose-1000": composeThousand,
  "run-20": runTwenty,
  "run-100": runHundred,
  "one-more": (bench) => furtherOne(bench, { files: 100, most: 0.03 }),
  "one-more-10000": (bench) => furtherOne(bench, { files: 10_000, most: 0.06 }),
  "search-trial": furtherTrial,
  "where-1e9": narrowed,
  "show-20": showTwenty,
  "show-500": showFiveHundred,
  "show-10000": showTenThousand,
  "apply-500": applyAndRemove,
  completion: completeNames,
  checkpoints,
  "repro-first": firstRepro,
  "repro-jobs": reproJobs,
  "repro-idle": idleRepro,
  "matrix-5000": matrixFiveThousand,
  status,
  overrides,
  "run-1000": thousand,
  "queue-5000": longQueue,
  "jobs-16": manyJobs,
  "ui-10000": uiTenThousand,
  "data-add": addTenThousand,
  "data-unchanged": unchangedTenThousand,
  "data-large": addLarge,
  "data-million": millionFiles,
  "data-sftp": sftpRemote,
  "share-1000": pushAndPull,
  "live-updates": liveUpdates,
};
