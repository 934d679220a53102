/** A bug is told with places in src/, the versions, and a command line that holds no value. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { withSourcePlaces } from "../../src/base/trace/stack.ts";
import { binary, checkout } from "../rig/index.ts";
import { makeExperimentRepository } from "./exp-project.ts";

test("a stack without maps stays as it is", () => {
  const stack = "Error: x\n    at f (/a b/dist/none.cjs:1:2)\n    at async g (node:fs:1:2)";
  expect(withSourcePlaces(stack)).toBe(stack);
});

describe("a bug of the binary", () => {
  const listener = `globalThis[Symbol.for("sweepline.beforeEffect")] = ({ kind }) => {`;

  async function stderrWith(body: string, words: readonly string[]): Promise<string> {
    const repository = makeExperimentRepository();
    const hook = path.join(repository.root, "hook.mjs");
    writeFileSync(hook, `${listener} ${body} };\n`);
    const command = repository.startProgram(process.execPath, ["--import", hook, binary, ...words]);
    const { exitCode, stdout, stderr } = await command.result();
    expect({ exitCode, stdout }).toEqual({ exitCode: 255, stdout: "" });
    return stderr;
  }

  /** The line of src/ that a place names. */
  function lineAt(place: RegExpExecArray | null): string {
    const [, file = "", line = ""] = place ?? [];
    return readFileSync(path.join(checkout, file), "utf8").split("\n")[Number(line) - 1] ?? "";
  }

  const words = ["exp", "run", "--queue", "-S", "x=2", "-m", "secret"];

  test("its stack names files and lines of src/", async () => {
    const stderr = await stderrWith(`if (kind === "ref") throw new TypeError("forced");`, words);
    expect(stderr).toMatch(/^ERROR: unexpected error - TypeError: forced\n/);
    expect(lineAt(/at beforeEffect \((src\/base\/effects\.ts):(\d+):\d+\)/.exec(stderr))).toContain("listener?.(");
    expect(lineAt(/at .*transact \((src\/git\/refs\.ts):(\d+):\d+\)/.exec(stderr))).toContain("beforeEffect(");
    expect(stderr).not.toContain(".cjs");
  });

  test("it says what a report needs, and no value", async () => {
    const stderr = await stderrWith(`if (kind === "ref") throw new TypeError("forced");`, words);
    const { version } = JSON.parse(readFileSync(path.join(checkout, "package.json"), "utf8"));
    expect(stderr).toContain(`  sweepline ${version}, Node ${process.versions.node}, Git `);
    expect(stderr).toContain("\n  sweepline exp run --queue -S x=... -m ...   (values are left out)\n");
    expect(stderr).not.toContain("secret");
  });

  test("what nobody caught ends the command the same way", async () => {
    const stderr = await stderrWith(
      `if (kind === "ref") { setImmediate(() => { throw new Error("late"); }); for (;;) break; }`,
      words,
    );
    expect(stderr).toContain("ERROR: unexpected error - Error: late");
    expect(stderr).toContain("This is a bug in sweepline");
  });
});
