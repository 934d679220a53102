import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { SweeplineError } from "../../../src/base/errors.ts";
import { dagDot, dagMermaid, dagText } from "../../../src/pipeline/ask/dag.ts";
import { addStage, type NewStage, setFrozen } from "../../../src/pipeline/edit/edit-file.ts";
import { loadProjectStages } from "../../../src/pipeline/reading/project-stages.ts";
import { commitStages } from "../../../src/pipeline/reproduce/commit-stages.ts";
import { run, type TestProject, testProject } from "../project.ts";

const plain: NewStage = { name: "s", cmd: "cp in out", deps: ["in"], params: [], outs: [], alwaysChanged: false };
const out = (path: string, cache = true) => ({ path, list: "outs" as const, cache, persist: false });

function add(project: TestProject, stage: Partial<NewStage>, existing: "refuse" | "replace" = "refuse") {
  return addStage(project.project, { folder: project.root, stage: { ...plain, ...stage }, existing });
}

describe("adding a stage", () => {
  test("writes DVC's order of keys and a line into .gitignore", async () => {
    const project = testProject({});
    const added = await add(project, {
      params: ["b,a", "x.json:k", "whole.toml:"],
      deps: ["z", "in"],
      outs: [out("out"), { path: "m.json", list: "metrics", cache: false, persist: false }],
      desc: "what",
    });
    expect(added).toMatchObject({ writtenFiles: [".gitignore", "dvc.yaml"], notIgnored: [] });
    expect(project.read(".gitignore")).toBe("/out\n");
    expect(project.read("dvc.yaml")).toBe(`stages:
  s:
    desc: what
    cmd: cp in out
    deps:
    - in
    - z
    params:
    - a
    - b
    - whole.toml:
    - x.json:
      - k
    outs:
    - out
    metrics:
    - m.json:
        cache: false
`);
  });

  test("leaves the other bytes of the file alone; a replaced stage keeps its description", async () => {
    const before = "# mine\nstages:\n    old:   # why\n        cmd: 'x'\n        desc: kept\n";
    const project = testProject({ "dvc.yaml": before });
    await add(project, { outs: [out("o", false)] });
    expect(project.read("dvc.yaml").startsWith(before)).toBe(true);
    await expect(add(project, { name: "old" })).rejects.toThrow(
      "Stage 'old' already exists in 'dvc.yaml'. Use '--force' to overwrite.",
    );
    await add(project, { name: "old", cmd: "new" }, "replace");
    expect(project.read("dvc.yaml").startsWith(before.replace("'x'", "new"))).toBe(true);
    const { stages } = await loadProjectStages(project.project);
    expect(stages.find(({ name }) => name === "old")).toMatchObject({ cmd: "new", desc: "kept" });
  });

  test.each([
    ["a bad name", { name: "a/b" }, "BAD_STAGE_NAME"],
    ["no command", { cmd: " " }, "NO_COMMAND"],
    ["an output of another stage", { outs: [out("made")] }, "OUTPUT_DUPLICATE"],
    ["a circle", { deps: ["made"], outs: [out("source")] }, "STAGE_CYCLE"],
    ["an output outside", { outs: [out("../x")] }, "OUTSIDE_PROJECT"],
    ["a dependency twice", { deps: ["in", "in"] }, "PATH_TWICE"],
    ["a dependency that is an output", { outs: [out("in")] }, "PATH_TWICE"],
  ])("refuses %s and writes nothing", async (_, stage, code) => {
    const text = "stages: {m: {cmd: x, deps: [source], outs: [made]}}\n";
    const project = testProject({ "dvc.yaml": text });
    await expect(add(project, stage)).rejects.toMatchObject({ code });
    expect(project.read("dvc.yaml")).toBe(text);
  });
});

describe("the files around a new stage", () => {
  test("outputs that are kept are ignored first, then metrics, plots and the others; those of folders to come are named", async () => {
    const project = testProject({});
    const { writtenFiles, notIgnored } = await add(project, {
      outs: [
        out("z"),
        { path: "p.csv", list: "plots", cache: true, persist: false },
        { path: "m.json", list: "metrics", cache: true, persist: false },
        { path: "kept", list: "outs", cache: true, persist: true },
        out("later/o"),
        out("own", false),
      ],
    });
    expect(project.read(".gitignore")).toBe("/kept\n/m.json\n/p.csv\n/z\n");
    expect(writtenFiles).toEqual([".gitignore", "dvc.yaml"]);
    expect(notIgnored).toEqual([path.join(project.root, "later/o")]);
    expect(project.read("dvc.yaml")).toContain("- kept:\n        persist: true\n");
  });

  test("paths count from the working folder, as DVC writes them", async () => {
    const project = testProject({ "sub/in": "1" });
    const { stage } = await add(project, { wdir: "sub", outs: [out("o")], params: ["p.yaml:a"] });
    expect(stage).toMatchObject({ workingFolder: path.join(project.root, "sub") });
    expect(project.read("dvc.yaml")).toContain("    wdir: sub\n");
    expect(project.read("sub/.gitignore")).toBe("/o\n");
  });

  test.each<[what: string, wdir: string, message: string]>([
    ["is not there", "nope", "stage working dir 'nope' does not exist"],
    ["is a file", "in", "stage working dir 'in' is not directory"],
  ])("a working folder that %s is refused", async (_what, wdir, message) => {
    const project = testProject({ in: "1" });
    await expect(add(project, { wdir, deps: [] })).rejects.toMatchObject({ code: "BAD_WORKING_FOLDER", message });
  });
});

test("a replaced stage keeps what its outputs say beside their work, and its meta", async () => {
  const before = `stages:
  s:
    cmd: old
    outs:
    - ./o:
        desc: mine
        push: false
        cache: false
    - plain
    meta: {who: me}
`;
  const project = testProject({ "dvc.yaml": before });
  await add(project, { outs: [out("o"), out("plain")], alwaysChanged: true }, "replace");
  const { stages } = parse(project.read("dvc.yaml"));
  expect(stages.s).toEqual({
    cmd: "cp in out",
    deps: ["in"],
    outs: [{ o: { desc: "mine", push: false } }, "plain"],
    always_changed: true,
    meta: { who: "me" },
  });
});

test("freezing and thawing change one line", async () => {
  const text = "stages:\n  s:\n    cmd: x\n  t: {cmd: y}\n";
  const project = testProject({ "dvc.yaml": text });
  const stage = async () => (await loadProjectStages(project.project)).stages.filter(({ name }) => name === "s");
  for (const each of await stage()) await setFrozen(project.project, each, "frozen");
  expect(project.read("dvc.yaml")).toBe("stages:\n  s:\n    cmd: x\n    frozen: true\n  t: {cmd: y}\n");
  for (const each of await stage()) await setFrozen(project.project, each, "thawed");
  expect(project.read("dvc.yaml")).toBe(text);
});

test("commit takes what lies in the workspace, and asks where it changed", async () => {
  const project = testProject({ "dvc.yaml": "stages: {s: {cmd: cp in o, deps: [in], outs: [o]}}\n", in: "1" });
  await run(project);
  project.write({ o: "by hand" });
  const asked: string[] = [];
  const request = {
    folder: project.root,
    targets: [],
    recursive: false,
    events: {
      warning: () => undefined,
      confirm: async (question: string) => {
        asked.push(question);
        return false;
      },
    },
  };
  await expect(commitStages(project.project, { ...request, changed: "ask" })).rejects.toMatchObject({
    code: "NOT_CONFIRMED",
  });
  expect(asked).toEqual(["outputs ['o'] of stage: 's' changed. Are you sure you want to commit it?"]);
  await commitStages(project.project, { ...request, changed: "accept" });
  expect((await run(project)).result).toMatchObject({ changed: 0 });
  project.git("clean", "-fqx", "o");
  const { message, hint } = (await commitStages(project.project, { ...request, changed: "ask" }).catch(
    (error: unknown) => error,
  )) as SweeplineError;
  expect([message, hint, asked.length]).toEqual(["output 'o' does not exist", undefined, 1]);
});

test("unfreeze takes `frozen: false` away", async () => {
  const project = testProject({ "dvc.yaml": "stages: {s: {cmd: x, frozen: false}}\n" });
  for (const each of (await loadProjectStages(project.project)).stages)
    expect(await setFrozen(project.project, each, "thawed")).toBe("changed");
  expect(project.read("dvc.yaml")).toBe("stages: {s: {cmd: x}}\n");
});

test("what is frozen already, or was never, is left as it is", async () => {
  const text = "stages:\n  s: {cmd: x, frozen: true}\n  t: {cmd: y}\n";
  const project = testProject({ "dvc.yaml": text });
  const { stages } = await loadProjectStages(project.project);
  for (const stage of stages)
    expect(await setFrozen(project.project, stage, stage.name === "s" ? "frozen" : "thawed")).toBe("unchanged");
  expect(project.read("dvc.yaml")).toBe(text);
});

test("a generated stage can't be frozen here: the definition is that of all", async () => {
  const text = "stages:\n  s:\n    foreach: [a, b]\n    do: {cmd: x}\n";
  const project = testProject({ "dvc.yaml": text });
  const [stage] = (await loadProjectStages(project.project)).stages;
  if (stage === undefined) throw new TypeError("no stage");
  await expect(setFrozen(project.project, stage, "frozen")).rejects.toMatchObject({
    code: "CANNOT_FREEZE",
    message: expect.stringContaining("'s'"),
  });
  expect(project.read("dvc.yaml")).toBe(text);
});

test("the graph as text, Mermaid and DOT", () => {
  const nodes = { nodes: ["b", 'a"'], needs: new Map([["b", ['a"']]]) };
  expect(dagText(nodes)).toBe('a"\nb <- a"');
  expect(dagMermaid(nodes)).toBe('flowchart TD\n\tnode1["a&quot;"]\n\tnode2["b"]\n\tnode1-->node2');
  expect(dagDot(nodes)).toBe('strict digraph {\n"b";\n"a\\"";\n"a\\"" -> "b";\n}\n');
});

test("stage names of a pattern without a match, an empty command and a template in a flow list are refused in words", async () => {
  const loading = (text: string) => loadProjectStages(testProject({ "dvc.yaml": text }).project);
  await expect(loading("stages:\n  a:\n    cmd: ''\n")).rejects.toThrow(
    "dvc.yaml:3: stages.a.cmd: the command is empty",
  );
  await expect(loading("stages:\n  a:\n    cmd: [1]\n")).rejects.toThrow("stages.a.cmd[0]: expected a string");
  await expect(loading(`stages:\n  a:\n    cmd: x\n    outs: [\${y}]\n`)).rejects.toMatchObject({
    hint: expect.stringContaining("needs quotes"),
  });
  const project = testProject({ "dvc.yaml": "stages:\n  a:\n    cmd: x\n" });
  await expect(run(project, { targets: ["b*"], glob: true })).rejects.toThrow("no stage in 'dvc.yaml' matches 'b*'");
});

test("a frozen .dvc file says so, and a thawed one does not", async () => {
  const before = "outs:\n- md5: d41d8cd98f00b204e9800998ecf8427e\n  size: 0\n  hash: md5\n  path: x\n";
  const project = testProject({ "x.dvc": before, x: "" });
  const stage = async () => (await loadProjectStages(project.project)).stages;
  for (const each of await stage()) expect(await setFrozen(project.project, each, "frozen")).toBe("changed");
  expect(project.read("x.dvc")).toBe(`${before}frozen: true\n`);
  for (const each of await stage()) await setFrozen(project.project, each, "thawed");
  expect(project.read("x.dvc")).toBe(before);
});

test("anchors are numbered through the lock file", async () => {
  const stage = (cmd: string) => ({ cmd, params: ["a", "a.b"] });
  const files = {
    "params.yaml": "a:\n  b: [1]\n",
    "dvc.yaml": JSON.stringify({ stages: { x: stage("true"), y: stage(":") } }),
  };
  const project = testProject(files);
  await run(project);
  expect(project.read("dvc.lock").match(/[&*]id\d+/g)).toEqual(["&id001", "*id001", "&id002", "*id002"]);
});
