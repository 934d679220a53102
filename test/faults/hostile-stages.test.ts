/** Stages that do not end, leave processes behind, put pipes in the place of files, write without end, or signal us. */
import { statSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { experimentNames, queueRefs, userState } from "../cli/exp-project.ts";
import { status } from "../cli/queue/project.ts";
import { makeRepository, type Repository } from "../rig/index.ts";

const isFull = process.env.SWEEPLINE_FAULTS_STRIDE !== undefined;
/** More than a log may have, in the time that a run of all tests has. */
const logBytes = isFull ? 1 << 30 : 200 << 20;

const deeds: Readonly<Record<string, string>> = {
  plain: "true",
  pipeParams: "rm params.yaml; mkfifo params.yaml",
  pipeStages: "rm dvc.yaml; mkfifo dvc.yaml; mkfifo dvc.lock",
  pipeOutput: "mkfifo out.txt",
  pipeTracked: "rm tracked.txt; mkfifo tracked.txt",
  device: "ln -s /dev/zero out.txt",
  daemons: `echo out > out.txt
(setsid sh -c 'while :; do echo x >> left.txt; sleep 0.02; done' &)
nohup sleep 1000 > /dev/null 2>&1 &
setsid sleep 1000 &
(trap '' TERM; sleep 1000 &)`,
  closed: "exec 1>&- 2>&-; echo lost; read x; echo out > out.txt",
  bytes: `printf '\\377\\376\\033[2J\\033]0;title\\007'; echo out > out.txt`,
  log: `head -c ${logBytes} /dev/zero | tr '\\0' '\\n'; echo the end; echo out > out.txt`,
  deaf: "trap '' TERM INT HUP; echo out > out.txt; while :; do sleep 0.2; done",
  scoreFolder: "mkdir score.json; echo 1 > score.json/a; echo out > out.txt",
  gone: 'rm -rf "$PWD" 2>/dev/null',
  moved: 'cd ..; mv work other; ln -s "$DVC_ROOT" work; cd other; echo out > out.txt',
  kills: `kill -KILL $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' "$DVC_ROOT/.dvc/tmp/exps/sweepline/claims/0000000001"); sleep 20`,
  signals: `echo out > out.txt
kill -TERM $(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' "$DVC_ROOT/.dvc/tmp/exps/sweepline/claims/0000000001"); sleep 20`,
};

function hostileRepository(): Repository {
  return makeRepository({
    files: {
      "params.yaml": "deed: plain\n",
      "dvc.yaml": JSON.stringify({
        stages: { do: { cmd: "sh do.sh", params: ["deed"], outs: ["out.txt"] } },
        metrics: ["score.json"],
      }),
      "do.sh": `deed=$(sed -n 's/^deed: //p' params.yaml); cp params.yaml given.txt\n. "./deeds/$deed.sh"\n[ -e out.txt ] || cp given.txt out.txt\nrm -f given.txt\n`,
      "tracked.txt": "tracked\n",
      ".gitignore": "/out.txt\n",
      ...Object.fromEntries(Object.entries(deeds).map(([name, deed]) => [`deeds/${name}.sh`, `${deed}\n`])),
    },
  });
}

/** Commands of processes with that folder in their environment, as \`ps\` shows them. */
async function processesIn(repository: Repository): Promise<string[]> {
  const { stdout } = await repository
    .startProgram("ps", ["-A", "e", "-o", "pid=,args="], { env: { COLUMNS: "100000" } })
    .result();
  return stdout.split("\n").filter((line) => line.includes(`SWEEPLINE_COPY=${repository.folder}`));
}

describe("stages", () => {
  const names = [
    "pipeParams",
    "pipeStages",
    "pipeOutput",
    "pipeTracked",
    "device",
    "daemons",
    "closed",
    "bytes",
    "log",
    "scoreFolder",
    "gone",
    "moved",
  ];
  let repository: Repository;
  let before: string;
  const refOf = (name: string) =>
    repository.experimentRefs().find((ref) => ref.endsWith(`/d-${names.indexOf(name) + 1}`));
  const outcomeOf = (name: string) => (refOf(name) === undefined ? "failed" : "done");

  beforeAll(async () => {
    repository = hostileRepository();
    before = userState(repository);
    const points = [...names, "plain"].join(",");
    const run = await repository.run(["sweep", "-n", "d", `deed=${points}`, "-j", "2"]);
    expect(run.exitCode).toBe(1);
  });

  test.each(["daemons", "closed", "bytes", "log", "scoreFolder"])("%s: done", (name) =>
    expect(outcomeOf(name)).toBe("done"),
  );

  test.each([
    ["pipeParams", /params\.yaml' is not a file, but a pipe/],
    ["pipeOutput", /neither a file nor a directory/],
    ["pipeTracked", /tracked\.txt: can only add regular files/],
    ["device", /neither a file nor a directory/],
    ["gone", /exited with|does not exist/],
    ["moved", /./],
  ] as const)("%s: failed, and says why", async (name, words) => {
    expect(outcomeOf(name)).toBe("failed");
    const { tasks } = await status(repository);
    expect(tasks.find((task) => task.name === `d-${names.indexOf(name) + 1}`)?.message).toMatch(words);
  });

  test("the one that does nothing bad is done, and nothing reached the user's files", () => {
    expect(experimentNames(repository)).toContain(`d-${names.length + 1}`);
    expect(userState(repository)).toBe(before);
  });

  test("what they left running is ended, and the log says so", async () => {
    expect(await processesIn(repository)).toEqual([]);
    const log = await repository.succeed(["exp", "logs", `d-${names.indexOf("daemons") + 1}`]);
    expect(log).toMatch(/WARNING: ended what the stages left running \(\d processes\)/);
  });

  test("a log has a limit, and keeps its end", async () => {
    const task = (await status(repository)).tasks.find((item) => item.name === `d-${names.indexOf("log") + 1}`);
    const file = task?.log ?? "";
    expect(statSync(file).size).toBeLessThan(80 << 20);
    const tail = await repository.startProgram("tail", ["-c", "300", file]).result();
    expect(tail.stdout).toMatch(/the end\n/);
  });
});

test("a stage that is deaf to SIGTERM ends at its time limit", async () => {
  const repository = hostileRepository();
  await repository.succeed(["exp", "run", "--queue", "-n", "deaf", "-S", "deed=deaf", "--timeout", "1s"]);
  const result = await repository.run(["exp", "run", "--run-all"]);
  expect(result.exitCode).toBe(1);
  expect(result.stderr).toMatch(/timed out/);
  expect(await processesIn(repository)).toEqual([]);
  expect(queueRefs(repository)).toEqual(["failed/1"]);
});

test("a stage that ends its runner goes back to the queue, and others can run before it", async () => {
  const repository = hostileRepository();
  await repository.succeed(["exp", "run", "--queue", "-n", "bad", "-S", "deed=signals"]);
  expect((await repository.run(["exp", "run", "--run-all"])).exitCode).toBe(252);
  expect(queueRefs(repository)).toEqual(["queued/1"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "good", "-S", "deed=closed"]);
  await repository.succeed(["queue", "move", "good", "--first"]);
  expect((await repository.run(["exp", "run", "--run-all"])).exitCode).toBe(252);
  expect(experimentNames(repository)).toEqual(["good"]);
  await repository.succeed(["queue", "remove", "bad"]);
  expect(queueRefs(repository)).toEqual([]);
  expect(await processesIn(repository)).toEqual([]);
});

test("a stage that kills its runner each time is given up, with that reason; a retry starts counting anew", async () => {
  const repository = hostileRepository();
  await repository.succeed(["exp", "run", "--queue", "-n", "bad", "-S", "deed=kills"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "good", "-S", "deed=closed"]);
  for (let at = 0; at < 10; at++) {
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
    expect((await repository.run(["exp", "run", "--run-all"])).signal).toBe("SIGKILL");
  }
  const last = await repository.run(["exp", "run", "--run-all"]);
  expect(last.exitCode).toBe(1);
  expect(last.stderr).toMatch(/^ERROR: bad: the process that ran it was killed \(10 attempts\)/m);
  expect(experimentNames(repository)).toEqual(["good"]);
  expect(queueRefs(repository)).toEqual(["failed/1"]);
  await repository.succeed(["queue", "retry", "bad"]);
  expect((await repository.run(["exp", "run", "--run-all"])).signal).toBe("SIGKILL");
  expect(queueRefs(repository)).toEqual(["queued/1"]);
});
