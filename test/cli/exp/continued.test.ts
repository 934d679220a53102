/** Runs with checkpoints that go on: after a kill, again, with other parameters, from an earlier checkpoint, from the start. */
import { rmSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeGate } from "../../rig/index.ts";
import { chainOf, inChain, makeTraining, training } from "../checkpoint-project.ts";

const epochs = (...numbers: number[]) => numbers.map((epoch) => `{"epoch": ${epoch}}`);

/** A training that waits at the gate after its second epoch, where the file is there, with a torn model. */
async function heldTraining(hold: string) {
  const gate = await makeGate("hold");
  const each = `[ "$i" = 2 ] && [ -e ${hold} ] && { echo torn > model.txt; ${gate.command}; }`;
  return { gate, repository: makeTraining(training({ each: `${each} || :` })) };
}

test("after a kill in the workspace the next command ends the stage and restores the last checkpoint; the next run goes on", async () => {
  const { gate, repository } = await heldTraining("hold");
  repository.write({ hold: "" });
  const running = repository.start(["exp", "run", "-n", "k"]);
  const call = await gate.nextCall();
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  // As a trainer leaves it that waits for us.
  repository.write({ ".dvc/tmp/DVC_CHECKPOINT": "" });
  await repository.succeed(["status"]);
  await call.waitForEnd();
  expect(repository.exists(".dvc/tmp/DVC_CHECKPOINT")).toBe(false);
  expect(repository.read("model.txt")).toBe("1 1\n2 1\n");
  expect(inChain(repository, "k", "metrics.json")).toEqual(epochs(1, 2));
  rmSync(path.join(repository.folder, "hold"));
  expect(await repository.succeed(["exp", "run"])).toContain("Existing checkpoint experiment 'k' will be resumed");
  expect(inChain(repository, "k", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(repository.read("model.txt")).toBe("1 1\n2 1\n3 1\n");
});

test("after a kill in a copy the entry goes on from its last checkpoint, not from the start", async () => {
  const hold = path.join(makeTraining("").root, "hold");
  const { gate, repository } = await heldTraining(hold);
  repository.write({ [path.relative(repository.folder, hold)]: "" });
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "lr=2"]);
  const running = repository.start(["exp", "run", "--run-all"]);
  await gate.nextCall();
  // One experiment in the table, not its entry and its chain.
  const shown = JSON.parse(await repository.succeed(["exp", "show", "--json"])).at(-1).experiments;
  expect(shown).toMatchObject([{ name: "q", executor: { state: "running" }, revs: [{ name: "q" }, { name: null }] }]);
  expect(shown[0].revs[0].data.metrics["metrics.json"].data).toEqual({ epoch: 2 });
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  expect(inChain(repository, "q", "metrics.json")).toEqual(epochs(1, 2));
  rmSync(hold);
  await repository.succeed(["exp", "run", "--run-all"]);
  expect(inChain(repository, "q", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(inChain(repository, "q", "dvc.lock").at(-1)).toContain("size: 12");
  const log = await repository.succeed(["exp", "logs", "q"]);
  expect(log).toContain("starts at 2");
  expect(repository.git("for-each-ref", "refs/exps/celery")).toBe("");
});

test("again: the same experiment; with other parameters, or from an earlier checkpoint: a new one that holds the old", async () => {
  const repository = makeTraining(training());
  await repository.succeed(["exp", "run", "-n", "a", "-S", "epochs=2"]);
  const [first = "", second = ""] = chainOf(repository, "a");
  rmSync(path.join(repository.folder, "model.txt"));
  await repository.succeed(["exp", "run", "-n", "b", "-S", "epochs=3"]);
  expect(chainOf(repository, "b").slice(0, 2)).toEqual([first, second]);
  expect(inChain(repository, "b", "metrics.json")).toEqual(epochs(1, 2, 3));
  await repository.succeed(["exp", "run", "--temp", "--rev", first, "-n", "c", "-S", "lr=5"]);
  expect(chainOf(repository, "c")[0]).toBe(first);
  expect(inChain(repository, "c", "params.yaml").at(-1)).toBe("epochs: 2\nlr: 5");
  await repository.succeed(["exp", "apply", first.slice(0, 8)]);
  expect(repository.read("model.txt")).toBe("1 1\n");
  await repository.succeed(["exp", "run", "-n", "d"]);
  expect([chainOf(repository, "d")[0], chainOf(repository, "d").length]).toEqual([first, 2]);
  const refused = await repository.run(["exp", "run", "--rev", first]);
  expect([refused.exitCode, refused.stderr]).toEqual([254, expect.stringContaining("--rev can only be used")]);
});

test("what began with other parameters is no finished point: a sweep runs it from the start", async () => {
  const repository = makeTraining(training());
  await repository.succeed(["exp", "run", "-n", "a", "-S", "epochs=1"]);
  const planned = async (point: string) => repository.succeed(["sweep", point, "epochs=3", "--dry-run"]);
  await repository.succeed(["exp", "run", "-n", "b", "-S", "lr=2", "-S", "epochs=3"]);
  expect(inChain(repository, "b", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(await planned("lr=2")).toContain("1 new");
  await repository.succeed(["exp", "run", "--temp", "--rev", "a", "-n", "c", "-S", "lr=3", "-S", "epochs=3"]);
  expect(await planned("lr=3")).toContain("1 new");
  // From an earlier checkpoint of the same point it is that point.
  await repository.succeed(["exp", "run", "--reset", "-n", "d", "-S", "lr=4", "-S", "epochs=3"]);
  const [first = ""] = chainOf(repository, "d");
  await repository.succeed(["exp", "run", "--temp", "--rev", first, "-n", "e"]);
  await repository.succeed(["exp", "remove", "d"]);
  expect(await planned("lr=4")).toContain("0 new");
});

test("a run that goes on and ends before its first checkpoint leaves the outputs that it went on from", async () => {
  const torn = '[ "$i" = "$FAIL_AT" ] && { echo "torn $$" > model.txt; echo torn > metrics.json; exit 3; }';
  const repository = makeTraining(training().replace("  make_checkpoint\n", `  ${torn}\n  make_checkpoint\n`));
  const failing = { env: { FAIL_AT: "3" } };
  for (const _ of ["first", "again"]) {
    expect((await repository.run(["exp", "run", "-n", "c"], failing)).exitCode).toBe(255);
    expect([repository.read("model.txt"), repository.read("metrics.json")]).toEqual(["1 1\n2 1\n", '{"epoch": 2}\n']);
  }
  await repository.succeed(["exp", "run"]);
  expect(inChain(repository, "c", "metrics.json")).toEqual(epochs(1, 2, 3));
});

test("--reset starts over; an output that was edited since is not written over", async () => {
  const repository = makeTraining(training());
  await repository.succeed(["exp", "run", "-n", "a"]);
  repository.write({ "model.txt": "mine\n" });
  const refused = await repository.run(["-v", "exp", "run"]);
  expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("CODE: CHECKPOINT_EDITED")]);
  expect(repository.read("model.txt")).toBe("mine\n");
  const before = chainOf(repository, "a");
  await repository.succeed(["exp", "run", "--reset", "-n", "a", "-S", "lr=2"]);
  expect(repository.read("model.txt")).toBe("1 2\n2 2\n3 2\n");
  expect(chainOf(repository, "a").filter((commit) => before.includes(commit))).toEqual([]);
});

test("a point that failed after a checkpoint is no finished one; retried, it goes on; with --force it starts over", async () => {
  const fails = makeTraining(training({ each: `[ "$i" = 2 ] && [ -e "$HOME/refuse" ] && exit 3 || :` }));
  fails.write({ "../home/refuse": "" });
  expect((await fails.run(["sweep", "-n", "s", "lr=2"])).exitCode).toBe(1);
  expect(inChain(fails, "s-1", "metrics.json")).toEqual(epochs(1, 2));
  // One row in the state of the entry, with what its chain says.
  const shown = await fails.succeed(["exp", "show", "--csv", "--columns", "State,epoch"]);
  expect(shown.trimEnd().split(/\r?\n/).slice(3)).toEqual(["s-1,Failed,2", ",,1"]);
  rmSync(path.join(fails.root, "home/refuse"));
  await fails.succeed(["sweep", "-n", "s", "--retry-failed", "lr=2"]);
  expect(inChain(fails, "s-1", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(await fails.succeed(["exp", "logs", "s-1"])).toContain("starts at 2");
  expect(await fails.succeed(["sweep", "-n", "s", "lr=2"])).not.toContain("starts at");
  await fails.succeed(["sweep", "-n", "s", "--force", "lr=2"]);
  expect(await fails.succeed(["exp", "logs", "s-1"])).toContain("starts at 0");
  expect(fails.experimentRefs()).toHaveLength(1);
});

test("checkpoints of a task that is removed stay, and are no finished point", async () => {
  const fails = makeTraining(training({ each: `[ "$i" = 2 ] && [ -e "$HOME/refuse" ] && exit 3 || :` }));
  fails.write({ "../home/refuse": "" });
  for (const [name, remove] of [
    ["s", ["queue", "remove", "--failed"]],
    ["t", ["exp", "remove", "--queue"]],
  ] as const) {
    const point = `lr=${name === "s" ? 2 : 3}`;
    expect((await fails.run(["sweep", "-n", name, point])).exitCode).toBe(1);
    if (name === "t") await fails.succeed(["queue", "retry", "t-1"]);
    const said = await fails.succeed([...remove]);
    if (name === "s") expect(said).toContain("Their checkpoints stay, as experiments: s-1 (");
    expect(inChain(fails, `${name}-1`, "metrics.json")).toEqual(epochs(1, 2));
    expect(await fails.succeed(["sweep", "-n", name, point, "--dry-run"])).toContain("1 new");
  }
  rmSync(path.join(fails.root, "home/refuse"));
  await fails.succeed(["sweep", "-n", "s", "lr=2"]);
  expect(inChain(fails, "s-2", "metrics.json")).toEqual(epochs(1, 2, 3));
});

test.each(["SIGINT", "SIGKILL"] as const)(
  "what %s ended in the workspace is no finished point of a sweep, and goes on",
  async (signal) => {
    const { gate, repository } = await heldTraining("hold");
    repository.write({ hold: "" });
    const running = repository.start(["exp", "run", "-n", "w", "-S", "lr=2"]);
    await gate.nextCall();
    const planned = async () => repository.succeed(["sweep", "lr=2", "--dry-run"]);
    expect(await planned()).toContain("1 new");
    const ended = await running.kill(signal);
    if (signal === "SIGINT") {
      expect(ended.exitCode).toBe(252);
      expect(ended.stderr).toContain(`goes on from ${chainOf(repository, "w").at(-1)?.slice(0, 7)}`);
    } else expect(ended.signal).toBe(signal);
    expect(await planned()).toContain("1 new");
    expect(inChain(repository, "w", "metrics.json")).toEqual(epochs(1, 2));
    expect(repository.git("rev-parse", "refs/exps/exec/EXEC_APPLY")).toBe(chainOf(repository, "w").at(-1));
    const taken = await repository.run(["exp", "run", "--queue", "-n", "w", "-S", "lr=3"]);
    expect([taken.exitCode, taken.stderr]).toEqual([255, expect.stringContaining("existing experiment 'w'")]);
    rmSync(path.join(repository.folder, "hold"));
    // The same line again.
    const again = await repository.succeed(["exp", "run", "-n", "w", "-S", "lr=2"]);
    expect(again).toContain("Existing checkpoint experiment 'w' will be resumed");
    expect(inChain(repository, "w", "metrics.json")).toEqual(epochs(1, 2, 3));
    expect(await planned()).toContain("0 new");
  },
);

test("ended after its last checkpoint: the next run has nothing more to register, and is done all the same", async () => {
  const { gate, repository } = await heldTraining("hold");
  repository.write({ hold: "" });
  const line = ["exp", "run", "-n", "w", "-S", "epochs=2"];
  const running = repository.start(line);
  await gate.nextCall();
  expect((await running.kill("SIGINT")).exitCode).toBe(252);
  expect(await repository.succeed(["sweep", "epochs=2", "--dry-run"])).toContain("1 new");
  await repository.succeed(line);
  expect(inChain(repository, "w", "metrics.json")).toEqual(epochs(1, 2));
  expect(await repository.succeed(["sweep", "epochs=2", "--dry-run"])).toContain("0 new");
});

test("a matrix job that was killed goes on from the last checkpoint of its point, whose chain is its result", async () => {
  const hold = path.join(makeTraining("").root, "hold");
  const { gate, repository } = await heldTraining(hold);
  repository.git("init", "--quiet", "--bare", "../git-remote");
  repository.git("remote", "add", "origin", "../git-remote");
  await repository.succeed(["remote", "add", "-d", "store", "../store"]);
  repository.write({ [path.relative(repository.folder, hold)]: "", "../store/there": "" });
  repository.commit("with a store");
  repository.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
  await repository.succeed(["matrix", "plan", "-n", "p", "lr=2,3", "-o", "../plan.json"]);
  const job = ["matrix", "run", "--plan", "../plan.json", "--point", "0"];
  const running = repository.start(job);
  await gate.nextCall();
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  rmSync(hold);
  await repository.succeed(job);
  expect(inChain(repository, "p-1", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(await repository.succeed(["exp", "logs", "p-1"])).toContain("starts at 2");
  expect(await repository.succeed(job)).toContain("done before, nothing to do");
});
