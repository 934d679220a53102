/** What somebody meets who does not know the commands yet: each refusal says what to do, each silence has a word. */
import { existsSync, readdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { binary, makeRepository, makeTemporaryFolder, type Repository } from "../rig/index.ts";
import { makeExperimentRepository } from "./exp-project.ts";

const nested = "train:\n  lr: 0.1\n  deep: {rate: 1}\nx: 1\n";

let repository: Repository;
beforeAll(async () => {
  repository = makeExperimentRepository({ "params.yaml": nested });
  await repository.succeed(["exp", "run", "--temp", "-n", "one", "-S", "x=2"]);
});

function whichProgram(name: string): string {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file)) ?? name;
}

async function refusal(words: readonly string[]): Promise<{ exitCode: number | null; lines: string[] }> {
  const { exitCode, stderr } = await repository.run(words);
  return { exitCode, lines: stderr.trimEnd().split("\n") };
}

test.each([
  [["sweep", "lr=1,2"], 255, "HINT: Key 'lr' is not in params.yaml. Did you mean 'train.lr'?"],
  [["sweep", "rate=1,2"], 255, "HINT: Key 'rate' is not in params.yaml. Did you mean 'train.deep.rate'?"],
  [["exp", "show", "--sort-by", "zzz"], 255, "ERROR: Unknown sort column 'zzz'"],
  [["exp", "show", "--sort-by", "scoer"], 255, "HINT: Did you mean 'score'?"],
  [["sweep", "x=3,4", "--sort-by", "scoer"], 255, "HINT: Did you mean 'score'?"],
  [["exp", "save", "-n", "one"], 255, "HINT: The same command with --force replaces it; -n gives another name."],
  [["exp", "run", "x=5"], 255, "HINT: An override stands behind -S: sweepline exp run -S x=5"],
  [["sweep", "-S", "x=1,2"], 254, "HINT: Leave it out: sweepline sweep x=1,2"],
  [["artifacts"], 254, "HINT: `dvc artifacts` works on the same files and the same cache."],
  [
    ["show"],
    254,
    "HINT: There is `sweepline exp show`, `sweepline metrics show`, `sweepline plots show` and `sweepline sweep show`.",
  ],
  [["exp", "save", "-I", "nosuch"], 255, "HINT: -I takes files and folders of this repository."],
  [["sweep", "x=1,2", "--jbs", "2"], 254, "HINT: Did you mean --jobs?"],
] as const)("%j", async (words, exitCode, hint) => {
  const { exitCode: ended, lines } = await refusal(words);
  expect({ exitCode: ended, hint: lines.at(-1) }).toEqual({ exitCode, hint });
  expect(lines[0]).toMatch(/^ERROR: /);
});

test.each([
  [["exp", "diff", "nosuch"], /^HINT: `sweepline exp list -A`/m],
  [["exp", "show", "--sweep", "s-nosuch"], /no experiment of a sweep 's-nosuch' is here/],
  [["sweep", "x=1", "--jobs", "many"], /nor auto/],
])("%j says %s", async (words, text) => {
  const { exitCode, stderr } = await repository.run(words);
  expect(stderr).toMatch(text);
  expect(exitCode).toBeGreaterThan(253);
});

test.each([
  [
    "sub",
    "../params.yaml",
    [
      ["sweep", "x=2,3"],
      ["exp", "run", "--queue", "-S", "x=2"],
      ["matrix", "plan", "x=2"],
    ],
  ],
  ["sub/deep", "../../params.yaml", [["sweep", "x=2,3"]]],
])("in %s the parameter file above is named", async (folder, above, calls) => {
  const copy = repository.copy();
  copy.write({ "sub/deep/note": "" });
  for (const words of calls) {
    const { stderr, exitCode } = await copy.run(words, { cwd: folder });
    expect([exitCode, /^HINT: .*/m.exec(stderr)?.[0]]).toEqual([
      words[0] === "matrix" ? 2 : 255,
      `HINT: The file 'params.yaml' does not exist in this folder, but '${above}' does: go there (cd), or say ${above}:x=2`,
    ]);
  }
});

test("a column that nobody knows yet is told before anything runs", async () => {
  const { stderr, exitCode } = await repository.run(["sweep", "x=1", "--dry-run", "--sort-by", "quality"]);
  expect({ stderr, exitCode }).toEqual({
    stderr: "WARNING: --sort-by quality: no parameter has that name, and no metric that is known has it\n",
    exitCode: 0,
  });
});

test("before the first run any metric may be one that comes", async () => {
  const fresh = makeExperimentRepository({ "params.yaml": nested });
  fresh.git("rm", "--quiet", "--force", "--ignore-unmatch", "metrics.json");
  const { stderr, exitCode } = await fresh.run(["sweep", "x=1", "--dry-run", "--sort-by", "score"]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
});

test("--single-stage is --single-item", async () => {
  const both = ["--single-stage", "--single-item"].map((flag) => repository.succeed(["repro", "--dry", flag, "copy"]));
  const [first, second] = await Promise.all(both);
  expect(first).toBe(second);
  expect(await repository.succeed(["repro", "--help"])).not.toContain("single-stage");
});

test("what a remote lacks here, or does without, is told when it is added or changed", async () => {
  const other = makeExperimentRepository();
  // Programs, and no rclone among them.
  const PATH = makeTemporaryFolder();
  for (const program of ["git", "sh"]) symlinkSync(whichProgram(program), path.join(PATH, program));
  const bare = { env: { PATH } };
  const { stderr } = await other.run(["remote", "add", "-d", "far", "s3://bucket/x"], bare);
  expect(stderr).toContain("needs rclone, which is not installed here. Install it: `apt install rclone`");
  expect((await other.run(["remote", "add", "near", "/mnt/x"], bare)).stderr).toBe("");
  expect((await other.run(["remote", "modify", "far", "grant_read", "x"])).stderr).toContain(
    "'grant_read' has no effect",
  );
  expect((await other.run(["remote", "modify", "far", "region", "x"])).stderr).toBe("");
  const { exitCode, stderr: words } = await other.run(["-v", "push", "--run-cache"], bare);
  expect([exitCode, words]).toEqual([255, expect.stringContaining("RCLONE_MISSING")]);
});

describe("experiments of another commit", () => {
  let other: Repository;
  beforeAll(async () => {
    other = makeExperimentRepository();
    await other.succeed(["exp", "run", "--temp", "-n", "old", "-S", "x=2"]);
    other.write({ "notes.txt": "two\n", "new.txt": "new\n" });
    other.commit("second");
  });

  test("an empty list says that there are some", async () => {
    const { stdout, stderr } = await other.run(["exp", "list"]);
    expect({ stdout, stderr }).toEqual({
      stdout: "",
      stderr: "HINT: 1 experiment derives from other commits: `sweepline exp list -A` lists all.\n",
    });
    expect((await other.run(["exp", "list", "--json"])).stderr).toBe("");
    expect((await other.run(["exp", "list", "-A"])).stderr).toBe("");
  });

  test("apply says so, and names the files that are put back", async () => {
    const id = other.git("rev-parse", "--short=7", "HEAD~");
    const output = await other.succeed(["exp", "apply", "old"]);
    expect(output).toContain(
      `It derives from ${id}, not from HEAD: 2 files that have changed since came with it as of there:\n  new.txt\n  notes.txt\n`,
    );
    expect(other.read("notes.txt")).toBe("one\n");
  });
});

test.each([
  ["stages: [\n", "YAMLSyntaxError"],
  ["stages: {a: {cmds: x}}\n", "YAMLValidationError"],
  [`stages: {a: {cmd: 'echo \${nosuch}'}}\n`, "ResolveError"],
])("a dvc.yaml that can't be read has DVC's name for it in JSON: %j", async (text, type) => {
  const copy = repository.copy();
  copy.write({ "dvc.yaml": text });
  const [workspace] = JSON.parse(await copy.succeed(["exp", "show", "--json"]));
  const metrics = JSON.parse(await copy.succeed(["metrics", "show", "--json"]));
  expect([workspace.error.type, metrics[""].error.type]).toEqual([type, type]);
});

test("a dvc.yaml that can't be read is told beside the table", async () => {
  const other = makeExperimentRepository();
  other.write({ "dvc.yaml": "stages: [\n" });
  const { stderr, exitCode } = await other.run(["exp", "show"]);
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/following revisions: 'workspace'\.\n {2}.*dvc\.yaml.*line/);
});

describe("init", () => {
  test("says what comes next", async () => {
    const other = makeRepository({ dvc: false, files: { a: "" } });
    expect(await other.succeed(["init"])).toMatch(/What's next\?\n.*stage add[\s\S]*sweepline sweep/);
    expect(await other.succeed(["init", "-f", "-q"])).toBe("");
  });

  test("outside of Git, and below its top, says how it can be done", async () => {
    const other = makeRepository({ dvc: false, files: { "sub/a": "" } });
    const below = await other.run(["init"], { cwd: "sub" });
    expect(below.exitCode).toBe(255);
    expect(below.stderr).toMatch(/HINT: .*--subdir.*cd \//);
    const outside = await other.run(["init", makeTemporaryFolder()]);
    expect(outside.exitCode).toBe(255);
    expect(outside.stderr).toContain("HINT: `git init` here first");
  });
});

test("a working folder that was removed is told, and --cd gets out of it", async () => {
  const script = `mkdir ../gone && cd ../gone && rmdir ../gone && exec "${process.execPath}" "${binary}"`;
  const inside = (words: string) => repository.startProgram("sh", ["-c", `${script} ${words}`]).result();
  const gone = await inside("exp list");
  expect(gone.exitCode).toBe(254);
  expect(gone.stderr).toContain("ERROR: the working folder does not exist any more");
  expect((await inside(`--cd "${repository.folder}" exp list --name-only`)).stdout).toBe("one\n");
});

test("a working folder whose name is not UTF-8 is refused; nothing is made beside it", async () => {
  const script = `mkdir "$(printf 'caf\\351')" && cd caf* && exec "${process.execPath}" "${binary}" init --no-scm`;
  const scratch = makeRepository({ dvc: false, files: {} });
  const { exitCode, stderr } = await scratch.startProgram("sh", ["-c", script]).result();
  expect(exitCode).toBe(254);
  expect(stderr).toContain("the name of the folder is not UTF-8");
  expect(readdirSync(scratch.folder).filter((name) => name.startsWith("caf"))).toHaveLength(1);
});
