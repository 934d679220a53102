/** What runs tell beside their results: on terminals, in CI, and where there is nothing to do. */
import { describe, expect, test } from "vitest";
import { terminalOf } from "../../src/cli/terminal.ts";
import { KeptStream } from "../report/progress-events.ts";
import { makeGatedRepository } from "../rig/index.ts";

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
