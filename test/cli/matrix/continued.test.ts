/** Jobs of a matrix in clones of their own, of a bare repository and a storage folder: what one began, the next goes on with. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type Gate, makeGate, Repository, waitLimitMs } from "../../rig/index.ts";
import { chainOf, inChain, makeTraining, training } from "../checkpoint-project.ts";

const epochs = (...numbers: number[]) => numbers.map((epoch) => `{"epoch": ${epoch}}`);

/** The key of that content in a cache. */
function data(content: string): string {
  return createHash("md5").update(content).digest("hex").slice(2);
}

interface Setting {
  /** Where the plan was made; it runs nothing. */
  readonly planner: Repository;
  readonly bare: string;
  readonly gate: Gate;
  /** Called after each push, while `hold` is there. */
  readonly push: Gate;
  /** While it is there, trainings wait at the gate after their second epoch, with a torn model. */
  readonly hold: string;
  /** A clone with nothing but what the bare repository has. */
  clone(): Repository;
  remoteRefs(): readonly string[];
}

const job = ["matrix", "run", "--plan", "../../plan.json", "--point", "0", "--push-every", "1ms"];

/** @param held the `lr` of the point whose trainings are held */
async function setUp(held = 2): Promise<Setting> {
  const hold = path.join(makeTraining("").root, "hold");
  const gate = await makeGate("hold");
  const each = `[ "$i$lr" = 2${held} ] && [ -e ${hold} ] && { echo torn > model.txt; ${gate.command}; } || :`;
  const planner = makeTraining(training({ each }));
  writeFileSync(hold, "");
  const bare = path.join(planner.root, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare], { env: planner.env });
  const push = await makeGate("push");
  mkdirSync(path.join(bare, "hooks"), { recursive: true });
  const hook = `#!/bin/sh\n[ ! -e "${hold}" ] || ${push.command}\n`;
  planner.git("remote", "add", "origin", bare);
  mkdirSync(path.join(planner.root, "store"));
  await planner.succeed(["remote", "add", "-d", "store", path.join(planner.root, "store")]);
  planner.commit("with a store");
  planner.git("push", "--quiet", "origin", "HEAD:refs/heads/main");
  writeFileSync(path.join(bare, "hooks/post-receive"), hook, { mode: 0o755 });
  await planner.succeed(["matrix", "plan", "-n", "p", "lr=2,3", "-o", "../plan.json"]);
  let clones = 0;
  const clone = () => {
    const root = path.join(planner.root, `clone-${++clones}`);
    mkdirSync(root);
    const copy = new Repository(root);
    execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${bare}`, copy.folder], { env: copy.env });
    return copy;
  };
  const remoteRefs = () => {
    const lines = planner.git("ls-remote", "origin", "refs/exps/*", "refs/sweeps/*").split("\n");
    return lines.flatMap((line) => line.split("\t")[1]?.replace(/^refs\/(sweeps\/s-\w+|exps\/\w+\/\w+)\//, "") ?? []);
  };
  return { planner, bare, gate, push, hold, clone, remoteRefs };
}

/** Lets the job push until the remote has the checkpoint of that epoch. */
async function pushed({ bare, push, planner }: Setting, epoch: number): Promise<void> {
  const git = (...args: string[]) => planner.git("--git-dir", bare, ...args);
  for (;;) {
    const call = await push.nextCall();
    const [ref = ""] = git("for-each-ref", "--format=%(refname)", "refs/sweeps").split("\n");
    const metrics = git("show", `${ref}:metrics.json`);
    await call.finish();
    if (metrics === `{"epoch": ${epoch}}`) return;
  }
}

test("a job that was killed: the next one, in another clone, goes on from the last checkpoint that was pushed", async () => {
  const setting = await setUp();
  const { gate, hold, clone, remoteRefs } = setting;
  const first = clone();
  const running = first.start(job);
  await gate.nextCall();
  await pushed(setting, 2);
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  expect(remoteRefs()).toEqual(["checkpoints/0"]);
  rmSync(first.folder, { recursive: true });
  rmSync(hold);

  const second = clone();
  const said = await second.succeed(job);
  expect(said).toMatch(/^p-1 goes on from checkpoint [0-9a-f]{7}, which another job pushed\.$/m);
  expect(await second.succeed(["exp", "logs", "p-1"])).toContain("starts at 2");
  expect(inChain(second, "p-1", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(remoteRefs()).toEqual(["p-1"]);
  expect(await clone().succeed(job)).toContain("done before, nothing to do");

  // Each checkpoint can be had, also those of the job that is gone.
  const third = clone();
  await third.succeed(["exp", "pull", "origin", "p-1"]);
  const [oldest = ""] = chainOf(third, "p-1");
  await third.succeed(["exp", "apply", oldest]);
  expect(third.read("model.txt")).toBe("1 2\n");
});

test("a job that is stopped pushes the last checkpoint before it ends, however seldom it pushes else", async () => {
  const setting = await setUp();
  const running = setting.clone().start([...job.slice(0, -1), "1h"]);
  await setting.gate.nextCall();
  const stopping = running.kill("SIGTERM");
  await pushed(setting, 2);
  expect((await stopping).exitCode).toBe(75);
  expect(setting.remoteRefs()).toEqual(["checkpoints/0"]);
});

test("results of a job that is killed later are in the remote: the next one runs what is missing", async () => {
  const setting = await setUp(3);
  const { gate, push, hold, clone, remoteRefs } = setting;
  const both = job.map((word) => (word === "0" ? "0-1" : word));
  const running = clone().start(both);
  await gate.nextCall();
  while (!remoteRefs().includes("p-1") || !remoteRefs().includes("checkpoints/1"))
    await (await push.nextCall()).finish();
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  rmSync(hold);
  const next = clone();
  const said = await next.succeed(both);
  expect(said).toContain("p-2 goes on from checkpoint");
  expect(said).toContain("Point 0-1: 1 done before; 1 pushed to 'origin'");
  expect(remoteRefs()).toEqual(["p-1", "p-2"]);
});

test("a point that exceeds its time in each job comes a checkpoint further in each clone", async () => {
  const { hold, clone, remoteRefs } = await setUp();
  rmSync(hold);
  const limited = [...job, "--timeout", "1ms", "--timeout-at", "checkpoint"];
  for (const epoch of [1, 2, 3]) {
    const { exitCode, stdout } = await clone().run(limited);
    expect([exitCode, stdout.includes("p-1 goes on from")]).toEqual([1, epoch > 1]);
    expect(remoteRefs()).toEqual(["checkpoints/0", "failed/0"]);
  }
  const last = clone();
  await last.succeed(job);
  expect(inChain(last, "p-1", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(remoteRefs()).toEqual(["p-1"]);
});

test("whose checkpoint has lost its data, or is another point's, starts over and says so; code comes from the plan's commit", async () => {
  const setting = await setUp();
  const { planner, gate, hold, clone, bare } = setting;
  const running = clone().start(job);
  await gate.nextCall();
  await pushed(setting, 2);
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  rmSync(hold);
  const git = (...args: string[]) => planner.git("--git-dir", bare, ...args);
  const [ref = ""] = git("for-each-ref", "--format=%(refname)", "refs/sweeps").split("\n");

  // With other code in it, and a link in the place of the metrics.
  const made = clone();
  made.git("fetch", "--quiet", "origin", ref);
  const tip = made.git("rev-parse", "FETCH_HEAD");
  const change = (name: string, mode: string, content: string) => {
    const blob = execFileSync("git", ["hash-object", "-w", "--stdin"], {
      cwd: made.folder,
      env: made.env,
      input: content,
    });
    made.git("update-index", "--cacheinfo", `${mode},${blob.toString().trim()},${name}`);
  };
  made.git("read-tree", tip);
  change("train.sh", "100755", "touch ../../hostile; exit 1\n");
  change("metrics.json", "120000", "/etc/passwd");
  const raw = made.git("cat-file", "commit", tip).replace(/^tree .*$/m, `tree ${made.git("write-tree")}`);
  const hash = ["hash-object", "-t", "commit", "-w", "--stdin"];
  const forged = execFileSync("git", hash, { cwd: made.folder, env: made.env, input: `${raw}\n` })
    .toString()
    .trim();
  made.git("push", "--quiet", "--force", "origin", `${forged}:${ref}`);
  const second = clone();
  expect(await second.succeed(job)).toContain("p-1 goes on from checkpoint");
  const result = chainOf(second, "p-1").at(-1) ?? "";
  expect(second.git("show", `${result}:metrics.json`)).toBe('{"epoch": 3}');
  expect(second.git("diff", "--name-only", "HEAD", result).split("\n")).toEqual([
    ...["dvc.lock", "metrics.json", "params.yaml"],
  ]);

  // Another point's.
  git("update-ref", ref.replace(/0$/, "1"), tip);
  const other = [...job.slice(0, 5), "1"];
  const third = await clone().run(other);
  expect(third.stderr).toContain("what the remote has as checkpoints of p-2 is none of the plan's");

  // Its data is gone.
  git("update-ref", "-d", second.experimentRefs()[0] ?? "");
  git("update-ref", ref, tip);
  rmSync(path.join(planner.root, "store/files"), { recursive: true });
  const fourth = await clone().run(job);
  expect(fourth.stderr).toMatch(
    /p-1 starts over: checkpoint [0-9a-f]{7} is in the remote, but the cache does not hold its 'model.txt'/,
  );
  expect(fourth.exitCode).toBe(0);
});

test("a job that writes a bundle leaves its checkpoints beside it: one in another clone that is given both goes on, and is counted", async () => {
  const setting = await setUp();
  const { gate, hold, clone, remoteRefs } = setting;
  const both = [...job.map((word) => (word === "0" ? "0-1" : word)), "-j", "2", "--bundle", "../../kept/r.bundle"];
  const kept = path.join(setting.planner.root, "kept");
  const first = clone();
  const running = first.start(both);
  await gate.nextCall();
  const inBundle = (name: string): string => {
    const file = path.join(kept, name);
    if (!existsSync(file)) return "";
    return name.endsWith(".bundle")
      ? first.git("bundle", "list-heads", file)
      : execFileSync("tar", ["-tf", file], { encoding: "utf8" });
  };
  // The result of the other point, and the data of the last checkpoint: no other is needed.
  const has = (name: string, part: string) =>
    expect.poll(() => inBundle(name).includes(part), { timeout: waitLimitMs }).toBe(true);
  await has("r.bundle", "/p-2");
  await has("r.checkpoints", data("1 2\n2 2\n"));
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  expect(inBundle("r.checkpoints")).not.toContain(data("1 2\n"));
  expect(remoteRefs()).toEqual([]);
  rmSync(first.folder, { recursive: true });

  const collect = ["matrix", "collect", "--plan", "../../plan.json", "--bundles", "../../kept"];
  const seen = await clone().run(collect);
  expect(seen.stdout).toContain("p-1 (point 0, job 0): 2 checkpoints in r.checkpoints");
  expect(seen.exitCode).toBe(1);

  rmSync(hold);
  const second = clone();
  const said = await second.succeed(both);
  expect(said).toMatch(/^p-1 goes on from checkpoint [0-9a-f]{7}, of the bundle\.$/m);
  expect(said).toContain("Point 0-1: 1 done before; bundled in");
  expect(inChain(second, "p-1", "metrics.json")).toEqual(epochs(1, 2, 3));
  expect(existsSync(path.join(kept, "r.checkpoints"))).toBe(false);
  expect(await clone().succeed(collect)).toContain("2 of 2 points done");
});

test("a job that is stopped bundles the last checkpoint before it ends; anybody can take it for an experiment", async () => {
  const { gate, clone } = await setUp();
  const bundled = [...job.slice(0, -1), "1h", "--bundle", "../../kept/r.bundle"];
  const running = clone().start(bundled);
  await gate.nextCall();
  expect((await running.kill("SIGTERM")).exitCode).toBe(75);
  const other = clone();
  await other.succeed(["exp", "unbundle", "../../kept/r.checkpoints"]);
  await other.succeed(["exp", "apply", "p-1"]);
  expect(other.read("model.txt")).toBe("1 2\n2 2\n");
});

test("a bundle and checkpoints that can't be read are written anew, and the point starts over", async () => {
  const { hold, planner, clone } = await setUp();
  rmSync(hold);
  mkdirSync(path.join(planner.root, "kept"));
  for (const name of ["r.bundle", "r.checkpoints"]) writeFileSync(path.join(planner.root, "kept", name), "no bundle\n");
  const { stdout, stderr, exitCode } = await clone().run([...job, "--bundle", "../../kept/r.bundle"]);
  expect(stderr).toContain("'../../kept/r.bundle' is written anew: it can't be read: it is no Git bundle");
  expect(stderr).toContain(
    "'../../kept/r.checkpoints' is written anew: it can't be read: it is no file of `exp bundle`",
  );
  expect(stdout).not.toContain("goes on from");
  expect(exitCode).toBe(0);
});
