/** One workspace, our commands and DVC's at the same time: each keeps out of what the other's running stage uses. */
import { expect, test } from "vitest";
import { makeGate, makeRepository } from "../rig/index.ts";
import { describeWithDvc, dvc, runDvc, startDvc } from "./peers.ts";

async function makeHeld() {
  const gate = await makeGate("hold");
  const stages = {
    hold: { cmd: gate.command, deps: ["raw.txt"], outs: ["data"] },
    other: { cmd: "cp raw.txt other.txt", deps: ["raw.txt"], outs: ["other.txt"] },
  };
  const files = { "raw.txt": "raw\n", "dvc.yaml": `${JSON.stringify({ stages })}\n` };
  return { gate, repository: makeRepository({ files }) };
}

describeWithDvc("one workspace at the same time", () => {
  test("our stage runs: DVC is refused its files and may run others", async () => {
    const { gate, repository } = await makeHeld();
    const running = repository.start(["repro", "hold"]);
    const call = await gate.nextCall();
    const refused = await runDvc(repository, ["repro", "hold"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain(`(PID ${running.child.pid}): sweepline repro hold`);
    await dvc(repository, "repro", "other");
    await call.finish({ files: { data: "made\n" } });
    expect(await running.result()).toMatchObject({ exitCode: 0 });
    expect(await dvc(repository, "status")).toContain("up to date");
  });

  test("DVC's stage runs: we are refused its files and may run others", async () => {
    const { gate, repository } = await makeHeld();
    const running = startDvc(repository, ["repro", "hold"]);
    const call = await gate.nextCall();
    const refused = await repository.run(["repro", "hold"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toMatch(/'data' is in use by another process: '.*dvc repro hold' \(pid \d+\)/);
    await repository.succeed(["repro", "other"]);
    await call.finish({ files: { data: "made\n" } });
    expect(await running.result()).toMatchObject({ exitCode: 0 });
    expect(await repository.succeed(["status"])).toContain("up to date");
  });
});
