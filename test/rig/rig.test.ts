import { describe, expect, test } from "vitest";
import { makeGate, makePipelineRepository, makeRepository } from "./index.ts";

describe("a repository", () => {
  test("holds its files in one commit, and runs the real binary", async () => {
    const repository = makeRepository({ files: { "a/b.txt": "one\n" } });
    expect(repository.git("log", "--format=%an %ae %s")).toBe("Tester tester@example.com start");
    expect(repository.git("status", "--porcelain")).toBe("");
    expect(repository.read("a/b.txt")).toBe("one\n");
    const result = await repository.run(["--version"]);
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("passes nothing of the caller's environment on", async () => {
    process.env.SWEEPLINE_RIG_LEAK = "1";
    const repository = makeRepository({ git: false, dvc: false });
    const { stdout } = await repository.startProgram("env", []).result();
    delete process.env.SWEEPLINE_RIG_LEAK;
    expect(stdout).toContain(`HOME=${repository.root}`);
    expect(stdout).not.toContain("SWEEPLINE_RIG_LEAK");
  });

  test("hands stdin over, tells the exit code, and waits for printed text", async () => {
    const repository = makeRepository({ git: false });
    const running = repository.startProgram("sh", ["-c", "cat; echo done >&2; exit 3"], { stdin: "in\n" });
    await running.printed("done");
    expect(await running.result()).toMatchObject({ stdout: "in\n", stderr: "done\n", exitCode: 3 });
  });

  test("carries the pipeline", () => {
    const repository = makePipelineRepository({ files: { "params.yaml": "seed: 1\n" } });
    expect(repository.read("params.yaml")).toBe("seed: 1\n");
    expect(repository.exists("src/train.sh")).toBe(true);
  });
});

describe("a gate", () => {
  test("holds a command, then lets it write and fail", async () => {
    const gate = await makeGate("train");
    const repository = makeRepository({ git: false });
    const running = repository.startProgram("sh", ["-c", gate.command]);
    const call = await gate.nextCall();
    expect(call).toMatchObject({ folder: repository.folder, state: "held" });
    expect(gate.held()).toHaveLength(1);
    await call.finish({ exitCode: 4, files: { "out/a.txt": "a" }, stdout: "bye\n" });
    expect(await running.result()).toMatchObject({ exitCode: 4, stdout: "bye\n" });
    expect(repository.read("out/a.txt")).toBe("a");
    await expect(call.finish()).rejects.toThrow("it is ended");
  });

  test("tells the end of a command that somebody else killed", async () => {
    const gate = await makeGate("train");
    const repository = makeRepository({ git: false });
    const running = repository.startProgram("sh", ["-c", `exec ${gate.command}`]);
    const call = await gate.nextCall();
    process.kill(call.pid, "SIGKILL");
    await call.waitForEnd();
    expect((await running.result()).signal).toBe("SIGKILL");
    expect(gate.held()).toHaveLength(0);
  });
});
