import path from "node:path";
import { expect, test } from "vitest";
import { checkout, makeRepository } from "./index.ts";

test("a failure shows the commands of its test and of its file's hooks, with status and both outputs", async () => {
  const repository = makeRepository({ git: false, dvc: false });
  const vitest = path.join(checkout, "node_modules", "vitest", "vitest.mjs");
  const args = [vitest, "run", "--root", checkout, "--config", "test/rig/data/failing.config.ts"];
  const env = { NO_COLOR: "1" };
  const { exitCode, stdout, stderr } = await repository.startProgram(process.execPath, args, { env }).result();
  expect(exitCode).toBe(1);
  expect(stdout).toContain("1 failed | 1 passed");
  const shown = stderr.slice(stderr.indexOf("AssertionError"), stderr.indexOf("- Expected"));
  expect(shown).toContain("$ echo 'from a hook'\n  exit code 0\n  stdout:\n    from a hook\n");
  expect(shown).toContain("$ sh -c 'exit 3'\n  exit code 3\n");
  expect(shown).toMatch(
    /\$ sh -c 'echo '\\''out'\\''; .*'\n {2}exit code 0\n {2}stdout:\n {4}\(\d+ characters before\)\n/,
  );
  expect(shown).toContain("    50000\n  stderr:\n    err\n");
  // Long outputs are cut, and what other tests ran is not shown.
  expect(shown.split("\n").length).toBeLessThan(80);
  expect(shown).not.toContain("of another test");
});
