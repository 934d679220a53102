/** One workspace, several commands: they don't run over each other, and nobody waits for the dead. */
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { RwLock } from "../../../src/pipeline/locks/rwlock.ts";
import { binary, type Gate, makeGate, makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";

interface Shared {
  readonly gate: Gate;
  readonly repository: Repository;
}

/** A stage `hold` in the hands of the test, and one beside it that has nothing to do with it. */
async function makeShared(prefix = ""): Promise<Shared> {
  const gate = await makeGate("hold");
  const stages = {
    hold: { cmd: `${prefix}${gate.command}`, params: ["x"], deps: ["raw.txt"], outs: ["data"] },
    other: { cmd: "cp raw.txt other.txt", deps: ["raw.txt"], outs: ["other.txt"] },
    nested: { cmd: `"${process.execPath}" "${binary}" repro -s other && cp raw.txt nested.txt`, outs: ["nested.txt"] },
  };
  const files = { "params.yaml": "x: 1\n", "raw.txt": "raw\n", "dvc.yaml": `${JSON.stringify({ stages })}\n` };
  return { gate, repository: makeRepository({ files }) };
}

const written = { files: { data: "made\n" } };

describe("while a stage runs in the workspace", () => {
  test("what touches its files is refused by name, what does not may run", async () => {
    const { gate, repository } = await makeShared();
    const running = repository.start(["repro", "hold"]);
    const call = await gate.nextCall();
    const inUse = `in use by another process: 'sweepline repro hold' (pid ${running.child.pid})`;
    for (const args of [
      ["repro", "hold"],
      ["commit", "-f", "hold"],
      ["exp", "run", "hold", "-S", "x=2"],
    ]) {
      const refused = await repository.run(args);
      expect([args, refused.exitCode]).toEqual([args, 255]);
      expect(refused.stderr).toContain(inUse);
    }
    expect(repository.read("params.yaml")).toBe("x: 1\n");
    await repository.succeed(["repro", "other"]);
    await repository.succeed(["exp", "run", "--temp", "other"]);
    await call.finish(written);
    expect(await running.result()).toMatchObject({ exitCode: 0 });
    expect(gate.calls).toHaveLength(1);
    const lock = repository.read("dvc.lock");
    expect(lock).toContain("hold:");
    expect(lock).toContain("other:");
    expect(await repository.succeed(["repro", "hold", "other"])).toContain("Data and pipelines are up to date.");
  });

  test("of an experiment: nothing else is done to its files", async () => {
    const { gate, repository } = await makeShared();
    const running = repository.start(["exp", "run", "hold", "-S", "x=2"]);
    const call = await gate.nextCall();
    const refused = await repository.run(["repro", "hold"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain(`'sweepline exp run hold -S x=2' (pid ${running.child.pid})`);
    await call.finish(written);
    expect(await running.result()).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ["in the stage's group", ""],
    ["in a session of their own", "setsid -w "],
  ])("its process is killed: the next command ends the stage's processes %s, and runs it", async (_, prefix) => {
    const { gate, repository } = await makeShared(prefix);
    const killed = repository.start(["repro", "hold"]);
    const orphan = await gate.nextCall();
    // Refused once the stage has gone on for a moment and the lock was let go.
    expect((await repository.run(["repro", "hold"])).exitCode).toBe(255);
    // Its output stays open as long as the stage lives: only the process itself is waited for.
    const ended = new Promise((resolve) => killed.child.once("exit", resolve));
    killed.child.kill("SIGKILL");
    await ended;
    const running = repository.start(["repro", "hold"]);
    await orphan.waitForEnd();
    const call = await gate.nextCall();
    await call.finish(written);
    expect(await running.result()).toMatchObject({ exitCode: 0 });
    expect((await killed.result()).signal).toBe("SIGKILL");
    expect(readdirSync(path.join(repository.folder, ".dvc/tmp/exps/sweepline/stages"))).toEqual([]);
  });

  test("it is stopped: so are processes that left its group", async () => {
    const { gate, repository } = await makeShared("setsid -w ");
    const running = repository.start(["repro", "hold"]);
    const call = await gate.nextCall();
    expect((await running.kill("SIGTERM")).exitCode).toBe(252);
    await call.waitForEnd();
  });

  test("its command may call sweepline itself", async () => {
    const { repository } = await makeShared();
    await repository.succeed(["repro", "-s", "nested"]);
    const lock = repository.read("dvc.lock");
    expect(lock).toContain("nested:");
    expect(lock).toContain("other:");
  });
});

describe("rwlock", () => {
  const self = { pid: process.pid, cmd: "sweepline repro" };
  const script = "setTimeout(() => {}, 60_000) // repro";
  const parent = { pid: 0, cmd: `node -e ${script}` };
  beforeAll(() => {
    const other = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
    parent.pid = other.pid ?? 0;
    return () => {
      other.kill();
    };
  });
  const lockOf = (content: unknown) => {
    const folder = makeTemporaryFolder();
    mkdirSync(folder, { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(path.join(folder, "rwlock"), text);
    return { folder, lock: new RwLock(folder, self) };
  };
  const use = { reads: ["/p/raw"], writes: ["/p/out"] };

  test.each([
    ["a writer of what we read", { write: { "/p/raw": parent } }, "/p/raw"],
    ["a writer in what we write", { write: { "/p/out/a": parent } }, "/p/out/a"],
    ["a writer of what we lie in", { write: { "/p": parent } }, "/p"],
    ["a reader of what we write", { read: { "/p/out": [{ pid: 4_194_000, cmd: "gone" }, parent] } }, "/p/out"],
    ["another reader", { read: { "/p/raw": [parent] } }, undefined],
    ["a writer of something else", { write: { "/p/out2": parent } }, undefined],
    ["ourselves", { write: { "/p/out": self } }, undefined],
    ["a dead process", { write: { "/p/out": { pid: 4_194_000, cmd: "dvc repro" } } }, undefined],
    [
      "a reused pid",
      { write: { "/p/out": { pid: process.ppid, cmd: "/bin/no-such-program repro train" } } },
      undefined,
    ],
    ["nonsense", '{"write": {"/p/out": ', undefined],
    ["JSON of another kind", { write: ["/p/out"], read: { "/p/out": "x" } }, undefined],
  ])("%s", (_, content, file) => {
    const { lock } = lockOf(content);
    expect(lock.blocker(use)?.file).toBe(file);
  });

  test.each([
    ["its own words", "sleep 60"],
    ["no words", ""],
    ["a part of its words", "lee"],
    ["DVC's words", "dvc repro"],
    ["words of which it has the last", "python 60"],
  ])("a process that is no DVC and none of ours, by %s", (_, cmd) => {
    const sleeping = spawn("sleep", ["60"], { stdio: "ignore" });
    try {
      const { lock } = lockOf({ write: { "/p/out": { pid: sleeping.pid, cmd } } });
      expect(lock.blocker(use)).toBeUndefined();
    } finally {
      sleeping.kill();
    }
  });

  test("others' entries stay, those of the dead go, ours come and go", () => {
    const dead = { pid: 4_194_000, cmd: "dvc repro" };
    const { folder, lock } = lockOf({ write: { "/p/a": parent, "/p/b": dead }, read: { "/p/c": [parent, dead] } });
    const content = () => JSON.parse(readFileSync(path.join(folder, "rwlock"), "utf8")) as unknown;
    lock.write([use]);
    expect(content()).toEqual({
      write: { "/p/a": parent, "/p/out": self },
      read: { "/p/c": [parent], "/p/raw": [self] },
    });
    lock.write([]);
    expect(content()).toEqual({ write: { "/p/a": parent }, read: { "/p/c": [parent] } });
  });
});
