/** What is Slurm's own: arrays and their limit, requeues, cancelling from both sides, its controller's death, GPUs. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { experimentNames, queueRefs } from "../../cli/exp-project.ts";
import { makeGate, makeGatedRepository, makeTemporaryFolder } from "../../rig/index.ts";
import { Slurm, slurmMissing } from "../../rig/slurm.ts";
import { leftovers, makeEngineProject } from "./project.ts";

const missing = slurmMissing();
const words = ["--engine", "slurm"];

describe.skipIf(missing !== undefined)(`on a Slurm of one node${missing === undefined ? "" : ` (${missing})`}`, () => {
  let slurm: Slurm;
  beforeAll(async () => {
    slurm = await Slurm.start({ cpus: 4, gpus: 2, maxArraySize: 5 });
  });
  const noJobs = () => slurm.until(() => slurm.jobs().length === 0, "no job to be left");

  test("more tasks than an array may have are several arrays, one after the other where --jobs limits them", async () => {
    const { repository } = makeEngineProject();
    const line = ["sweep", "-n", "p", "x=11,12,13,14,15,16", "--pack", "1", "-j", "2", ...words, "--detach"];
    const sent = await repository.succeed(line, { env: slurm.env });
    expect(sent).toMatch(/^Sent 6 experiments to slurm: jobs \d+, \d+\.$/m);
    expect(await repository.succeed(line, { env: slurm.env })).toMatch(/Nothing was sent/);
    const watched = await repository.run(line.slice(0, -1), { env: slurm.env });
    expect(watched.exitCode).toBe(0);
    expect(experimentNames(repository)).toHaveLength(6);
    await noJobs();
  });

  test("each task has a GPU of its own", async () => {
    const { repository } = makeEngineProject();
    await repository.succeed(["sweep", "-n", "p", "x=1,2", "--pack", "1", ...words, "--slurm", "gres=gpu:1"], {
      env: slurm.env,
    });
    for (const name of ["p-1", "p-2"])
      expect(await repository.succeed(["queue", "logs", name])).toMatch(/devices=[01]$/m);
    await noJobs();
  });

  test("an engine of the configuration has its own options, and the site's script", async () => {
    const { repository } = makeEngineProject();
    const { env } = slurm;
    const script = path.join(makeTemporaryFolder(), "site.sh");
    writeFileSync(script, '#!/bin/sh\nexport CUDA_VISIBLE_DEVICES="site $CUDA_VISIBLE_DEVICES"\nexec "$@"\n');
    for (const [key, value] of Object.entries({ type: "slurm", slurm: "gres=gpu:1", template: script, pack: "1" }))
      await repository.succeed(["config", `engine.gpu.${key}`, value]);
    await repository.succeed(["config", "engine.default", "gpu"]);
    await repository.succeed(["sweep", "-n", "p", "x=1,2"], { env });
    for (const name of ["p-1", "p-2"])
      expect(await repository.succeed(["queue", "logs", name])).toMatch(/devices=site [01]$/m);
    await noJobs();
  });

  test("what Slurm refuses is told in its words, and waits in the queue", async () => {
    const { repository } = makeEngineProject();
    const refused = await repository.run(["sweep", "-v", "x=1,2", ...words, "--slurm", "partition=nosuch"], {
      env: slurm.env,
    });
    expect(refused.stderr).toMatch(/Slurm refused the jobs: .*partition/);
    expect(refused.stderr).toMatch(/ENGINE_REFUSED/);
    expect(refused.exitCode).toBe(255);
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
    await repository.succeed(["queue", "start", ...words], { env: slurm.env });
    await noJobs();
    expect(experimentNames(repository)).toHaveLength(2);
  });

  test("queue kill, queue stop and Ctrl+C end experiments that run on a node", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const { env } = slurm;
    await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=1,2,3"]);
    await repository.succeed(["queue", "start", ...words, "--pack", "1", "-j", "1"], { env });
    const first = await gate.nextCall();
    await repository.succeed(["queue", "kill", "p-1"], { env });
    await first.waitForEnd();
    const second = await gate.nextCall();
    expect(await repository.succeed(["queue", "status"], { env })).toMatch(/Jobs of Slurm, .*running: /);
    await repository.succeed(["queue", "stop", "--kill"], { env });
    await second.waitForEnd();
    await noJobs();
    expect(queueRefs(repository)).toEqual(["failed/1", "queued/2", "queued/3"]);
    const run = repository.start(["exp", "run", "--run-all", ...words, "--pack", "1"], { env });
    const calls = [await gate.nextCall(), await gate.nextCall()];
    expect((await run.kill("SIGINT")).exitCode).toBe(252);
    for (const call of calls) await call.waitForEnd();
    await noJobs();
    expect(queueRefs(repository)).toEqual(["failed/1", "queued/2", "queued/3"]);
    expect(leftovers(repository)).toEqual([]);
  });

  test("scancel from outside gives the experiments back, and says so", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const run = repository.start(["sweep", "-n", "p", "x=1,2", ...words, "--pack", "2"], { env: slurm.env });
    const call = await gate.nextCall();
    slurm.tell("scancel", ...slurm.jobs());
    await call.waitForEnd();
    const { exitCode, stderr } = await run.result();
    expect(stderr).toMatch(/a job of Slurm was cancelled: its experiments wait in the queue/);
    expect(exitCode).toBe(1);
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
    await noJobs();
  });

  test("the signal before the time limit puts the task back: Slurm starts it again, and the experiment too", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const run = repository.start(["sweep", "-n", "p", "x=1,2", ...words, "--pack", "2"], { env: slurm.env });
    const call = await gate.nextCall();
    const [id = ""] = slurm.jobs();
    slurm.tell("scancel", "--batch", "--signal=USR1", id);
    await call.waitForEnd();
    await slurm.startAgain(id);
    await (await gate.nextCall()).finish({ files: { "out.txt": "1" } });
    await (await gate.nextCall()).finish({ files: { "out.txt": "2" } });
    expect((await run.result()).exitCode).toBe(0);
    expect(experimentNames(repository)).toEqual(["p-1", "p-2"]);
    await noJobs();
  });

  test("the controller's death is waited for", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const run = repository.start(["sweep", "-n", "p", "x=1,2", ...words, "--pack", "2"], { env: slurm.env });
    const call = await gate.nextCall();
    await slurm.saved();
    await slurm.kill("slurmctld", "SIGKILL");
    await run.printed("Slurm does not answer");
    await call.finish({ files: { "out.txt": "1" } });
    await (await gate.nextCall()).finish({ files: { "out.txt": "2" } });
    slurm.startDaemon("slurmctld");
    expect((await run.result()).exitCode).toBe(0);
    expect(experimentNames(repository)).toEqual(["p-1", "p-2"]);
    await noJobs();
  });

  test("search asks for the next point as results come", async () => {
    const { repository } = makeEngineProject();
    await repository.succeed(["search", "x=range(11,19)", "--metric", "score", "--trials", "3", "-j", "2", ...words], {
      env: slurm.env,
    });
    expect(experimentNames(repository)).toHaveLength(3);
    await noJobs();
  });
});
