/** What runs tell beside their results: on terminals, in CI, and where there is nothing to do. */
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { terminalOf } from "../../src/cli/terminal/terminal.ts";
import { KeptStream } from "../report/progress-events.ts";
import { binary, type Gate, makeGate, makeGatedRepository } from "../rig/index.ts";

function ioOf(env: Record<string, string>) {
  const stdout = new KeptStream({ columns: 100, rows: 10 }).asOutput();
  return { stdout, stderr: stdout, stdin: process.stdin, env, cwd: "" };
}

describe("colours of tables on a terminal", () => {
  test.each([{ CI: "1" }, { CI: "true" }, { TERM: "dumb" }, { NO_COLOR: "1" }])("none with %o", (env) => {
    expect(terminalOf(ioOf(env))).toEqual({ width: 100, colours: false });
  });

  test.each([{}, { CI: "" }, { CI: "false" }, { CI: "0" }])("some with %o", (env) => {
    expect(terminalOf(ioOf(env))).toEqual({ width: 100, colours: true });
  });
});

test("a wrong --sort-by is a warning: the table comes unsorted", async () => {
  const repository = makeGatedRepository("echo done > out.txt");
  const result = await repository.run(["sweep", "x=2", "--sort-by", "nope"]);
  expect(result.exitCode).toBe(0);
  expect(result.stderr).toContain("WARNING: Unknown sort column 'nope': the table is not sorted");
  expect(result.stdout).toContain("Experiment");
});

test("--fail-fast says why it stops, and what stays queued", async () => {
  const repository = makeGatedRepository("exit 3");
  const { exitCode, stdout } = await repository.run(["sweep", "x=2,3,4", "--fail-fast"]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain("stopping after the first failure");
  expect(stdout).not.toContain("interrupted");
  expect(stdout).toContain("2 still queued: the same command, or exp run --run-all, goes on\n");
});

test.each([
  ["sweep", "x=2"],
  ["exp", "run", "--run-all"],
])("--json with nothing to do: %s %s", async (...command) => {
  const repository = makeGatedRepository("echo done > out.txt");
  await repository.succeed(["sweep", "x=2"]);
  const lines = (await repository.succeed([...command, "--json"])).trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { type: "planned", total: 0 },
    {
      type: "summary",
      succeeded: [],
      failed: [],
      requeued: [],
      queued: 0,
      elsewhere: { running: 0, failed: 0, succeeded: 0 },
    },
  ]);
});

test.each([
  ["exit 3", { code: "STAGE_FAILED", command: "exit 3", exitCode: 3 }],
  ["kill -SEGV $$", { code: "STAGE_FAILED", command: "kill -SEGV $$", signal: "SIGSEGV" }],
  ["true", { code: "OUTPUT_MISSING", hint: "The stage's command ended well but did not write it." }],
])("--json says as data how a stage failed: %s", async (command, failure) => {
  const repository = makeGatedRepository(command);
  const { exitCode, stdout } = await repository.run(["sweep", "x=2", "--json"]);
  expect(exitCode).toBe(1);
  const events = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const told = { ...failure, stage: expect.any(String), message: expect.any(String), log: expect.any(String) };
  const failed = events.find(({ type }) => type === "failed");
  expect(failed).toMatchObject(told);
  const { type: _type, schema: _schema, experiment, at: _at, elapsedMs: _elapsed, ...facts } = failed;
  expect(events.at(-1).failed).toEqual([{ name: experiment.name, ...facts }]);
});

test.each([
  [["sweep", "x=2", "nosuch=1,2"], "PARAM_UNKNOWN_KEY"],
  [["exp", "run", "--temp", "-S", "x=[1"], "BRACKET_NOT_CLOSED"],
])("--json says as data why nothing ran: %j", async (command, code) => {
  const { exitCode, stdout, stderr } = await makeGatedRepository("true").run([...command, "--json"]);
  const [event, ...others] = stdout.trimEnd().split("\n");
  const told = JSON.parse(event ?? "");
  expect(told).toMatchObject({ schema: 1, type: "refused", code, message: expect.any(String), at: expect.any(Number) });
  expect(others).toEqual([]);
  expect(exitCode).toBeGreaterThan(1);
  expect(stderr).toContain(told.message.split("\n")[0]);
});

test("the same sweep twice at once: the second one says what the first one runs, and that it is not done", async () => {
  const gate = await makeGate("hold");
  const repository = makeGatedRepository(gate.command);
  const first = repository.start(["sweep", "x=2"]);
  const call = await gate.nextCall();
  const second = await repository.run(["sweep", "x=2"]);
  expect(second.exitCode).toBe(1);
  expect(second.stdout).toContain("1 is run by another process\n");
  await call.finish({ files: { "out.txt": "done\n" } });
  expect(await first.result()).toMatchObject({ exitCode: 0 });
});

/** A stage that will not listen: Node hears SIGTERM whatever it inherits, so the gate ends and the shell goes on. */
const deaf = (gate: Gate) => `trap '' TERM INT; ${gate.command}; sleep 600`;

describe("Ctrl+C tells what becomes of the work", () => {
  test("once, in a copy: it is back in the queue", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(gate.command);
    const running = repository.start(["exp", "run", "--temp", "-n", "t"]);
    await gate.nextCall();
    const { exitCode, stderr } = await running.kill("SIGINT");
    expect(exitCode).toBe(252);
    expect(stderr).toContain("Stopped. 't' was put back into the queue: exp run --run-all runs it.\n");
  });

  test("twice, in a sweep of stages that will not listen", async () => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(deaf(gate));
    const running = repository.start(["sweep", "x=2,3"]);
    await gate.nextCall();
    running.child.kill("SIGINT");
    await running.printed("interrupted: ");
    const { exitCode, stderr } = await running.kill("SIGINT");
    expect(exitCode).toBe(252);
    expect(stderr).toContain("Ended at once: 1 put back into the queue.");
  });

  test.each([
    { args: ["exp", "run", "-S", "x=5"], text: "The parameters of the experiment stay changed in the workspace" },
    { args: ["repro"], text: "The next repro runs it again" },
  ])("twice, in the workspace: $args", async ({ args, text }) => {
    const gate = await makeGate("hold");
    const repository = makeGatedRepository(deaf(gate));
    const running = repository.start(args);
    await gate.nextCall();
    running.child.kill("SIGINT");
    await running.printed("Stopping; once more ends it at once.");
    const { exitCode, stderr } = await running.kill("SIGINT");
    expect(exitCode).toBe(252);
    expect(stderr).toContain(text);
  });
});

const hasScript = spawnSync("script", ["--version"]).status === 0;

describe.skipIf(!hasScript)("on a terminal", () => {
  test("--temp says its failure once, with the hint", async () => {
    const repository = makeGatedRepository("exit 3");
    const command = `'${process.execPath}' '${binary}' exp run --temp -n t`;
    const { exitCode, stdout } = await repository.startProgram("script", ["-qec", command, "/dev/null"]).result();
    expect(exitCode).toBe(255);
    expect(stdout.split("ERROR: ")).toHaveLength(2);
    expect(stdout).toContain("HINT: ");
  });
});
