import { describe, expect, test } from "vitest";
import { projectStatus, statusLines, statusPlain } from "../../../src/pipeline/ask/status.ts";
import { loadProjectStages } from "../../../src/pipeline/reading/project-stages.ts";
import { chooseStages } from "../../../src/pipeline/reading/targets.ts";
import { trackedOutputs } from "../../../src/pipeline/reproduce/tracked-outputs.ts";
import { run, type TestProject, testProject } from "../project.ts";

const pipeline = `stages:
  a: {cmd: cp in a.txt, deps: [in], outs: [a.txt]}
  b: {cmd: cat a.txt >b.txt, deps: [a.txt], params: [x, y], outs: [b.txt]}
  g: {foreach: [one, two], do: {cmd: "echo \${item}"}}
`;

function project(): TestProject {
  return testProject({ "dvc.yaml": pipeline, in: "1\n", "params.yaml": "x: 1\ny: 2\n" });
}

async function status({ project: opened, root }: TestProject, targets: readonly string[] = []) {
  const warnings: string[] = [];
  const found = await projectStatus(opened, {
    folder: root,
    targets,
    recursive: false,
    extent: "targets-only",
    warning: (text) => warnings.push(text),
  });
  return { text: statusLines(found).join("\n"), plain: statusPlain(found), warnings };
}

describe("status", () => {
  test("is clean after a run but for stages that always run", async () => {
    const own = project();
    await run(own);
    expect((await status(own, ["a", "b"])).plain).toEqual({});
    expect((await status(own)).plain).toEqual({ "g@one": ["always changed"], "g@two": ["always changed"] });
  });

  test("says that nobody looked at a dependency in a bucket, in a run too", async () => {
    const url = "gs://me:secret@bucket/data.csv";
    const own = testProject({
      "dvc.yaml": `stages:\n  get:\n    cmd: cp in o\n    deps: ['${url}']\n    outs: [o]\n`,
      "dvc.lock": `schema: '2.0'\nstages:\n  get:\n    cmd: cp in o\n    deps:\n    - path: ${url}\n      checksum: '"1"'\n      size: 2\n    outs:\n    - path: o\n      hash: md5\n      md5: b026324c6904b2a9cb4b88d6d61c81d1\n      size: 2\n`,
      o: "1\n",
      ".dvc/cache/files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1": "1\n",
      ".gitignore": "/o\n",
    });
    const { plain, warnings } = await status(own);
    expect([plain, warnings]).toEqual([
      {},
      [
        "stage: 'get': whether 'gs://***@bucket/data.csv' has changed is not known: sweepline asks only web servers and buckets of S3. `dvc status` and `dvc repro` look.",
      ],
    ]);
    expect((await run(own)).lines.filter((line) => line.includes("is not known"))).toHaveLength(1);
  });

  test("counts data whose .dvc file has no hash as changed", async () => {
    const own = testProject({ "a.dvc": "outs:\n- path: a\n", a: "1\n", "b.dvc": "outs:\n- path: b\n" });
    expect((await status(own)).plain).toEqual({
      "a.dvc": [{ "changed outs": { a: "modified" } }],
      "b.dvc": [{ "changed outs": { b: "deleted" } }],
    });
  });

  test("says what changed, as DVC's text and JSON", async () => {
    const own = project();
    await run(own);
    own.write({ in: "2\n", "params.yaml": "x: 3\n", "dvc.yaml": pipeline.replace("cat a.txt", "cat  a.txt") });
    own.git("clean", "-fqx", "a.txt");
    const { text, plain } = await status(own, ["a", "b"]);
    expect(text).toBe(`a:
	changed deps:
		modified:           in
	changed outs:
		deleted:            a.txt
b:
	changed deps:
		deleted:            a.txt
		params.yaml:
			modified:           x
			deleted:            y
	changed command`);
    expect(plain).toEqual({
      a: [{ "changed deps": { in: "modified" } }, { "changed outs": { "a.txt": "deleted" } }],
      b: [
        { "changed deps": { "a.txt": "deleted", "params.yaml": { x: "modified", y: "deleted" } } },
        "changed command",
      ],
    });
  });

  test("of what never ran, of data that the cache lost, of a whole number that became a float", async () => {
    const own = project();
    expect((await status(own, ["b"])).plain).toEqual({
      b: [{ "changed deps": { "a.txt": "deleted", "params.yaml": "new" } }, { "changed outs": { "b.txt": "deleted" } }],
    });
    await run(own);
    own.write({ "params.yaml": "x: 1.0\ny: 2\n" });
    expect((await status(own, ["b"])).plain).toEqual({});
    own.git("clean", "-fqx", ".dvc/cache");
    expect((await status(own, ["a"])).plain).toEqual({ a: [{ "changed outs": { "a.txt": "not in cache" } }] });
  });

  test("warns of frozen stages and passes over their dependencies", async () => {
    const own = testProject({
      "dvc.yaml": "stages: {s: {cmd: cp in o, deps: [in], outs: [o], frozen: true}}\n",
      in: "1",
    });
    const { warnings, plain } = await status(own);
    expect(warnings).toEqual([
      "stage: 's' is frozen. Its dependencies are not going to be shown in the status output.",
    ]);
    expect(plain).toEqual({ s: [{ "changed outs": { o: "deleted" } }] });
  });
});

describe("targets", () => {
  async function chosen(targets: readonly string[], names: "exact" | "glob" = "exact") {
    const own = testProject({ "dvc.yaml": pipeline, "sub/dvc.yaml": "stages: {s: {cmd: x, outs: [deep/o]}}\n" });
    const stages = await loadProjectStages(own.project);
    return chooseStages(stages, { targets, folder: own.root, recursive: true, names }).map(
      ({ stage }) => stage.address,
    );
  }

  test.each([
    [["a"], ["a"]],
    [
      ["dvc.yaml:b", "a", "b"],
      ["b", "a"],
    ],
    [["g"], ["g@one", "g@two"]],
    [["g@two"], ["g@two"]],
    [["sub/dvc.yaml"], ["sub/dvc.yaml:s"]],
    [["sub/dvc.yaml:s"], ["sub/dvc.yaml:s"]],
    [["sub"], ["sub/dvc.yaml:s"]],
    [["sub/deep/o/inner"], ["sub/dvc.yaml:s"]],
    [["b.txt"], ["b"]],
  ])("%j are %j", async (targets, expected) => {
    expect(await chosen(targets)).toEqual(expected);
  });

  test("a pattern of names", async () => {
    expect(await chosen(["g@*", "sub/dvc.yaml:?"], "glob")).toEqual(["g@one", "g@two", "sub/dvc.yaml:s"]);
    await expect(chosen(["none*"], "glob")).rejects.toMatchObject({ code: "STAGE_NOT_FOUND" });
  });

  test("an unknown one, with a near name", async () => {
    await expect(chosen(["bb"])).rejects.toMatchObject({
      message: "Stage 'bb' not found inside 'dvc.yaml' file",
      hint: expect.stringContaining("'b'"),
    });
    await expect(chosen(["none/dvc.yaml"])).rejects.toThrow("'none/dvc.yaml' does not exist");
    await expect(chosen(["dvc.lock"])).rejects.toThrow("Did you mean: `dvc.yaml`?");
  });
});

test("what a commit of an experiment must hold besides Git's files", async () => {
  const own = testProject({
    "dvc.yaml": `stages:
  a: {cmd: "echo 1 >o; echo {} >m.json", deps: [src], params: [x], outs: [o], metrics: [{m.json: {cache: false}}]}
  b: {cmd: "echo {} >n.json", metrics: [{n.json: {cache: false}}]}
params: [more.yaml]
plots: [{title: {y: {curve.csv: loss}}}]
`,
    src: "",
    "params.yaml": "x: 1\n",
    "more.yaml": "",
    "curve.csv": "",
    "unrelated.txt": "",
  });
  await run(own);
  const all = ["curve.csv", "dvc.lock", "dvc.yaml", "m.json", "more.yaml", "n.json", "params.yaml", "src"];
  const stages = await loadProjectStages(own.project);
  expect(trackedOutputs(stages)).toEqual(all);
  expect(trackedOutputs(stages, ["b"])).toEqual(["curve.csv", "dvc.lock", "dvc.yaml", "more.yaml", "n.json"]);
});
