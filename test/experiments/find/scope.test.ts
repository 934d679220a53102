/** Where conditions look: every command that takes one at the experiments of HEAD, unless it is told of other commits. */
import { beforeAll, expect, test } from "vitest";
import { experimentNames } from "../../cli/exp-project.ts";
import type { Repository } from "../../rig/index.ts";
import { addExperiments, makePlainRepository } from "./found-project.ts";

let made: Repository;
let first: string;

beforeAll(async () => {
  made = makePlainRepository({ lr: 1 });
  addExperiments(made, {
    old1: { params: { lr: 1 }, metrics: { accuracy: 0.7 } },
    old2: { params: { lr: 2 }, metrics: { accuracy: 0.9, only_old: 1 } },
  });
  await made.succeed(["exp", "run", "--queue", "-n", "waits", "-S", "lr=7"]);
  first = made.git("rev-parse", "HEAD");
  made.write({ "notes.txt": "two\n" });
  made.commit("two");
  addExperiments(made, {
    new1: { params: { lr: 1 }, metrics: { accuracy: 0.6 } },
    new2: { params: { lr: 2 }, metrics: { accuracy: 0.8 } },
  });
});

test("what is looked at by a condition is what it removes, lists, pushes and compares", async () => {
  const repository = made.copy();
  const where = ["--where", "accuracy > 0.65", "--where", "lr > 0"];
  const listed = async (...args: string[]) =>
    (await repository.succeed(["exp", "list", "--name-only", ...args])).trim().split("\n").sort();
  expect(await listed(...where)).toEqual(["new2"]);
  expect(await listed("-A", ...where)).toEqual(["new2", "old1", "old2"]);
  expect(await listed("--rev", first, ...where)).toEqual(["old1", "old2"]);
  const shown = await repository.succeed(["exp", "show", "--csv", "--hide-workspace", ...where]);
  expect(shown.match(/(old|new)\d/g)).toEqual(["new2"]);
  const compared = JSON.parse(await repository.succeed(["exp", "diff", "--json", "--all", ...where]));
  expect(compared.metrics).toEqual({ "metrics.json": { accuracy: { new2: 0.8 } } });
  const all = JSON.parse(await repository.succeed(["exp", "diff", "--json", "--all", "-A", ...where]));
  expect(Object.keys(all.metrics["metrics.json"].accuracy).sort()).toEqual(["new2", "old1", "old2"]);
  repository.git("init", "--quiet", "--bare", "../there.git");
  const pushed = JSON.parse(
    await repository.succeed(["exp", "push", "../there.git", "--no-cache", "--json", ...where]),
  );
  expect(pushed.pushed.map(({ name }: { name: string }) => name)).toEqual(["new2"]);
  const removed = JSON.parse(await repository.succeed(["exp", "remove", "--json", ...where]));
  expect(removed.removed).toEqual(["new2"]);
  expect(experimentNames(repository).sort()).toEqual(["new1", "old1", "old2"]);
  await repository.succeed(["exp", "remove", "--rev", first, "--where", "lr == 2"]);
  expect(experimentNames(repository).sort()).toEqual(["new1", "old1"]);
  await repository.succeed(["exp", "remove", "-A", "--where", "accuracy > 0"]);
  expect(experimentNames(repository).sort()).toEqual([]);
});

test("what a condition does not look at stays where others are kept, or a sweep or the queue is named beside it", async () => {
  const repository = made.copy();
  await repository.succeed(["exp", "remove", "--keep", "--where", "lr == 2"]);
  expect(experimentNames(repository).sort()).toEqual(["new2", "old1", "old2"]);
  const none = await repository.run(["exp", "remove", "--queue", "--where", "lr == 7"]);
  expect(none).toMatchObject({ exitCode: 0, stdout: "No experiments to remove.\n" });
  expect(none.stderr).toContain("1 experiment derives from another commit");
  const queue = await repository.succeed(["exp", "remove", "-A", "--queue", "--where", "lr == 7 or lr == 2", "--json"]);
  expect(JSON.parse(queue).removed).toEqual(["waits"]);
  expect(experimentNames(repository).sort()).toEqual(["new2", "old1", "old2"]);
});

test("a condition that holds elsewhere only says where, and how to get there", async () => {
  const repository = made.copy();
  repository.git("init", "--quiet", "--bare", "../there.git");
  const hint = `HINT: It holds for experiments elsewhere: 1 experiment derives from another commit (${first.slice(0, 7)}). -A looks at all commits`;
  const where = ["--where", "accuracy > 0.85"];
  for (const args of [
    ["exp", "list"],
    ["exp", "show", "--csv"],
    ["exp", "remove"],
    ["exp", "push", "../there.git", "--no-cache"],
  ]) {
    const { exitCode, stderr } = await repository.run([...args, ...where]);
    expect(stderr, args.join(" ")).toContain(hint);
    expect(exitCode, args.join(" ")).toBe(0);
  }
  for (const args of [
    ["exp", "diff", ...where],
    ["exp", "compare", ...where],
    ["exp", "apply", "--best", "accuracy", ...where],
    ["exp", "show", "--csv", "--where", "only_old == 1"],
    ["exp", "apply", "--best", "only_old", "--max"],
  ]) {
    const { exitCode, stderr } = await repository.run(args);
    expect(stderr, args.join(" ")).toContain(hint);
    expect(exitCode, args.join(" ")).not.toBe(0);
  }
  for (const args of [["status"], ["retry"], ["remove"]]) {
    const { stderr } = await repository.run(["queue", ...args, "--where", "lr == 7 and state == queued"]);
    expect(stderr.includes("1 experiment derives"), args.join(" ")).toBe(args[0] !== "retry");
  }
  expect(experimentNames(repository).sort()).toEqual(["new1", "new2", "old1", "old2"]);
  const status = JSON.parse(await repository.succeed(["queue", "status", "-A", "--json", "--where", "lr == 7"]));
  expect(status.tasks.map(({ name }: { name: string }) => name)).toEqual(["waits"]);
  await repository.succeed(["exp", "apply", "--best", "accuracy"]);
  expect(repository.read("params.yaml")).toContain('"lr":2');
  expect(repository.read("metrics.json")).toContain("0.8");
});

test("a remote's experiments of other commits are not looked at either", async () => {
  const repository = made.copy();
  repository.git("init", "--quiet", "--bare", "../there.git");
  await repository.succeed(["exp", "push", "../there.git", "-A", "--no-cache"]);
  const there = await repository.run(["exp", "list", "../there.git", "--name-only", "--where", "accuracy > 0.85"]);
  expect(there).toMatchObject({ exitCode: 0, stdout: "" });
  expect(there.stderr).toContain("HINT: 2 experiments there derive from other commits");
  await repository.succeed(["exp", "remove", "-g", "../there.git", "--keep", "--where", "accuracy > 0.7"]);
  const left = await repository.succeed(["exp", "list", "../there.git", "-A", "--name-only"]);
  expect(left.trim().split("\n").sort()).toEqual(["new2", "old1", "old2"]);
});

test("-A without a condition is refused where it would say nothing", async () => {
  for (const args of [
    ["exp", "diff", "-A"],
    ["exp", "compare", "new1", "-A"],
    ["queue", "retry", "--failed", "-A"],
  ])
    expect(await made.run(args), args.join(" ")).toMatchObject({ exitCode: 254 });
});
