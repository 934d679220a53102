/** `stage add`: the command's words, the flags, and the stage run at once. */
import { expect, test } from "vitest";
import { makeRepository } from "../../rig/index.ts";

test("writes what was typed, and runs it where that is asked for", async () => {
  const repository = makeRepository({ files: { in: "1\n" } });
  const line = ["-d", "in", "-o", "out", "-M", "m.json", "sh", "-c", "cat in > out; echo 1 > m.json"];
  const stdout = await repository.succeed(["stage", "add", "--run", "-n", "s", ...line]);
  expect(stdout).toContain("Added stage 's' in 'dvc.yaml'\n");
  expect(stdout).toContain("Running stage 's'");
  expect(repository.read("out")).toBe("1\n");
  expect(repository.read("dvc.lock")).toContain("path: out");
  expect(repository.read("dvc.yaml")).toBe(`stages:
  s:
    cmd: sh -c "cat in > out; echo 1 > m.json"
    deps:
    - in
    outs:
    - out
    metrics:
    - m.json:
        cache: false
`);
});

test("a stage that fails is written all the same, and says why", async () => {
  const repository = makeRepository();
  const failed = await repository.run(["stage", "add", "-q", "--run", "-n", "s", "-o", "o", "exit", "3"]);
  expect(failed).toMatchObject({ exitCode: 255, stderr: expect.stringContaining("failed to run: exit 3") });
  expect(repository.read("dvc.yaml")).toContain("cmd: exit 3\n");
});

test("is replaced with --force only; --wdir, --desc, words with blanks and quotes, a folder to come", async () => {
  const repository = makeRepository({ files: { "sub/x": "" } });
  const add = (...more: string[]) => repository.run(["stage", "add", "-n", "s", ...more]);
  expect((await add("-w", "sub", "--desc", "what", "-o", "later/o", "echo", "a b", "", 'c "d"')).stderr).toContain(
    "'sub/later/o' gets its line in .gitignore when the stage has run",
  );
  expect(repository.read("dvc.yaml")).toContain(`cmd: echo "a b" "" c "d"\n    wdir: sub\n`);
  const refused = await add("echo");
  expect([refused.exitCode, refused.stderr]).toEqual([255, expect.stringContaining("Use '--force' to overwrite.")]);
  expect(await add("-f", "-q", "--always-changed", "echo x")).toMatchObject({ exitCode: 0, stdout: "" });
  expect(repository.read("dvc.yaml")).toBe(
    "stages:\n  s:\n    desc: what\n    cmd: echo x\n    always_changed: true\n",
  );
});
