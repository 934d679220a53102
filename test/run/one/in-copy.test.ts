/** What becomes of an experiment whose run in a copy meets what nobody expected. */
import path from "node:path";
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const pipeline = (cmd: string) =>
  `stages:\n  train:\n    cmd: ${cmd}\n    params: [x]\n    metrics: [m.json: {cache: false}]\n`;

const trained = pipeline(`'echo "{\\"x\\": \${x}}" > m.json'`);

/** Breaks what reads the parameters of x=2 in worker threads, as a mistake in our code would. */
function breakWorkers(repository: Repository): Record<string, string> {
  const file = path.join(repository.root, "broken.cjs");
  repository.write({
    "../broken.cjs": [
      'const fs = require("node:fs");',
      'const { isMainThread } = require("node:worker_threads");',
      "const { openSync, readFileSync } = fs;",
      'const isBroken = (file) => typeof file === "string" && file.endsWith("/work/params.yaml");',
      "let nothing;",
      "const broken = (own) => (file, ...rest) => {",
      '  if (isBroken(file) && readFileSync(file, "utf8") === "x: 2\\n") nothing.property;',
      "  return own(file, ...rest);",
      "};",
      "if (!isMainThread) {",
      "  fs.openSync = broken(openSync);",
      "  fs.readFileSync = broken(readFileSync);",
      "}",
    ].join("\n"),
  });
  return { NODE_OPTIONS: `--require ${file}` };
}

test("a mistake of ours in a worker is told as one, with its stack in the log; it is not tried again, the others go on", async () => {
  const repository = makeRepository({ files: { "params.yaml": "x: 1\n", "dvc.yaml": trained } });
  await repository.succeed(["exp", "run", "--queue", "-n", "p", "-S", "x=2,3"]);
  const env = breakWorkers(repository);
  const result = await repository.run(["exp", "run", "--run-all", "-j", "1"], { env });
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toContain("1 succeeded, 1 failed");
  expect(result.stderr).toContain("p-1: a bug in sweepline: Cannot read properties of undefined");
  expect(result.stderr).toContain("Please report it with its log");
  const log = await repository.succeed(["exp", "logs", "p-1"]);
  expect(log).toMatch(
    /TypeError: Cannot read properties of undefined.*\n {4}at .*src\/\S+\.ts:\d+:\d+.*\nsweepline \S+, Node \S+\n/s,
  );
  const { tasks } = JSON.parse(await repository.succeed(["queue", "status", "--json"]));
  const failed = tasks.find((task: { state: string }) => task.state === "failed");
  expect(failed).toMatchObject({ name: "p-1", failure: { code: "BUG" }, attempts: [{ cause: "code" }] });
});

test("passwords in the addresses of a command that failed are in no message, event, record or log", async () => {
  const dvcYaml = pipeline("true https://u:word@host/x; exit 3");
  const repository = makeRepository({ files: { "params.yaml": "x: 1\n", "dvc.yaml": dvcYaml } });
  const commands: readonly (readonly [number, ...string[]])[] = [
    [1, "-v", "sweep", "x=2"],
    [255, "exp", "run", "--temp", "-n", "t", "-S", "x=3"],
    [0, "queue", "status", "--json"],
    [255, "repro"],
  ];
  for (const [status, ...words] of commands) {
    const { exitCode, stdout, stderr } = await repository.run(words);
    expect(exitCode).toBe(status);
    expect(stdout + stderr).toContain("https://***@host/x");
    expect(stdout + stderr).not.toContain("word@");
  }
});
