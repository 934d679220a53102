/** A stage that several running experiments need is run once: the others wait for it, and go on whatever becomes of it. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { experimentNames, queueRefs } from "../cli/exp-project.ts";
import { type Gate, makeGate, makeRepository, type Repository } from "../rig/index.ts";

interface Shared {
  readonly gate: Gate;
  readonly repository: Repository;
}

/** Two stages: a gate that no parameter touches, and one that needs it and the parameter `x`. */
async function sharedStage(): Promise<Shared> {
  const gate = await makeGate("first");
  const pipeline = {
    stages: {
      first: { cmd: gate.command, deps: ["raw.txt"], outs: ["first.txt"] },
      second: {
        cmd: "cat first.txt params.yaml > second.txt",
        deps: ["first.txt"],
        params: ["x"],
        outs: ["second.txt"],
      },
    },
  };
  const files = { "params.yaml": "x: 0\n", "raw.txt": "raw\n", "dvc.yaml": `${JSON.stringify(pipeline, null, 2)}\n` };
  return { gate, repository: makeRepository({ files }) };
}

const written = { files: { "first.txt": "made\n" } };
const waits = '"stage":"first","action":"waiting"';
const leases = (repository: Repository) => readdirSync(path.join(repository.folder, ".dvc/cache/running"));

test("a sweep over what only the second stage uses: the first runs once", async () => {
  const { gate, repository } = await sharedStage();
  const sweep = repository.start(["sweep", "x=1,2", "--jobs", "2", "--json"]);
  const call = await gate.nextCall();
  await sweep.printed(waits);
  await call.finish(written);
  const { stdout, exitCode } = await sweep.result();
  expect(exitCode).toBe(0);
  expect(gate.calls).toHaveLength(1);
  expect(stdout).toMatch(/"action":"waiting","owner":"experiment '[^"]+'"/);
  expect(stdout).toContain('"stage":"first","action":"restored"');
  expect(experimentNames(repository)).toHaveLength(2);
  expect(leases(repository)).toEqual([]);
});

test("whoever needs a stage that fails runs it itself", async () => {
  const { gate, repository } = await sharedStage();
  const sweep = repository.start(["sweep", "x=1,2", "--jobs", "2", "--json"]);
  const call = await gate.nextCall();
  await sweep.printed(waits);
  await call.fail(3);
  await (await gate.nextCall()).fail(4);
  expect(await sweep.result()).toMatchObject({ exitCode: 1 });
  expect(gate.calls).toHaveLength(2);
  expect(leases(repository)).toEqual([]);
});

test("two processes: the owner is killed, the one that waits runs the stage, then what the other one had", async () => {
  const { gate, repository } = await sharedStage();
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=1,2"]);
  const owner = repository.start(["exp", "run", "--run-all", "--json"]);
  const lost = await gate.nextCall();
  const other = repository.start(["exp", "run", "--run-all", "--json"]);
  await other.printed(waits);
  expect((await owner.kill("SIGKILL")).signal).toBe("SIGKILL");
  const again = await gate.nextCall();
  await again.finish(written);
  expect(await other.result()).toMatchObject({ exitCode: 0 });
  await lost.waitForEnd();
  expect(experimentNames(repository)).toEqual(["p-1", "p-2"]);
  expect(gate.calls).toHaveLength(2);
  expect(leases(repository)).toEqual([]);
});

test("Ctrl+C ends the waiting; what the workspace's repro makes is restored later", async () => {
  const { gate, repository } = await sharedStage();
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=1"]);
  const repro = repository.start(["repro"]);
  const call = await gate.nextCall();
  const waiting = repository.start(["exp", "run", "--run-all", "--json"]);
  await waiting.printed(`${waits},"owner":"'sweepline repro'"`);
  expect((await waiting.kill("SIGINT")).exitCode).toBe(252);
  expect(queueRefs(repository)).toEqual(["queued/1"]);
  await call.finish(written);
  expect(await repro.result()).toMatchObject({ exitCode: 0 });
  await repository.succeed(["exp", "run", "--run-all"]);
  expect(gate.calls).toHaveLength(1);
  expect(experimentNames(repository)).toEqual(["p"]);
});
