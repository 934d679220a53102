/** A training whose run is ended from outside goes on from its last checkpoint, whoever runs it and whatever ended it. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeTools } from "../../ci/runners/machine.ts";
import { inChain, makeTraining, training } from "../../cli/checkpoint-project.ts";
import { queueRefs } from "../../cli/exp-project.ts";
import { type GateCall, makeGate, makeTemporaryFolder } from "../../rig/index.ts";
import { Slurm, slurmMissing } from "../../rig/slurm.ts";
import { leftovers } from "./project.ts";

const missing = slurmMissing();

/** Waits at the gate after its second epoch, with a torn model, as long as the file is there. */
async function heldTraining() {
  const gate = await makeGate("hold");
  const hold = path.join(makeTemporaryFolder(), "hold");
  writeFileSync(hold, "");
  const each = `[ "$i" = 2 ] && [ -e ${hold} ] && { echo torn > model.txt; ${gate.command}; } || :`;
  return { gate, repository: makeTraining(training({ each })), release: () => rmSync(hold) };
}

type Training = Awaited<ReturnType<typeof heldTraining>>;

async function expectWhole({ repository }: Training, line: readonly string[]): Promise<void> {
  expect(inChain(repository, "p-1", "metrics.json")).toEqual([1, 2, 3].map((epoch) => `{"epoch": ${epoch}}`));
  expect(inChain(repository, "p-1", "dvc.lock").at(-1)).toContain("size: 12");
  expect(await repository.succeed(["exp", "logs", "p-1"])).toContain("starts at 2");
  expect(queueRefs(repository)).toEqual([]);
  expect(leftovers(repository)).toEqual([]);
  expect(await repository.succeed([...line, "--dry-run"])).toContain("0 new");
}

const sweep = ["sweep", "-n", "p", "lr=2"];

test("local: the command is killed, and given again", async () => {
  const held = await heldTraining();
  const { gate, repository, release } = held;
  const running = repository.start(sweep);
  await gate.nextCall();
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  release();
  await repository.succeed(sweep);
  await expectWhole(held, sweep);
});

describe.skipIf(missing !== undefined)(`on Slurm${missing === undefined ? "" : ` (${missing})`}`, () => {
  let slurm: Slurm;
  beforeAll(async () => {
    slurm = await Slurm.start({ cpus: 4, urgent: "partition" });
  });

  const tell = async (...words: readonly [string, ...string[]]): Promise<void> => {
    const [program, ...args] = words;
    slurm.tell(program, ...args);
  };

  test.each<[what: string, then: "put back" | "sent again", end: (job: string, call: GateCall) => Promise<void>]>([
    ["a job of a higher partition takes its place", "put back", preempt],
    ["its job is put back by hand", "put back", (job) => tell("scontrol", "requeue", job)],
    ["its time limit is near", "put back", (job) => tell("scancel", "--batch", "--signal=USR1", job)],
    ["all its processes are killed", "sent again", killProcesses],
  ])("%s", async (_what, then, end) => {
    const held = await heldTraining();
    const { gate, repository, release } = held;
    const line = [...sweep, "--engine", "slurm"];
    const running = repository.start(line, { env: slurm.env });
    const call = await gate.nextCall();
    const [job = ""] = slurm.jobs();
    release();
    await end(job, call);
    await call.waitForEnd();
    if (then === "put back") await slurm.startAgain(job);
    expect((await running.result()).exitCode).toBe(0);
    await expectWhole(held, line);
    await slurm.until(() => slurm.jobs().length === 0, "no job to be left");
  });

  // Slurm looks at limits twice a minute, and one minute is the shortest: each of these waits it out.
  test.each<[what: string, then: "put back" | "sent again", signal: string]>([
    ["Slurm's own signal before a limit of a minute", "put back", "B:USR1@5"],
    ["a limit of a minute that is reached unwarned", "sent again", "B:CONT@5"],
  ])("%s", async (_what, then, signal) => {
    const held = await heldTraining();
    const { gate, repository, release } = held;
    const line = [...sweep, "--engine", "slurm", "--slurm", "time=1m", "--slurm", `signal=${signal}`];
    const running = repository.start(line, { env: slurm.env });
    const call = await gate.nextCall();
    const [job = ""] = slurm.jobs();
    release();
    await call.waitForEnd();
    if (then === "put back") await slurm.startAgain(job);
    else
      await slurm.until(() => slurm.tell("scontrol", "show", "job", job)?.includes("=TIMEOUT ") === true, "the limit");
    expect((await running.result()).exitCode).toBe(0);
    await expectWhole(held, line);
    await slurm.until(() => slurm.jobs().length === 0, "no job to be left");
  });

  test("a job of a matrix that reaches its limit, and is submitted again", async () => {
    const { gate, repository, release } = await heldTraining();
    const tools = makeTools(repository.root);
    await repository.succeed(["matrix", "plan", "-n", "p", "lr=2", "-o", "sweep.json"]);
    repository.write({ "job.sh": await repository.succeed(["matrix", "emit", "--for", "slurm"]) });
    const submit = (...options: string[]) => {
      const env = { ...process.env, ...repository.env, ...slurm.env, PATH: `${tools}:${slurm.env.PATH}` };
      const args = ["--parsable", "--output=out-%a", "--open-mode=append", ...options, "job.sh"];
      return execFileSync("sbatch", args, { cwd: repository.folder, env, encoding: "utf8" }).trim();
    };
    const first = submit("--time=1");
    const call = await gate.nextCall();
    release();
    await call.waitForEnd();
    const state = () => slurm.tell("scontrol", "show", "job", first) ?? "";
    await slurm.until(() => state().includes("JobState=TIMEOUT "), "the limit");
    expect(repository.git("for-each-ref", "--format=%(refname)", "refs/sweeps")).toMatch(/checkpoints\/0$/);
    submit("--wait");
    expect(repository.read("out-0")).toContain("p-1 goes on from checkpoint");
    expect(inChain(repository, "p-1", "metrics.json")).toEqual([1, 2, 3].map((epoch) => `{"epoch": ${epoch}}`));
    expect(await repository.succeed(["matrix", "collect", "--for", "slurm"])).toContain("1 of 1 points done");
  });

  async function preempt(job: string): Promise<void> {
    await tell("sbatch", "--partition=urgent", "--exclusive", "--output=/dev/null", "--wrap=true");
    const state = () => slurm.tell("squeue", "-h", "-j", job, "-o", "%T") ?? "";
    await slurm.until(() => !/RUNNING/.test(state()), "the preemption");
  }

  /** As a node that is lost ends them: the stage's command, and who started it, up to Slurm's own process. */
  async function killProcesses(_job: string, { pid }: GateCall): Promise<void> {
    const pids: number[] = [];
    for (let at = pid; at > 1; ) {
      const [, name, parent] = /^\d+ \((.*)\) \S+ (\d+)/s.exec(readFileSync(`/proc/${at}/stat`, "utf8")) ?? [];
      if (name === "slurmstepd") break;
      pids.push(at);
      at = Number(parent);
    }
    expect(pids.length).toBeGreaterThan(1);
    for (const each of pids.reverse()) process.kill(each, "SIGKILL");
  }
});
