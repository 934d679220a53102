/** What the command line says where a user or the machine is at fault: in words, with the right advice, never a stack. */
import { existsSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import { printFailure } from "../../src/cli/terminal/failure.ts";
import { binary, makeRepository, type Repository } from "../rig/index.ts";

const files = {
  "params.yaml": "lr: 1\n",
  "conf/p.json": '{"lr": 1}\n',
  "dvc.yaml": "stages:\n  train:\n    cmd: 'true'\n    params: [lr]\n    metrics: [{metrics.json: {cache: false}}]\n",
};

let repository: Repository;
beforeAll(() => {
  repository = makeRepository({ files });
});

function printed(error: unknown): { readonly exitCode: number | undefined; readonly text: string | null } {
  const written: string[] = [];
  const stderr = { write: (part: string) => written.push(part) > 0 } as unknown as NodeJS.WriteStream;
  const exitCode = printFailure(error, { stderr });
  return { exitCode, text: written.length === 0 ? null : written.join("") };
}

describe("faults of the user and of the machine", () => {
  test.each([
    ["nowhere", "there is no such folder"],
    ["params.yaml", "it is not a folder"],
  ])("--cd %s: %s", async (folder, words) => {
    const { exitCode, stderr } = await repository.run(["--cd", folder, "exp", "ls"]);
    expect(exitCode).toBe(254);
    expect(stderr).toBe(`ERROR: --cd '${folder}': ${words}\n`);
  });

  test.each([
    [{ code: "EACCES", syscall: "mkdir", path: "a/b" }, "cannot write 'a/b': permission denied"],
    [{ code: "EROFS", syscall: "open", path: "nowhere/b" }, "cannot write 'nowhere/b': read-only file system"],
    [{ code: "ENOSPC", syscall: "rename", path: "a", dest: "b" }, "cannot write 'b': no space left on device"],
    [{ code: "EIO", syscall: "scandir", path: "a" }, "cannot read 'a': input/output error"],
  ])("a failed system call is told in words: %o", (facts, words) => {
    expect(printed(Object.assign(new Error("raw"), facts))).toEqual({ exitCode: 255, text: `ERROR: ${words}\n` });
  });

  test("what else is thrown is a bug: nothing is said of it here", () => {
    expect(printed(new TypeError("x is no function"))).toEqual({ exitCode: undefined, text: null });
  });

  describe.skipIf(!existsSync("/dev/full"))("a full disk behind the output", () => {
    test.each([["--version"], ["parse lr=1"], ["expand lr=1,2"], ["exp ls"]])("%s", async (words) => {
      const script = `exec "$0" "$1" ${words} >/dev/full`;
      const { exitCode, stderr } = await repository
        .startProgram("/bin/sh", ["-c", script, process.execPath, binary], {})
        .result();
      expect(exitCode).toBe(255);
      expect(stderr).toBe("ERROR: can't write the output: no space left on device\n");
    });
  });
});

describe("terminal escapes are shown, not sent", () => {
  test("the place stays underlined", () => {
    const place = { name: "override", text: "\u001b[31ma=\u001bx", offset: 7, length: 1 };
    const { text } = printed(new SweeplineError({ code: "BAD_OPTIONS", message: "no", place }));
    expect(text).toBe("ERROR: no\n  \\x1b[31ma=\\x1bx\n            ^^^^\n");
  });

  test.each([
    [["parse", "a=\u001b[31mred"]],
    [["expand", "a=\u001b[31mred"]],
    [["\u001b[31mx"]],
    [["exp", "run", "--queue", "-C", "\u001b[31mx"]],
    [["sweep", "@\u001b[31mx"]],
    [["sweep", "--points", "\u001b[31mx"]],
  ])("%j", async (args) => {
    const { exitCode, stdout, stderr } = await repository.run(args);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).not.toContain("\u001b");
    expect(stdout + stderr).toContain("\\x1b");
  });
});

describe("help", () => {
  test("of a command inside a group, in any order of the words", async () => {
    const help = await repository.succeed(["exp", "run", "--help"]);
    expect(await repository.succeed(["help", "exp", "run"])).toBe(help);
    expect(await repository.succeed(["exp", "help", "run"])).toBe(help);
  });
});

describe("Git is not ready", () => {
  test("nobody is configured", async () => {
    const nobody = makeRepository({ files });
    nobody.git("config", "user.useConfigOnly", "true");
    const args = ["exp", "run", "--queue", "-S", "lr=3"];
    const { exitCode, stderr } = await nobody.run(args, { env: { HOME: "/nonexistent" } });
    expect(exitCode).toBe(255);
    expect(stderr).toContain("Git does not know who you are");
    expect(stderr).toContain("HINT: Run `git config user.name");
  });

  test("there are no commits", async () => {
    const empty = makeRepository();
    empty.git("update-ref", "-d", "HEAD");
    const { exitCode, stderr } = await empty.run(["exp", "ls"]);
    expect(exitCode).toBe(255);
    expect(stderr).toContain("ERROR: the Git repository has no commits yet\n");
  });
});

describe("files of overrides and points", () => {
  test("expand reads @file", async () => {
    repository.write({ "s.txt": "# a sweep\nlr=1,2\n" });
    expect(await repository.succeed(["expand", "@s.txt", "x=3"])).toBe("lr=1 x=3\nlr=2 x=3\n");
  });

  test("a file without points is named", async () => {
    repository.write({ "empty.csv": "" });
    const { exitCode, stderr } = await repository.run(["sweep", "--points", "empty.csv"]);
    expect(exitCode).toBe(255);
    expect(stderr).toMatch(/^ERROR: .*'empty.csv' has no points\n/);
    expect(stderr).not.toContain("expands to nothing");
  });
});

describe("advice for -S keeps the file's name", () => {
  test.each([
    ["conf/p.json:zz=1", "To append to your config use conf/p.json:+zz=1\n", "Key 'zz' is not in conf/p.json."],
    ["zz=1", "To append to your config use +zz=1\n", "Key 'zz' is not in params.yaml."],
    ["conf/p.json:+lr=2", "Either remove + prefix: 'conf/p.json:lr=2'\n", "It is 1"],
    ["conf/nope.json:a=1", "use conf/nope.json:+a=1\n", "The file 'conf/nope.json' does not exist."],
  ])("%s", async (override, advice, hint) => {
    const { exitCode, stderr } = await repository.run(["exp", "run", "--queue", "-S", override]);
    expect(exitCode).toBe(255);
    expect(stderr).toContain(advice);
    expect(stderr).toContain(hint);
  });
});

describe("advice to name a file with -C", () => {
  const pipeline = (cmd: string) => ({ ...files, "dvc.yaml": files["dvc.yaml"].replace("'true'", cmd) });

  test("is not given for what the stage itself writes", async () => {
    const project = makeRepository({ files: pipeline("'true'") });
    project.write({ "metrics.json": "{}\n" });
    const { exitCode, stdout, stderr } = await project.run(["exp", "run", "--temp", "-S", "lr=2"]);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain("metrics.json");
    expect(stdout + stderr).not.toContain("-C metrics.json");
  });

  test("is given for an untracked file that the stage reads", async () => {
    const project = makeRepository({ files: pipeline("cat notes.txt") });
    project.write({ "metrics.json": "{}\n", "notes.txt": "n\n" });
    const { exitCode, stdout, stderr } = await project.run(["exp", "run", "--temp", "-S", "lr=2"]);
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain("-C notes.txt");
  });
});

test("one point is no points", async () => {
  const output = await repository.succeed(["sweep", "--dry-run", "lr=1"]);
  expect(output).toContain(": 1 point, 1 new.");
});
