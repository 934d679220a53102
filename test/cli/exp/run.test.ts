/** `exp run` in the workspace and in a copy: what it changes, what it leaves alone, how it fails. */
import { chmodSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { experimentFiles, experimentNames, makeExperimentRepository, queueRefs, userState } from "../exp-project.ts";

const ref = (repository: Repository, name: string) =>
  repository.experimentRefs().find((item) => item.endsWith(`/${name}`)) ?? `no ${name}`;

describe("in the workspace", () => {
  let dirty: Repository;
  let repository: Repository;
  let head: string;
  beforeAll(() => {
    dirty = makeExperimentRepository();
    head = dirty.git("rev-parse", "HEAD");
    dirty.write({ "notes.txt": "staged\n" });
    dirty.git("add", "notes.txt");
    dirty.write({ "notes.txt": "unstaged\n", "untracked.txt": "u\n" });
  });
  beforeEach(() => {
    repository = dirty.copy();
  });

  test("HEAD stays on its branch, the index as it was; only the named bytes of the parameters change", async () => {
    const index = path.join(repository.folder, ".git/index");
    const staged = repository.git("ls-files", "--stage");
    const bytes = readFileSync(index);
    const output = await repository.succeed(["exp", "run", "-n", "first", "-S", "x=5"]);
    expect(output).toContain("Ran experiment(s): first\nExperiment results have been applied to your workspace.");
    expect(output).toContain("the stage sees x=5");
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
    expect(repository.git("rev-parse", "HEAD")).toBe(head);
    expect(repository.git("ls-files", "--stage")).toBe(staged);
    expect(readFileSync(index).equals(bytes)).toBe(true);
    expect(repository.read("params.yaml")).toBe("# the header\nx: 5   # how much\nname: 'a b'\nlist: [1, 2]\n");
    expect(repository.read("m.json")).toBe('{"score": 5}\n');
    expect(repository.git("reflog", "show", "HEAD", "--format=%gs").split("\n")).toHaveLength(1);
  });

  test("the commit holds the workspace and the results, with DVC's message", async () => {
    await repository.succeed(["exp", "run", "-n", "first", "-S", "x=5"]);
    const commit = ref(repository, "first");
    expect(repository.git("show", `${commit}:notes.txt`)).toBe("unstaged");
    expect(repository.git("show", `${commit}:m.json`)).toBe('{"score": 5}');
    const names = repository.git("ls-tree", "-r", "--name-only", commit).split("\n");
    expect(names).toEqual(expect.arrayContaining(["dvc.lock", "m.json", "params.yaml"]));
    expect(names).not.toContain("untracked.txt");
    expect(names).not.toContain("out.txt");
    expect(repository.git("log", "-1", "--format=%P %s", commit)).toMatch(
      new RegExp(`^${head} dvc: commit experiment [0-9a-f]{64}$`),
    );
    expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
  });

  test("a name that is taken is refused before anything runs, and --force replaces what has it", async () => {
    await repository.succeed(["exp", "run", "-n", "first", "-S", "x=5"]);
    const before = repository.git("rev-parse", ref(repository, "first"));
    const refused = await repository.run(["exp", "run", "-n", "first", "-S", "x=6"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain("Experiment conflicts with existing experiment 'first'");
    expect(repository.read("params.yaml")).toContain("x: 5 ");
    await repository.succeed(["exp", "run", "-f", "-n", "first", "-S", "x=6", "-m", "a message\n\nof mine"]);
    const after = ref(repository, "first");
    expect(repository.git("rev-parse", after)).not.toBe(before);
    expect(repository.git("log", "-1", "--format=%B", after).trim()).toBe("a message\n\nof mine");
    expect(experimentNames(repository)).toEqual(["first"]);
  });

  test("a failing stage: 255, no ref, and its log can be read", async () => {
    const failed = await repository.run(["exp", "run", "-n", "bad", "-S", "x=13"]);
    expect(failed.exitCode).toBe(255);
    expect(failed.stderr).toContain("ERROR: failed to reproduce 'copy': failed to run: sh copy.sh, exited with 7");
    expect(failed.stderr).toContain("sweepline exp logs bad");
    expect(experimentNames(repository)).toEqual([]);
    expect(await repository.succeed(["exp", "logs", "bad"])).toContain("13 is no number for a stage");
    expect(repository.git("symbolic-ref", "HEAD")).toBe("refs/heads/main");
  });

  test("a random name where none is given; a stage that did not change is skipped", async () => {
    await repository.succeed(["exp", "run", "-n", "first", "-S", "x=6"]);
    expect(await repository.succeed(["exp", "run", "-S", "x=6"])).not.toContain("the stage sees");
    const names = experimentNames(repository);
    expect(names).toHaveLength(2);
    expect(names.find((name) => name !== "first")).toMatch(/^[a-z-]+-[a-z-]+/);
  });

  test.each<[string, readonly string[], number, string]>([
    ["a sweep", ["-S", "x=1,2"], 255, "Sweep overrides can't be used without `--queue`"],
    ["an empty sweep", ["--queue", "-S", "x=range(5,1)"], 255, "the sweep has no points"],
    ["an unknown parameter", ["-S", "nosuch.y=1"], 255, "nosuch"],
    ["a broken override", ["-S", "x=[1"], 255, "x=[1"],
    ["a parameter file outside", ["-S", "../out.yaml:x=1"], 255, "is outside of the repository"],
    ["a bad name", ["-n", "../../heads/evil"], 255, "can't be the name of an experiment"],
    ["the name of a branch", ["-n", "main"], 255, "a branch has it"],
    ["--json of a run in the workspace", ["--json"], 254, "--json is for --run-all and --temp"],
    ["--max-failures 0", ["--run-all", "--max-failures", "0"], 254, "leave it out for no limit"],
    ["--fail-fast with --max-failures", ["--run-all", "--fail-fast", "--max-failures", "3"], 254, "give one of them"],
    ["a target that is none", ["nosuch"], 255, "nosuch"],
    ["--queue with --temp", ["--queue", "--temp"], 254, "exclude each other"],
    ["--run-all with overrides", ["--run-all", "-S", "x=1"], 254, "--run-all runs what is queued"],
    ["--jobs of nonsense", ["--run-all", "-j", "0"], 254, "jobs"],
    ["--dry with --queue", ["--queue", "--dry"], 254, "--dry"],
    ["--dry with --temp", ["--temp", "--dry"], 254, "--dry"],
  ])("refused, with nothing changed: %s", async (_, args, exitCode, message) => {
    const before = `${userState(repository)}${repository.git("for-each-ref")}`;
    const result = await repository.run(["exp", "run", ...args]);
    expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({
      exitCode,
      stderr: expect.stringContaining(message),
    });
    expect(`${userState(repository)}${repository.git("for-each-ref")}`).toBe(before);
  });

  test("--dry says what would run, and changes nothing", async () => {
    repository.write({ "params.yaml": "x: 42\n" });
    const before = `${userState(repository)}${repository.git("for-each-ref")}`;
    const output = await repository.succeed(["exp", "run", "--dry"]);
    expect(output).toContain("Running stage 'copy':\n> sh copy.sh\n");
    expect(output).not.toContain("the stage sees");
    repository.write({ "templated/dvc.yaml": `stages: {t: {cmd: 'echo \${x}'}}\n`, "templated/params.yaml": "x: 1\n" });
    expect(await repository.succeed(["exp", "run", "--dry", "-S", "x=7"], { cwd: "templated" })).toContain(
      "> echo 7\n",
    );
    rmSync(path.join(repository.folder, "templated"), { recursive: true });
    expect(`${userState(repository)}${repository.git("for-each-ref")}`).toBe(before);
  });
});

describe("an override that the shell split at its blanks", () => {
  const repository = makeExperimentRepository();
  test.each<readonly [words: readonly string[], whole: string]>([
    [["-S", "lr", "=", "5"], "lr=5"],
    [["-S", "lr", "=5"], "lr=5"],
    [["-S", "params.yaml:lr", "=", "5"], "params.yaml:lr=5"],
    [["-S", "lr=1", "-S", "params.yaml:depth", "=5"], "params.yaml:depth=5"],
  ])("%j", async (words, whole) => {
    const { exitCode, stderr } = await repository.run(["exp", "run", ...words]);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 254,
      stderr: expect.stringContaining(`Remove the blanks around '=': -S ${whole}\n`),
    });
  });
});

describe("--temp", () => {
  let repository: Repository;
  beforeEach(() => {
    repository = makeExperimentRepository();
    repository.write({ "notes.txt": "staged\n" });
    repository.git("add", "notes.txt");
    repository.write({ "notes.txt": "unstaged\n", "untracked.txt": "u\n", "ignored.txt": "i\n" });
    repository.git("stash", "push", "--quiet", "--keep-index", "--", "copy.sh", "notes.txt");
    repository.write({ "notes.txt": "unstaged\n" });
  });

  test("leaves the user's HEAD, branch, index, stash and files alone", async () => {
    const before = userState(repository);
    const output = await repository.succeed(["exp", "run", "--temp", "-n", "t", "-S", "x=8"]);
    expect(output).toContain("the stage sees x=8");
    expect(output).toContain("Ran experiment(s): t\n");
    expect(userState(repository)).toBe(before);
    expect(repository.git("show", `${ref(repository, "t")}:m.json`)).toBe('{"score": 8}');
    expect(repository.git("show", `${ref(repository, "t")}:notes.txt`)).toBe("unstaged");
    expect(queueRefs(repository)).toEqual([]);
  });

  test("a failing one: 255, in the list of failed ones, its log kept", async () => {
    const before = userState(repository);
    const failed = await repository.run(["exp", "run", "--temp", "-n", "bad", "-S", "x=13"]);
    expect(failed.exitCode).toBe(255);
    expect(failed.stderr).toContain("failed to run: sh copy.sh, exited with 7");
    expect(userState(repository)).toBe(before);
    expect(queueRefs(repository)).toEqual(["failed/1"]);
    expect(await repository.succeed(["exp", "logs", "bad"])).toContain("13 is no number for a stage");
  });

  test("two at once run both, each in a copy of its own", async () => {
    const before = userState(repository);
    const runs = [21, 22].map((x) => repository.run(["exp", "run", "--temp", "-n", `both-${x}`, "-S", `x=${x}`]));
    for (const result of await Promise.all(runs)) expect(result).toMatchObject({ exitCode: 0 });
    for (const x of [21, 22])
      expect(repository.git("show", `${ref(repository, `both-${x}`)}:m.json`)).toBe(`{"score": ${x}}`);
    expect(userState(repository)).toBe(before);
  });
});

describe("what a stage finds in its environment", () => {
  const print =
    'printf \'%s|\' "$DVC_EXP_NAME" "$DVC_EXP_BASELINE_REV" "$DVC_ROOT" "$DVC_STAGE" "$SWEEPLINE_PARAM_NAME" "$SWEEPLINE_PARAM_A_B_C" "$SWEEPLINE_POINT" > env.txt';
  const pipeline = { stages: { env: { cmd: print, params: ["name", "a"], outs: [{ "env.txt": { cache: false } }] } } };
  const hostile = "$(touch pwned) `touch pwned` ; touch pwned ' \\ %s ü";

  test("the point, as it is, whatever the values hold; here and in a copy", async () => {
    const files = { "params.yaml": "name: n\na:\n  b:\n    c: 1\n", "dvc.yaml": JSON.stringify(pipeline) };
    const repository = makeRepository({ files });
    const head = repository.git("rev-parse", "HEAD");
    const override = `name="${hostile}"`;
    const expected = (name: string, rest: string) => `${name}|${head}|${repository.folder}|env|${hostile}|${rest}|`;
    await repository.succeed(["exp", "run", "-n", "here", "-S", override, "-S", "a.b.c=[1,{k: true}]"]);
    expect(repository.read("env.txt")).toBe(expected("here", '[1, {"k": true}]|'));
    await repository.succeed(["exp", "run", "--temp", "-n", "there", "-S", override, "-S", "a.b.c=null"]);
    expect(repository.git("show", `${ref(repository, "there")}:env.txt`)).toBe(expected("there", "null|"));
    await repository.succeed(["sweep", "-n", "s", override, "a.b.c=3,4"]);
    expect(repository.git("show", `${ref(repository, "s-2")}:env.txt`)).toBe(expected("s-2", "4|1"));
    expect(repository.exists("pwned")).toBe(false);
  });
});

test("a project in a folder of the repository: paths start there, and the copy is laid out alike", async () => {
  const inside = Object.fromEntries(Object.entries(experimentFiles).map(([name, text]) => [`ml/${name}`, text]));
  const repository = makeRepository({
    dvc: false,
    files: {
      ...inside,
      "top.txt": "top\n",
      "ml/.dvc/config": "",
      "ml/.dvc/.gitignore": "/tmp\n/cache\n",
      "ml/conf/more.yaml": "y: 1\n",
    },
  });
  const cwd = { cwd: "ml" };
  repository.write({ "top.txt": "changed\n" });
  await repository.succeed(["exp", "run", "--temp", "-n", "t", "-S", "x=8", "-S", "conf/more.yaml:y=2"], cwd);
  const commit = ref(repository, "t");
  expect(repository.git("show", `${commit}:ml/m.json`)).toBe('{"score": 8}');
  expect(repository.git("show", `${commit}:ml/conf/more.yaml`)).toBe("y: 2");
  expect(repository.git("show", `${commit}:top.txt`)).toBe("changed");
  await repository.succeed(["exp", "run", "-n", "w", "-S", "x=9"], cwd);
  expect(repository.git("show", `${ref(repository, "w")}:ml/m.json`)).toBe('{"score": 9}');
  expect(repository.read("ml/m.json")).toBe('{"score": 9}\n');
});

test("with CI's settings in the environment all commands work", async () => {
  const repository = makeRepository({ dvc: false, files: experimentFiles });
  const env = {
    GIT_AUTHOR_NAME: "CI",
    GIT_AUTHOR_EMAIL: "ci@example.com",
    GIT_COMMITTER_NAME: "CI",
    GIT_COMMITTER_EMAIL: "ci@example.com",
    GIT_COMMITTER_DATE: "1700000000 +0000",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_SSH_COMMAND: "ssh -oBatchMode=yes",
    GIT_ASKPASS: "/bin/false",
    GIT_EDITOR: "vi",
    EDITOR: "vi",
    GIT_PAGER: "less",
    PAGER: "less",
  };
  await repository.succeed(["init"], { env });
  expect(repository.git("diff", "--cached", "--name-only").split("\n")).toContain(".dvc/config");
  await repository.succeed(["exp", "run", "--temp", "-n", "t", "-S", "x=8"], { env });
  expect(repository.git("log", "-1", "--format=%an %cn", ref(repository, "t"))).toBe("CI CI");
  await repository.succeed(["exp", "apply", "t"], { env });
  await repository.succeed(["exp", "branch", "t", "topic"], { env });
});

test("nobody to commit as: refused with Git's words, and the process ends", async () => {
  const repository = makeExperimentRepository();
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=8"]);
  const env = { GIT_CONFIG_GLOBAL: "/dev/null", EMAIL: "", HOME: "/nowhere" };
  repository.git("config", "user.useConfigOnly", "true");
  for (const args of [["--run-all"], ["--queue", "-S", "x=9"], ["-S", "x=9"]]) {
    const result = await repository.run(["exp", "run", ...args], { env });
    expect(result.exitCode).toBe(255);
    expect(result.stderr).not.toContain("unexpected error");
  }
  expect(statSync(path.join(repository.folder, "params.yaml")).size).toBe(experimentFiles["params.yaml"]?.length);
  expect(queueRefs(repository)).toEqual(["queued/1"]);
});

test("names and commands of a foreign repository cannot speak to the terminal", async () => {
  const hostile = "\u001b]0;owned\u0007\u001b[31m";
  const pipeline = {
    stages: {
      copy: { cmd: `: '${hostile}'; exit 3`, deps: [`no${hostile}such`] },
      two: { cmd: `: '${hostile}'; exit 3` },
    },
  };
  const repository = makeRepository({ files: { "dvc.yaml": JSON.stringify(pipeline), "params.yaml": "x: 1\n" } });
  repository.write({ [`untracked${hostile.replaceAll("/", "")}`]: "" });
  for (const args of [
    ["exp", "run", "two"],
    ["exp", "run", "copy"],
    ["exp", "run", "--temp", "two"],
    ["exp", "apply", hostile],
    ["exp", "run", "-n", hostile],
    ["exp", "logs", hostile],
    [hostile],
  ]) {
    const { exitCode, stdout, stderr } = await repository.run(args);
    expect(exitCode, JSON.stringify(args)).not.toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(`${stdout}${stderr}`, JSON.stringify(args)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
});

test("a repository at an odd place; parameters behind a link, with a right to execute", async () => {
  const parent = makeRepository({ git: false, dvc: false });
  const odd = `we "ird' $(x)\n\\ ü`;
  const at = (name: string) => `${odd}/${name}`;
  parent.write(Object.fromEntries(Object.entries(experimentFiles).map(([name, text]) => [at(name), text])));
  parent.write({
    [at(".dvc/config")]: "",
    [at(".dvc/.gitignore")]: "/tmp\n/cache\n",
    [at("conf/real.yaml")]: parent.read(at("params.yaml")),
  });
  const folder = path.join(parent.folder, odd);
  rmSync(path.join(folder, "params.yaml"));
  symlinkSync("conf/real.yaml", path.join(folder, "params.yaml"));
  chmodSync(path.join(folder, "conf/real.yaml"), 0o755);
  const git = (...args: string[]) => parent.git("-C", folder, ...args);
  git("init", "--quiet");
  git("add", "--all");
  git("commit", "--quiet", "-m", "start");
  await parent.succeed(["exp", "run", "--temp", "-n", "t", "-S", "x=8"], { cwd: odd });
  await parent.succeed(["sweep", "-n", "s", "x=4,5"], { cwd: odd });
  await parent.succeed(["exp", "run", "-n", "w", "-S", "x=9"], { cwd: odd });
  const refs = git("for-each-ref", "--format=%(refname)", "refs/exps").split("\n");
  expect(refs.map((item) => item.split("/").at(-1)).sort()).toEqual(["s-1", "s-2", "t", "w"]);
  for (const [index, score] of [4, 5, 8, 9].entries()) {
    const experiment =
      refs.sort((a, b) => (a.split("/").at(-1) ?? "").localeCompare(b.split("/").at(-1) ?? ""))[index] ?? "";
    expect(git("show", `${experiment}:m.json`)).toBe(`{"score": ${score}}`);
    expect(git("ls-tree", experiment, "params.yaml", "conf/real.yaml")).toMatch(
      /^100755 .*real.yaml\n120000 .*params.yaml$/,
    );
  }
  expect(readlinkSync(path.join(folder, "params.yaml"))).toBe("conf/real.yaml");
  expect(statSync(path.join(folder, "conf/real.yaml")).mode & 0o111).toBe(0o111);
  expect(parent.read(at("conf/real.yaml"))).toContain("x: 9 ");
});
