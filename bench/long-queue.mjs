// A queue of thousands at work, and many workers: what stays the same from the first experiment to the last.
import { readdirSync, readFileSync } from "node:fs";
import { memoryOf, runProgram } from "./measure.mjs";
import { makeTrivialRepository, queueRefs } from "./repositories.mjs";
import { countRow, growthRow, memoryRow, secondsRow } from "./rows.mjs";

async function makeQueued(bench, { count, files }) {
  const folder = makeTrivialRepository(bench.env, files);
  const argv = [...bench.ours, "exp", "run", "--queue", "-S", `x=range(0,${count})`];
  await runProgram({ argv, cwd: folder, env: bench.env });
  return folder;
}

/** Seconds of computing of a process and of its children that have ended. */
export function computingOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const ticks = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 15);
  return ticks.reduce((sum, each) => sum + Number(each), 0) / 100;
}

/** Runs the queue; calls `look` with the number of finished experiments at each of them. */
function runQueue(bench, { folder, jobs, look }) {
  let finished = 0;
  return runProgram({
    argv: [...bench.ours, "exp", "run", "--run-all", "--jobs", String(jobs)],
    cwd: folder,
    env: bench.env,
    onLine: (line, pid) => {
      if (line.startsWith("finished ")) look(++finished, pid);
    },
  });
}

/** 5,000 experiments at --jobs 2. Computing is compared, not time: other programs do not change it. */
export async function longQueue(bench) {
  const count = bench.quick ? 600 : 5000;
  const folder = await makeQueued(bench, { count, files: 5 });
  const computing = new Map();
  const memory = new Map();
  let status;
  await runQueue(bench, {
    folder,
    jobs: 2,
    look: (finished, pid) => {
      if ([100, 200, count - 105, count - 5].includes(finished)) {
        computing.set(finished, computingOf(pid));
        memory.set(finished, memoryOf(pid, "VmRSS"));
      }
      if (finished === 100)
        status = runProgram({ argv: [...bench.ours, "queue", "status"], cwd: folder, env: bench.env });
    },
  });
  const cost = (from, to) => (computing.get(to) - computing.get(from)) * 10;
  const [first, last] = [cost(100, 200), cost(count - 105, count - 5)];
  return [
    secondsRow(`queue status of ${count}, two running`, (await status).seconds, 0.4),
    growthRow("computing for one of the last hundred against the second", {
      before: first,
      after: last,
      most: 20,
      unit: "ms",
    }),
    growthRow("memory at the last against the 100th", {
      before: memory.get(100),
      after: memory.get(count - 5),
      most: 20,
    }),
    countRow("entries left in the queue", queueRefs(folder, bench.env).length, 0),
  ];
}

/** What a process and its descendants hold, shared pages divided among those that share them (PSS), in MB. */
function shareOf(pid) {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each)))
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // It has ended.
    }
  const isOurs = (each) => each === pid || (parents.has(each) && each > 1 && isOurs(parents.get(each)));
  let kilobytes = 0;
  for (const each of [...parents.keys()].filter(isOurs))
    try {
      kilobytes += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, "utf8"))?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  return kilobytes / 1024;
}

/** --jobs 16, with all of the stages and git processes. */
export async function manyJobs(bench) {
  const rows = [];
  for (const files of bench.quick ? [100] : [100, 10_000]) {
    const folder = await makeQueued(bench, { count: 100, files });
    let peak;
    await runQueue(bench, {
      folder,
      jobs: 16,
      look: (finished, pid) => {
        if (finished % 3 === 0) peak = Math.max(peak ?? 0, shareOf(pid));
      },
    });
    rows.push(memoryRow(`--jobs 16, ${files.toLocaleString("en-US")} files, all processes (PSS)`, peak, 400));
  }
  return rows;
}
