/** Failures by their codes, told by `-v`: those that the tests of their own module look at by their words only. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";

const pipeline = "stages:\n  a:\n    cmd: cp params.yaml o\n    params: [x]\n    outs: [o]\n";
const stages = (text: string): Files => ({ "dvc.yaml": `stages:\n${text}` });
const outs = (...names: readonly string[]) =>
  names.map((name, at) => `  s${at}:\n    cmd: 'true'\n    outs: [${name}]\n`).join("");
const dataFile = (md5: string, name: string) => `outs:\n- md5: ${md5}\n  size: 1\n  hash: md5\n  path: ${name}\n`;
const composed = { ".dvc/config": "[hydra]\n    enabled = true\n" };
const remote = (url: string) => ({ ".dvc/config": `[core]\n    remote = r\n['remote "r"']\n    url = ${url}\n` });

interface Case {
  readonly files?: Files;
  /** What files can't say. */
  prepare?(repository: Repository): void;
}

/** A remote that lets nobody in, or takes nothing. */
const strictRemote =
  (hook: string) =>
  ({ root }: Repository): void => {
    const file = path.join(root, "bare", "hooks", "pre-receive");
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!/bin/sh\n${hook}\n`, { mode: 0o755 });
  };

const cases: readonly (readonly [code: string, args: readonly string[], facts?: Case])[] = [
  [
    "AMBIGUOUS_SORT_COLUMN",
    ["exp", "show", "--sort-by", "x"],
    {
      files: {
        "p.yaml": "x: 1\n",
        ...stages("  a:\n    cmd: 'true'\n    params:\n    - x\n    - p.yaml:\n      - x\n"),
      },
    },
  ],
  ["BAD_BRANCH", ["exp", "branch", "e", "a..b"]],
  [
    "BRANCH_EXISTS",
    ["exp", "branch", "e", "main"],
    { prepare: (repository) => repository.git("branch", "-M", "main") },
  ],
  ["BROKEN_LINK", ["add", "data"], { prepare: ({ folder }) => symlinkSync("nowhere", path.join(folder, "data", "l")) }],
  ["CONFIG_BAD_DEFAULTS", ["compose"], { files: { "conf/config.yaml": "defaults: 3\n" } }],
  ["CONFIG_BAD_HEADER", ["compose"], { files: { "conf/config.yaml": "# @package a b\nx: 1\n" } }],
  ["CONFIG_INVALID", ["status"], { files: { ".dvc/config": "[core\n" } }],
  [
    "CONFIG_NOTHING_TO_DELETE",
    ["compose", "~db"],
    { files: { "conf/config.yaml": "x: 1\n", "conf/db/a.yaml": "y: 1\n" } },
  ],
  ["CONFIG_NOT_A_MAPPING", ["compose"], { files: { "conf/config.yaml": "- 1\n" } }],
  ["COPY_PATH_MISSING", ["exp", "run", "--queue", "-S", "x=2", "--copy-paths", "nosuch"]],
  ["DVC_FILE_AS_DATA", ["add", "dvc.yaml"]],
  ["FILE_MISSING", ["sweep", "--points", "nosuch.csv"]],
  [
    "GIT_REFUSED",
    ["exp", "list"],
    { files: { ".git/config": "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tnosuch = 1\n" } },
  ],
  ["HASH_INVALID", ["checkout"], { files: { "y.dvc": dataFile("../../../x", "y") } }],
  ["HYDRA_SWEPT", ["sweep", "hydra.x=1,2"], { files: { ...composed, "conf/config.yaml": "x: 1\n" } }],
  [
    "IGNORED_BY_GIT",
    ["init", "--force"],
    {
      files: { ".gitignore": ".dvc\n" },
      prepare: (repository) => repository.git("rm", "-r", "--cached", "-q", ".dvc"),
    },
  ],
  ["IGNORE_FILE_IN_DATA", ["add", "data"], { files: { "data/.dvcignore": "x\n" } }],
  ["INVALID_REMOTE", ["exp", "list", "nowhere"]],
  ["JSON_INVALID", ["exp", "run", "--queue", "-S", "p.json:x=1"], { files: { "p.json": '{"x": ' } }],
  ["LINKED_FOLDER", ["add", "l/f"], { prepare: ({ folder }) => symlinkSync("data", path.join(folder, "l")) }],
  [
    "LOCK_IS_LINK",
    ["repro"],
    {
      files: { "l.lock": "schema: '2.0'\nstages: {}\n" },
      prepare: ({ folder }) => symlinkSync("l.lock", path.join(folder, "dvc.lock")),
    },
  ],
  ["NAME_AMBIGUOUS", ["exp", "apply", "twice"]],
  ["NOTHING_CHOSEN", ["queue", "retry"]],
  ["NOTHING_CHOSEN", ["queue", "remove"]],
  ["NOT_AN_EXPERIMENT", ["exp", "push", "origin", "nosuch"]],
  ["NOT_A_TASK", ["queue", "remove", "nosuch"]],
  [
    "NOT_IN_GIT",
    ["init"],
    {
      prepare: ({ folder }) => {
        for (const name of [".git", ".dvc"]) rmSync(path.join(folder, name), { recursive: true });
      },
    },
  ],
  ["NOT_RUNNING", ["queue", "kill", "nosuch"]],
  ["NO_GIT", ["exp", "list"], { prepare: ({ folder }) => rmSync(path.join(folder, ".git"), { recursive: true }) }],
  ["NO_LOG", ["exp", "logs", "nosuch"]],
  ["NO_PLACE", ["queue", "move", "q"]],
  ["OUTPUT_OF_STAGE", ["add", "o"], { files: { o: "1\n" } }],
  ["OUTPUT_OVERLAP", ["status"], { files: stages(outs("d/a", "d")) }],
  ["OUTPUT_TRACKED", ["add", "params.yaml"]],
  ["OUTSIDE_REPOSITORY", ["exp", "run", "--queue", "-S", "x=2", "--copy-paths", "../f"], { files: { "../f": "1\n" } }],
  ["PARAMS_IS_FOLDER", ["exp", "run", "--queue", "-S", "data:x=1"]],
  ["PARAMS_TOO_DEEP", ["exp", "run", "--queue", "-S", `+${"a.".repeat(5_000)}a=1`]],
  [
    "PARAM_AMBIGUOUS",
    ["repro"],
    { files: { "params.yaml": "ab: 1\nac: 2\n", ...stages("  a:\n    cmd: 'true'\n    params: ['a*']\n") } },
  ],
  ["PROJECT_EXISTS", ["init"]],
  ["REMOTE_UNKNOWN", ["push", "-r", "nosuch"]],
  ["REMOTE_UNKNOWN", ["push"], { files: remote("file://elsewhere/x") }],
  ["REMOTE_UNKNOWN", ["pull"], { files: remote("file:///%2f/x") }],
  ["REMOTE_UNSUPPORTED", ["push"], { files: remote("webhdfs://b/k") }],
  [
    "REPRODUCE_FAILED",
    ["repro", "--keep-going"],
    { files: stages("  a:\n    cmd: exit 3\n  b:\n    cmd: echo\n    params: [nosuch]\n") },
  ],
  ["STAGE_FAILED", ["repro"], { files: stages("  a:\n    cmd: exit 3\n") }],
  ["STAGE_EXISTS", ["stage", "add", "-n", "a", "true"]],
  ["STAGE_FILE_MISSING", ["repro", "nosuch/dvc.yaml"]],
  [
    "STATE_TRACKED",
    ["status"],
    {
      files: { ".dvc/tmp/exps/sweepline/order.json": "[]" },
      prepare: (repository) => repository.git("add", "-f", ".dvc/tmp/exps"),
    },
  ],
  ["TARGETS_NOT_MATCHED", ["push", "--glob", "zz*"]],
  ["TARGET_IS_LOCK_FILE", ["repro", "dvc.lock"], { files: { "dvc.lock": "schema: '2.0'\nstages: {}\n" } }],
  ["UNKNOWN_REVISION", ["exp", "show", "--rev", "nosuch"]],
  [
    "UNSAVED_FILES",
    ["checkout"],
    {
      files: {
        "y.dvc": dataFile("c4ca4238a0b923820dcc509a6f75849b", "y"),
        y: "mine\n",
        ".dvc/cache/files/md5/c4/ca4238a0b923820dcc509a6f75849b": "1",
      },
    },
  ],
  [
    "CONFIG_BAD_SWEEP",
    ["sweep", "--dry-run"],
    { files: { ...composed, "conf/config.yaml": "x: 1\nhydra: {sweeper: {params: 3}}\n" } },
  ],
  [
    "FILE_EXISTS",
    ["move", "y", "z"],
    { files: { "y.dvc": dataFile("c4ca4238a0b923820dcc509a6f75849b", "y"), z: "1\n" } },
  ],
  ["DVC_FILE_INVALID", ["checkout", "y.dvc"], { files: { "y.dvc": "[1]\n" } }],
  ["FILE_EXISTS", ["install"], { files: { ".git/hooks/pre-push": "mine\n" } }],
  ["FILE_REFUSED", ["matrix", "plan", "x=1", "-o", "data"]],
  ["JSON_SAME_NAME", ["compose", "--json"], { files: { "conf/config.yaml": "1: a\n'1': b\n" } }],
  ["NOT_AN_IMPORT", ["update", "y.dvc"], { files: { "y.dvc": dataFile("c4ca4238a0b923820dcc509a6f75849b", "y") } }],
  [
    "PARAMS_NOT_STORABLE",
    ["repro"],
    { files: { "p.py": "x = b'1'\n", ...stages("  a:\n    cmd: 'true'\n    params:\n    - p.py:\n      - x\n") } },
  ],
  ["PUSH_REFUSED", ["exp", "push", "origin", "e"], { prepare: strictRemote("exit 1") }],
  [
    "SHELL_CHARACTERS",
    ["sweep", "--strict", "x='a;b'"],
    { files: stages(`  a:\n    cmd: echo \${x} > o\n    outs: [o]\n`) },
  ],
  [
    "STAGE_GENERATED",
    ["remove", "a@1"],
    { files: stages(`  a:\n    foreach: [1, 2]\n    do:\n      cmd: echo \${item}\n`) },
  ],
  [
    "TRANSFER_FAILED",
    ["fetch"],
    {
      files: {
        ...remote("../store"),
        "y.dvc": dataFile("c4ca4238a0b923820dcc509a6f75849b", "y"),
        "store/files/md5/c4/ca4238a0b923820dcc509a6f75849b": "2",
      },
    },
  ],
  ["URL_UNSUPPORTED", ["import-url", "gs://b/k"]],
];

let made: Repository;
beforeAll(() => {
  made = makeRepository({
    files: { "params.yaml": "x: 1\n", "dvc.yaml": pipeline, ".gitignore": "/o\n" },
  });
  made.write({ "notes.txt": "1\n" });
  made.commit("second");
  made.write({ "data/f": "1\n" });
  made.git("remote", "add", "origin", "../bare");
  made.git("init", "-q", "--bare", "../bare");
  const ids = [
    made.git("rev-parse", "HEAD"),
    made.git("rev-parse", "HEAD~1"),
    made.git("commit-tree", "-m", "c", "HEAD^{tree}"),
  ];
  const at = (id = "") => `refs/exps/${id.slice(0, 2)}/${id.slice(2)}`;
  made.git("update-ref", `${at(ids[0])}/e`, ids[2] ?? "");
  for (const id of ids.slice(1)) made.git("update-ref", `${at(id)}/twice`, ids[2] ?? "");
});

/** Each writes what it needs into a copy of its own. */
const tried = cases.map(([code, args, facts = {}]) => ({ code, args, facts }));

test.concurrent.each(tried)("$code: $args", async ({ code, args, facts }) => {
  const repository = made.copy();
  repository.write(facts.files ?? {});
  facts.prepare?.(repository);
  const { exitCode, stderr } = await repository.run(["-v", ...args]);
  const told = /^(?:CODE: |ERROR: unexpected error)(.*)$/m.exec(stderr)?.[1] ?? stderr;
  expect(told).toBe(code);
  expect(exitCode).toBeGreaterThan(0);
});
