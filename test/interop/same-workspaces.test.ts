/** The same experiments from workspaces that are not plain: a project in a sub-folder, changed data, changed and new files. */
import { appendFileSync, chmodSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";
import { manyPipelines } from "./many-pipelines.ts";
import { copyRepository, describeWithDvc, dvc, expectSameExperiment, runDvc } from "./peers.ts";

/** A project in the folder `project` of the repository; its data is tracked with a .dvc file. */
const files = {
  "README.md": "outside of the project\n",
  "project/.dvc/config": "",
  "project/.dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
  "project/params.yaml": "lr: 0.1\nwords: [a, b]\nopt: {name: sgd, on: true}\n",
  "project/settings.toml": "# kept\n[model]\nunits = 16\n",
  "project/code.sh": "cat data/a.txt > model.txt\n",
  "project/frozen.txt": "made before it was frozen\n",
  "project/gone.sh": "true\n",
  "project/dvc.yaml": `vars:
- settings.toml
metrics:
- summary.json
stages:
  train:
    cmd: sh code.sh && echo \${lr} \${model.units} >> model.txt
    desc: reads the values through its command
    deps:
    - code.sh
    - data
    outs:
    - model.txt:
        persist: true
  options:
    cmd: echo \${opt} > options.txt && echo '{"units"':' \${model.units}}' > summary.json
    params:
    - opt
    - words
    - settings.toml:
      - model
    outs:
    - options.txt:
        cache: false
  always:
    cmd: cat options.txt
    deps:
    - options.txt
    always_changed: true
  frozen:
    cmd: echo frozen > frozen.txt
    frozen: true
    deps:
    - code.sh
    outs:
    - frozen.txt:
        cache: false
`,
};

describeWithDvc("the same experiments from unusual workspaces", () => {
  let ours: Repository;
  let theirs: Repository;

  const dvcIn = async (repository: Repository, args: readonly string[], cwd = "project") => {
    const { exitCode, stdout, stderr } = await runDvc(repository, args, { cwd });
    if (exitCode !== 0) throw new Error(`'dvc ${args.join(" ")}' ended with ${exitCode}\n${stdout}\n${stderr}`);
  };
  const runBoth = async (args: readonly string[], cwd = "project") => {
    await Promise.all([ours.succeed(args, { cwd }), dvcIn(theirs, args, cwd)]);
  };
  const inBoth = (change: (folder: string) => void) => {
    for (const repository of [ours, theirs]) change(path.join(repository.folder, "project"));
  };
  const added = ["project/staged.txt", "project/link.sh"];
  const sameStatus = () => expect(ours.git("status", "--porcelain")).toBe(theirs.git("status", "--porcelain"));

  beforeAll(async () => {
    ours = makeRepository({ files, dvc: false });
    ours.write({ "project/data/a.txt": "a\n", "project/data/deep/b.txt": "b\n" });
    await dvcIn(ours, ["add", "data"]);
    ours.commit("data");
    theirs = copyRepository(ours);
  });

  test("a project in a sub-folder", async () => {
    await runBoth(["exp", "run", "--name", "first", "-S", "lr=0.5"]);
    expectSameExperiment(ours, theirs, "first");
    sameStatus();
  });

  test("a copy of it, of a part of it, with a message", async () => {
    await runBoth(["exp", "run", "--temp", "--name", "temp", "-S", "settings.toml:model.units=32", "-S", "+new={a:1}"]);
    expectSameExperiment(ours, theirs, "temp");
    await runBoth(["exp", "run", "--temp", "--name", "part", "--message", "mine", "-S", "lr=0.25", "options"]);
    expectSameExperiment(ours, theirs, "part");
    await runBoth(["exp", "run", "--temp", "--name", "single", "--single-item", "-S", "lr=0.75", "train"]);
    expectSameExperiment(ours, theirs, "single");
    await runBoth(["exp", "run", "--temp", "--name", "down", "--downstream", "-S", "lr=0.75", "options"]);
    expectSameExperiment(ours, theirs, "down");
  });

  test("files that were changed, added, deleted, linked, made executable", async () => {
    inBoth((folder) => {
      appendFileSync(path.join(folder, "code.sh"), "echo more >> model.txt\n");
      chmodSync(path.join(folder, "code.sh"), 0o755);
      rmSync(path.join(folder, "gone.sh"));
      appendFileSync(path.join(folder, "../README.md"), "more\n");
      appendFileSync(path.join(folder, "staged.txt"), "staged\n");
      appendFileSync(path.join(folder, "unknown.txt"), "untracked\n");
      symlinkSync("code.sh", path.join(folder, "link.sh"));
    });
    for (const repository of [ours, theirs]) repository.git("add", ...added);
    await runBoth(["exp", "run", "--temp", "--name", "dirty-temp", "-S", "lr=1"]);
    expectSameExperiment(ours, theirs, "dirty-temp");
    await runBoth(["exp", "run", "--name", "dirty-here", "-S", "lr=2"]);
    expectSameExperiment(ours, theirs, "dirty-here");
    // What was staged stays staged with us; DVC empties the index.
    theirs.git("add", ...added);
    sameStatus();
  });

  test("tracked data that was changed", async () => {
    inBoth((folder) => {
      appendFileSync(path.join(folder, "data/a.txt"), "changed\n");
      appendFileSync(path.join(folder, "data/c.txt"), "new\n");
    });
    await runBoth(["exp", "run", "--temp", "--name", "data-temp", "-S", "lr=3"]);
    expectSameExperiment(ours, theirs, "data-temp");
    await runBoth(["exp", "run", "--name", "data-here", "-S", "lr=4"]);
    expectSameExperiment(ours, theirs, "data-here");
  });
});

const odd: Files = {
  "params.yaml": `a: {k: 1, l: [1, 2]}
c: 1.0
d: 'yes'
e: null
f: 1_000
g: 0o17
h: .inf
i: 'many
  lines'
"j k": true
l: "\u00fcn\\u00ef"
m: 12345678901234567890
n: 1e3
o: 1.5e-9
p: {}
q: []
`,
  "p.toml": 'a = 1\n[t]\nx = 1.50\ny = "s"\n',
  "p.py": "A = 1\nB = {'k': (1, 2), 's': [3]}\nclass T:\n    x = 0.1\n    y: int = 3\n",
  "p.json": '{"a": [1, {"b": null}], "c": 1.0, "d": "\u00e9"}\n',
  "dvc.yaml": `stages:
  all:
    cmd: cat p.toml | head -1 > o.txt
    params: [a, c, d, e, f, g, h, i, j k, l, m, n, o, p, q, {p.toml: [t, a]}, {p.py: [A, B, T]}, {p.json: null}]
    outs: [o.txt]
  matrix:
    matrix: {x: [1, a], y: [0.5, {k: v}]}
    cmd: echo \${item.x} > m-\${key}.txt
    outs:
    - m-\${key}.txt
  long:
    cmd: echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb cccccccccccccc > "long \u00e9.txt"
    params: [l]
    outs: ["long \u00e9.txt"]
`,
};

describeWithDvc("the same experiments with settings and values of all kinds", () => {
  test("parameter files of all formats, odd values, staging", async () => {
    const ours = makeRepository({ files: odd });
    await dvc(ours, "config", "core.autostage", "true");
    ours.commit("settings");
    const theirs = copyRepository(ours);
    const edits = ["c=2", "p.toml:t.x=2.5", "p.py:T.x=0.5", "p.json:c=3", "e='x: y'"];
    const args = ["exp", "run", "--temp", "--name", "odd", ...edits.flatMap((edit) => ["-S", edit])];
    await Promise.all([ours.succeed(args), dvc(theirs, ...args)]);
    expectSameExperiment(ours, theirs, "odd");
    await Promise.all([ours.succeed(["repro"]), dvc(theirs, "repro")]);
    expect(ours.git("status", "--porcelain")).toBe(theirs.git("status", "--porcelain"));
    expect(ours.read("dvc.lock")).toBe(theirs.read("dvc.lock"));
  });

  test("a workspace that is saved without a run", async () => {
    const ours = makeRepository({ files: manyPipelines });
    await ours.succeed(["repro", "--all-pipelines"]);
    // Committed: of what a stage writes untracked, DVC saves nothing, and we save what is not in the cache.
    ours.commit("results");
    const theirs = copyRepository(ours);
    for (const repository of [ours, theirs]) {
      const params = repository.read("params.yaml").replace("epochs: 5", "epochs: 6");
      repository.write({ "params.yaml": params, "metrics.json": '{"score": 1}\n', "extra.txt": "x\n" });
      repository.write({ "data/raw.csv": "a,2\n" });
    }
    const args = ["exp", "save", "--name", "saved", "--include-untracked", "extra.txt"];
    await Promise.all([ours.succeed(args), dvc(theirs, ...args)]);
    expectSameExperiment(ours, theirs, "saved");
  });
});
