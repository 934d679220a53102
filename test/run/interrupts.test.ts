/** Signals and kills while stages run, held by gates: nothing is lost, nothing runs twice, nobody is left behind. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { experimentNames, queueRefs, userState } from "../cli/exp-project.ts";
import { type Gate, type GateCall, makeGate, makeGatedRepository, type Repository } from "../rig/index.ts";

interface Held {
  readonly gate: Gate;
  readonly repository: Repository;
}

/** A repository whose stage is a gate, with points queued as p-1, p-2... */
async function queued(points: string): Promise<Held> {
  const gate = await makeGate("hold");
  const repository = makeGatedRepository(gate.command);
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", `x=choice(${points})`]);
  return { gate, repository };
}

function claims(repository: Repository): string[] {
  const folder = path.join(repository.folder, ".dvc/tmp/exps/sweepline/claims");
  return readdirSync(folder);
}

const finish = (call: GateCall) => call.finish({ files: { "out.txt": "done\n" } });

/** Lets every call finish as it comes until the command has ended. */
async function finishAll(gate: Gate, ended: Promise<unknown>): Promise<number> {
  let count = 0;
  let isOver = false;
  const over = ended.then(() => {
    isOver = true;
    return undefined;
  });
  while (!isOver) {
    const call = await Promise.race([gate.nextCall(), over]);
    if (call === undefined) break;
    count++;
    await finish(call);
  }
  return count;
}

describe("Ctrl+C", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s: 252, entries back in the queue, stages gone, no claims; again finishes all",
    async (signal) => {
      const { gate, repository } = await queued("1,2,3");
      const before = userState(repository);
      const running = repository.start(["exp", "run", "--run-all", "-j", "2"]);
      const calls = [await gate.nextCall(), await gate.nextCall()];
      const stopped = await running.kill(signal);
      expect(stopped.exitCode).toBe(252);
      for (const call of calls) await call.waitForEnd();
      expect(claims(repository)).toEqual([]);
      expect(queueRefs(repository)).toEqual(["queued/1", "queued/2", "queued/3"]);
      expect(experimentNames(repository)).toEqual([]);
      expect(userState(repository)).toBe(before);
      const again = repository.start(["exp", "run", "--run-all", "-j", "2"]);
      expect(await finishAll(gate, again.exited)).toBe(3);
      expect(await again.result()).toMatchObject({ exitCode: 0 });
      expect(experimentNames(repository)).toEqual(["p-1", "p-2", "p-3"]);
      expect(claims(repository)).toEqual([]);
    },
  );

  test("in a terminal it reaches all of the group, our git processes too: still a clean stop", async () => {
    const { gate, repository } = await queued("1,2");
    const line = `exec setsid -w "$@"`;
    const args = [
      process.execPath,
      path.join(import.meta.dirname, "../../bin/sweepline.js"),
      "exp",
      "run",
      "--run-all",
    ];
    const running = repository.startProgram("sh", ["-c", line, "sh", ...args]);
    const first = await gate.nextCall();
    await finish(first);
    const second = await gate.nextCall();
    const leader = leaderOf(second.pid);
    // The one that keeps refs, at least. It must live on when Ctrl+C comes.
    expect(gitGroups(leader).length).toBeGreaterThan(0);
    expect(gitGroups(leader)).not.toContain(leader);
    process.kill(-leader, "SIGINT");
    await second.waitForEnd();
    expect(await running.result()).toMatchObject({ exitCode: 252 });
    expect(queueRefs(repository)).toEqual(["queued/2"]);
    expect(experimentNames(repository)).toEqual(["p-1"]);
    expect(claims(repository)).toEqual([]);
  });

  test("twice: it ends at once, and so do stages that will not listen", async () => {
    const gate = await makeGate("hold");
    // The shell ignores SIGTERM, and so do its children.
    const repository = makeGatedRepository(`trap '' TERM INT; ${gate.command}`);
    await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=1,2"]);
    const running = repository.start(["exp", "run", "--run-all"]);
    const call = await gate.nextCall();
    running.child.kill("SIGINT");
    await running.printed("top");
    const stopped = await running.kill("SIGINT");
    expect(stopped.exitCode).toBe(252);
    await call.waitForEnd();
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
    expect(claims(repository).filter((name) => !name.endsWith(".processes"))).toEqual([]);
    const again = repository.start(["exp", "run", "--run-all"]);
    expect(await finishAll(gate, again.exited)).toBe(2);
    expect(await again.result()).toMatchObject({ exitCode: 0 });
  });

  test("in the workspace: 252, the parameters stay, nothing is committed", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const running = repository.start(["exp", "run", "-n", "w", "-S", "x=5"]);
    const call = await gate.nextCall();
    expect(call.folder).toBe(repository.folder);
    const stopped = await running.kill("SIGINT");
    expect(stopped.exitCode).toBe(252);
    await call.waitForEnd();
    expect(repository.read("params.yaml")).toBe("x: 5\n");
    expect(experimentNames(repository)).toEqual([]);
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
    const again = repository.start(["exp", "run", "-n", "w"]);
    await finish(await gate.nextCall());
    expect(await again.result()).toMatchObject({ exitCode: 0 });
    expect(experimentNames(repository)).toEqual(["w"]);
  });

  test("--temp: its entry stays queued and is run by the next --run-all", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const running = repository.start(["exp", "run", "--temp", "-n", "t", "-S", "x=5"]);
    const call = await gate.nextCall();
    expect((await running.kill("SIGINT")).exitCode).toBe(252);
    await call.waitForEnd();
    expect(queueRefs(repository)).toEqual(["queued/1"]);
    expect(claims(repository)).toEqual([]);
    const again = repository.start(["exp", "run", "--run-all"]);
    await finish(await gate.nextCall());
    expect(await again.result()).toMatchObject({ exitCode: 0 });
    expect(experimentNames(repository)).toEqual(["t"]);
  });
});

/** Parent and group of a process. */
function relations(pid: number | string): { readonly parent: number; readonly group: number } {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [, parent, group] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { parent: Number(parent), group: Number(group) };
}

/** The sweepline process above a stage. */
function leaderOf(pid: number): number {
  for (let at = pid; at > 1; at = relations(at).parent)
    if (readFileSync(`/proc/${at}/cmdline`, "utf8").includes("sweepline.js\0exp\0run")) return at;
  throw new Error("no sweepline above the stage");
}

/** The process groups of the git processes of a process. */
function gitGroups(leader: number): number[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const { parent, group } = relations(pid);
      return parent === leader && readFileSync(`/proc/${pid}/comm`, "utf8") === "git\n" ? [group] : [];
    } catch {
      return []; // It has ended.
    }
  });
}

describe("a coordinator that dies", () => {
  test("SIGKILL: the next run ends the orphaned stages, and finishes everything exactly once", async () => {
    const { gate, repository } = await queued("1,2,3");
    const running = repository.start(["exp", "run", "--run-all", "-j", "2"]);
    const first = await gate.nextCall();
    await finish(first);
    const orphans = [await gate.nextCall(), await gate.nextCall()];
    expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
    expect(orphans.map((call) => call.state)).toEqual(["held", "held"]);
    const again = repository.start(["exp", "run", "--run-all", "-j", "2"]);
    for (const call of orphans) await call.waitForEnd();
    const rerun = await finishAll(gate, again.exited);
    expect(await again.result()).toMatchObject({ exitCode: 0 });
    // The first may have been finished without being committed.
    expect([2, 3]).toContain(rerun);
    expect(experimentNames(repository)).toEqual(["p-1", "p-2", "p-3"]);
    expect(queueRefs(repository)).toEqual([]);
    expect(claims(repository)).toEqual([]);
    expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
  });

  test("SIGKILL of a workspace run: the next one ends its stage first", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const running = repository.start(["exp", "run", "-n", "w", "-S", "x=5"]);
    const orphan = await gate.nextCall();
    expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
    const again = repository.start(["exp", "run", "-n", "w2", "-S", "x=6"]);
    await orphan.waitForEnd();
    await finish(await gate.nextCall());
    expect(await again.result()).toMatchObject({ exitCode: 0 });
    expect(experimentNames(repository)).toEqual(["w2"]);
  });
});

describe("several at once", () => {
  test("two --run-all share the queue: each point is run exactly once", async () => {
    const { gate, repository } = await queued("1,2,3,4");
    const one = repository.start(["exp", "run", "--run-all"]);
    const two = repository.start(["exp", "run", "--run-all"]);
    const calls = [await gate.nextCall(), await gate.nextCall()];
    expect(new Set(calls.map((call) => call.folder)).size).toBe(2);
    expect(new Set(calls.map((call) => call.env.SWEEPLINE_PARAM_X)).size).toBe(2);
    for (const call of calls) await finish(call);
    const rest = await finishAll(gate, Promise.all([one.exited, two.exited]));
    expect(rest).toBe(2);
    const ended = [await one.result(), await two.result()];
    // Whoever ends while the other one still runs a point says so: 1. The last one leaves nothing undone.
    expect(ended.filter(({ exitCode }) => exitCode === 0).length).toBeGreaterThan(0);
    for (const { exitCode, stdout } of ended)
      expect([exitCode, stdout]).toEqual(
        exitCode === 0 ? [0, stdout] : [1, expect.stringContaining("is run by another process")],
      );
    expect(experimentNames(repository)).toEqual(["p-1", "p-2", "p-3", "p-4"]);
    expect(queueRefs(repository)).toEqual([]);
  });

  test("what is queued while --run-all works is run by it too; what is running is not removed", async () => {
    const { gate, repository } = await queued("1");
    const running = repository.start(["exp", "run", "--run-all"]);
    const call = await gate.nextCall();
    await repository.succeed(["exp", "run", "--queue", "-n", "late", "-S", "x=9"]);
    const removed = await repository.run(["exp", "remove", "--queue"]);
    expect(removed.exitCode).toBe(0);
    expect(removed.stdout).toContain("late");
    expect(removed.stderr).toMatch(/running.*p-1|p-1.*running/);
    await repository.succeed(["exp", "run", "--queue", "-n", "later", "-S", "x=10"]);
    await finish(call);
    await finish(await gate.nextCall());
    expect(await running.result()).toMatchObject({ exitCode: 0 });
    expect(experimentNames(repository)).toEqual(["later", "p-1"]);
  });

  test("a run in the workspace refuses a second one there, but not one in a copy", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const running = repository.start(["exp", "run", "-n", "w", "-S", "x=5"]);
    const call = await gate.nextCall();
    const second = await repository.run(["exp", "run", "-n", "w2", "-S", "x=6"]);
    expect(second.exitCode).toBe(255);
    expect(second.stderr).toContain(`pid ${running.child.pid}`);
    const temporary = repository.start(["exp", "run", "--temp", "-n", "t", "-S", "x=7"]);
    await finish(await gate.nextCall());
    expect(await temporary.result()).toMatchObject({ exitCode: 0 });
    await finish(call);
    expect(await running.result()).toMatchObject({ exitCode: 0 });
    expect(experimentNames(repository)).toEqual(["t", "w"]);
  });
});

test("SIGHUP where nothing of ours is on a terminal does not stop a run", async () => {
  const { gate, repository } = await queued("1");
  const running = repository.start(["exp", "run", "--run-all"]);
  const call = await gate.nextCall();
  running.child.kill("SIGHUP");
  // Time enough for the signal to end it, if it were to.
  await repository.succeed(["exp", "logs", "p-1"]);
  expect(call.state).toBe("held");
  await finish(call);
  expect(await running.result()).toMatchObject({ exitCode: 0 });
  expect(experimentNames(repository)).toEqual(["p-1"]);
});

test("a result whose name was taken meanwhile is kept under another", async () => {
  const { gate, repository } = await queued("1");
  const running = repository.start(["exp", "run", "--run-all"]);
  const call = await gate.nextCall();
  const head = repository.git("rev-parse", "HEAD");
  repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/p-1`, head);
  await finish(call);
  const result = await running.result();
  expect(result).toMatchObject({ exitCode: 0 });
  expect(experimentNames(repository)).toEqual(["p-1", "p-1-2"]);
  expect(result.stdout).toContain("p-1-2");
});
