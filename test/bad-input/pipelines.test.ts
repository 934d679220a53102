/** A dvc.yaml that can't be run as it says: nothing runs, nothing is written or queued, by whatever command. */
import { mkdirSync, symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Files, Repository } from "../rig/index.ts";
import { makeSoundProject, refusal, starts } from "./project.ts";

let rig: Repository;

beforeAll(async () => {
  rig = await makeSoundProject();
  mkdirSync(path.join(rig.root, "outside"));
  symlinkSync(path.join(rig.root, "outside"), path.join(rig.folder, "link"));
  symlinkSync("../.git/hooks", path.join(rig.folder, ".dvc", "hooks-link"));
  symlinkSync(".git", path.join(rig.folder, "git-link"));
});

const first = "  a: {cmd: echo ran >> ran, outs: [o.txt]}\n";
const stage = (facts: string) => `stages:\n${first}  b: {cmd: echo ran >> ran, ${facts}}\n`;

const pipelines: Record<string, readonly [yaml: string, says: RegExp]> = {
  "an output above the project": [
    stage("outs: [../p.txt]"),
    /stage 'b' in 'dvc\.yaml:3': .*'\.\.\/p\.txt' is outside of the project/,
  ],
  "several at once": [
    "stages:\n  a:\n    cmd: x\n    outs: [/etc/p.txt]\n    deps:\n    - dvc.yaml\n  b: {cmd: x, wdir: ..}\n",
    /'dvc\.yaml:6': DVC file.*\n.*'dvc\.yaml:4': .*'\/etc\/p\.txt' is outside of the project\n.*'dvc\.yaml:7': the working folder/,
  ],
  "the project itself": [stage("outs: [.]"), /would replace the project's own files/],
  "the folder above": [stage("outs: [..]"), /outside of the project/],
  "a Git hook": [stage("outs: [.git/hooks/pre-commit]"), /would replace the project's own files/],
  "a Git hook in capitals": [stage("outs: [.GIT/hooks/pre-commit]"), /would replace the project's own files/],
  "the configuration": [stage("outs: [.dvc/config]"), /would replace the project's own files/],
  "the lock file": [stage("outs: [{dvc.lock: {cache: false}}]"), /would replace the project's own files/],
  "the pipeline file": [stage("outs: [dvc.yaml]"), /is within an output 'dvc\.yaml'/],
  "an output behind a link": [stage("outs: [link/p.txt]"), /'link\/p\.txt' leads out of the project through a link/],
  "an output behind a link into .git": [stage("outs: [git-link/x]"), /leads into '\.git.*' through a link/],
  "a working folder outside": [stage("wdir: .., outs: [p.txt]"), /working folder '.*' is outside of the project/],
  "a working folder behind a link": [stage("wdir: link, outs: [p.txt]"), /working folder .* through a link/],
  "a path with NUL": [stage('outs: ["p\\0.txt"]'), /a path holds a NUL character/],
  "two stages with one output": [
    stage("outs: [o.txt]"),
    /output 'o\.txt' is specified in:\n.*'a' in 'dvc\.yaml:2'\n.*'b' in 'dvc\.yaml:3'/,
  ],
  "an output inside another": [
    stage("outs: [o.txt/inner, o.txt]"),
    /dvc\.yaml:2[\s\S]*dvc\.yaml:3[\s\S]*overlap[\s\S]*is specified in/,
  ],
  "a circle": [stage("deps: [p.txt], outs: [p.txt]"), /circle of stages: b\.\n.*'dvc\.yaml:3'/],
  "a missing dependency": [
    stage("deps: [nope.txt], outs: [p]"),
    /reproduce 'b': dependency 'nope\.txt' does not exist \(dvc\.yaml:3\)\nHINT: Nothing was run/,
  ],
  "missing dependencies and folders": [
    "stages:\n  a: {cmd: echo > o.txt, deps: [x1, x2], outs: [o.txt]}\n  b:\n    cmd: echo ran >> ran\n    wdir: gone\n",
    /'a' and 'b':\n {2}dvc\.yaml:2: .*'x1'.*\n {2}dvc\.yaml:2: .*'x2'.*\n {2}dvc\.yaml:5: the working folder 'gone'/,
  ],
  "a dvc.yaml as a dependency": [stage("deps: [dvc.yaml]"), /DVC file 'dvc\.yaml' cannot be a dependency/],
  "a .dvc file as an output": [stage("outs: [x.dvc]"), /DVC file 'x\.dvc' cannot be an output/],
  "a missing parameter file": [stage("params: [{nope.yaml: [y]}]"), /dependency 'nope\.yaml' does not exist/],
  "a key that is not known": [
    stage(`outz: [p], deps: ["\${nope}"]`),
    /validation failed: 2 errors.\n.*:3: .*'outz'.*\n.*:3: stages\.b\.deps: .*nope/,
  ],
  "no YAML": ["stages: [", /unable to read: 'dvc\.yaml', line 1/],
};

describe("refused by all that would run it:", () => {
  for (const [name, [yaml, says]] of Object.entries(pipelines))
    test(name, async () => {
      rig.write({ "dvc.yaml": yaml });
      // The fast commands always; one that starts workers for a few of them, since all go the same way.
      for (const words of name.startsWith("a missing") ? starts : starts.slice(0, 2))
        expect(await refusal(rig, words)).toMatch(says);
    });
});

test("a link that a stage puts in the place of a folder is not followed by the next one", async () => {
  const swap =
    "mkdir -p ../outside/d; echo precious > ../outside/d/p.txt; rm -rf d; ln -s ../outside/d d; echo > o.txt";
  rig.write({
    "dvc.yaml": `stages:\n  a: {cmd: '${swap}', outs: [o.txt]}\n  b: {cmd: echo ran >> ran, deps: [o.txt], outs: [d/p.txt]}\n`,
  });
  const { exitCode, stderr } = await rig.run(["repro"]);
  expect([exitCode, stderr]).toEqual([
    255,
    expect.stringMatching(/'d\/p\.txt' leads out of the project through a link/),
  ]);
  expect(rig.read("../outside/d/p.txt")).toBe("precious\n");
  expect(rig.exists("ran")).toBe(false);
});

test("with --keep-going what does not need the missing file still runs", async () => {
  rig.write({
    "dvc.yaml": "stages:\n  a: {cmd: echo > k.txt, outs: [k.txt]}\n  b: {cmd: echo ran >> ran, deps: [nope.txt]}\n",
  });
  const { exitCode, stderr } = await rig.run(["repro", "--keep-going"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("dependency 'nope.txt' does not exist")]);
  expect(rig.exists("k.txt")).toBe(true);
});

test("a pipeline of a fetched experiment is read, never run", async () => {
  const theirs = await makeSoundProject();
  theirs.write({ "dvc.yaml": "stages:\n  evil: {cmd: 'echo ran >> ran; echo > e.txt', outs: [e.txt]}\n" });
  await theirs.succeed(["exp", "run", "-n", "evil", "-S", "x=2"]);
  theirs.git("clone", "--quiet", theirs.folder, "../clone");
  const cwd = "../clone";
  await theirs.succeed(["exp", "pull", "origin", "evil"], { cwd });
  const reads = [
    ["exp", "show"],
    ["exp", "list"],
    ["exp", "diff", "HEAD", "evil"],
    ["params", "diff", "HEAD", "evil"],
  ];
  for (const words of reads) await theirs.succeed(words, { cwd });
  expect(theirs.exists("../clone/ran")).toBe(false);
});

describe("a NUL in a path ends no command with a bug", () => {
  const md5 = "c4ca4238a0b923820dcc509a6f75849b";
  const lock = `schema: "2.0"\nstages:\n  a:\n    cmd: x\n    deps:\n    - {path: "d\\0", hash: md5, md5: ${md5}}\n`;
  const strange: Readonly<Record<string, Files>> = {
    "dvc.yaml": { "dvc.yaml": stage('deps: ["d\\0"], params: [{"p\\0.json": [y]}]') },
    "tables of dvc.yaml": { "dvc.yaml": 'metrics: ["m\\0.json"]\nparams: ["p\\0.toml"]\nplots: ["q\\0.csv"]\n' },
    vars: { "dvc.yaml": `vars: ["v\\0.yaml"]\n${stage("outs: [p]")}` },
    "an import": { "y.dvc": `deps:\n- path: "f\\0/g"\nouts:\n- {path: y, hash: md5, md5: ${md5}, size: 1}\n` },
    "dvc.lock": { "dvc.yaml": stage("outs: [p]"), "dvc.lock": lock },
  };
  const readers = [
    ["status"],
    ["exp", "show"],
    ["metrics", "show"],
    ["data", "status"],
    ["list", "-R", "."],
    ["gc", "-w"],
  ];

  test.each(Object.entries(strange))("%s", async (_where, files) => {
    const repository = rig.copy();
    repository.write(files);
    for (const words of readers) {
      const { exitCode, signal, stderr } = await repository.run(words);
      expect([words, exitCode, signal]).toEqual([words, expect.any(Number), null]);
      expect([words, stderr]).toEqual([words, expect.not.stringContaining("unexpected error")]);
    }
  });
});
