// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of dvc.yaml are what is tested
import { describe, expect, test } from "vitest";
import { plainValue } from "../../src/params/text/located.ts";
import { parseYaml } from "../../src/params/yaml/parse.ts";
import { loadProjectStages } from "../../src/pipeline/reading/project-stages.ts";
import type { Stage } from "../../src/pipeline/types.ts";
import { scanYaml } from "../../src/yaml/scan.ts";
import { type Files, testProject } from "./project.ts";

async function stagesOf(pipeline: string, files: Files = {}): Promise<readonly Stage[]> {
  return (await loadProjectStages(testProject({ "dvc.yaml": pipeline, ...files }).project)).stages;
}

async function commandOf(command: string, params: string): Promise<Stage["cmd"] | undefined> {
  const stages = await stagesOf(`stages:\n  a:\n    cmd: ${command}\n`, { "params.yaml": params });
  return stages[0]?.cmd;
}

describe("dvc.yaml", () => {
  test("all mistakes at once, with file, line and key", async () => {
    const wrong = `stages:
  a:
    cmds: x
    deps: in
  b:
    cmd: ok
    outs:
    - o: {cache: nope, presist: true}
    frozen: 3
metrics: m.json
`;
    await expect(stagesOf(wrong)).rejects.toMatchObject({
      code: "PIPELINE_FILE_INVALID",
      message: `'dvc.yaml' validation failed: 7 errors.
  dvc.yaml:2: stages.a: the key 'cmd' is missing
  dvc.yaml:3: stages.a.cmds: unknown key 'cmds', did you mean 'cmd'?
  dvc.yaml:4: stages.a.deps: expected a list of paths, found a string
  dvc.yaml:8: stages.b.outs[0].o.cache: expected true or false, found a string
  dvc.yaml:8: stages.b.outs[0].o.presist: unknown key 'presist', did you mean 'persist'?
  dvc.yaml:9: stages.b.frozen: expected true or false, found a number
  dvc.yaml:10: metrics: expected a list of files, found a string`,
    });
  });

  test("an explosion of aliases is refused", async () => {
    const levels = Array.from({ length: 9 }, (_, n) => `  l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`);
    await expect(stagesOf(`vars:\n- l0: &l0 [x]\n${levels.join("\n")}\n`)).rejects.toMatchObject({
      name: "SweeplineError",
    });
  });

  test("flags, parameters of several files, and paths as they are written", async () => {
    const [stage] = await stagesOf(`stages:
  a:
    cmd: [one, two]
    wdir: sub
    deps: [./in//x, ../top]
    params: [lr, "b.c", {other.json: [k, k]}, {whole.toml: }]
    outs: [dir/, {kept: {persist: true, cache: false, desc: what, push: false}}]
    metrics: [{m.json: {cache: false}}]
    plots: [p.csv: {x: epoch}]
`);
    expect(stage?.cmd).toEqual(["one", "two"]);
    expect(stage?.deps).toEqual(["./in//x", "../top"]);
    expect(stage?.params).toEqual([
      { file: "params.yaml", keys: ["lr", "b.c"] },
      { file: "other.json", keys: ["k"] },
      { file: "whole.toml", keys: null },
    ]);
    expect(stage?.outs).toEqual([
      { path: "dir/", kind: "out", cache: true, persist: false },
      { path: "kept", kind: "out", cache: false, persist: true, desc: "what", push: false },
      { path: "m.json", kind: "metric", cache: false, persist: false },
      { path: "p.csv", kind: "plot", cache: true, persist: false, plot: new Map([["x", "epoch"]]) },
    ]);
  });
});

test("absolute paths of the project are relative to the working folder, others and URLs stay", async () => {
  const project = testProject({ "params.yaml": "" });
  const { root } = project;
  project.write({
    "params.yaml": `top: ${root}\nraw: "./raw//x/"\n`,
    "dvc.yaml": `stages:
  a:
    cmd: "true"
    wdir: sub
    deps: ["${root}/in//./x/", "${root}/sub/y", "${root}-other/z", "s3://b//x/", "\${raw}"]
    params: [{"${root}/other.yaml": [k]}, {./params.yaml: [top]}]
    outs: ["\${top}/out"]
`,
  });
  const [stage] = (await loadProjectStages(project.project)).stages;
  expect(stage?.deps).toEqual(["../in/x", "y", `${root}-other/z`, "s3://b//x/", "./raw//x/"]);
  expect(stage?.params.map(({ file }) => file)).toEqual(["../other.yaml", "./params.yaml"]);
  expect(stage?.outs.map((output) => output.path)).toEqual(["../out"]);
});

describe("templates", () => {
  test("values in texts, with DVC's spelling", async () => {
    const params = "f: 1.0\nt: true\nn: null\ni: 3\nd: {l: [a, {x: 7}]}\nspaced key: s\n";
    expect(
      await commandOf("run ${f} ${t} ${n} ${i} ${d.l[0]} ${d.l[1].x} ${spaced key} \\${HOME} $HOME ${open", params),
    ).toBe("run 1.0 true None 3 a 7 s ${HOME} $HOME ${open");
  });

  test("a mapping becomes arguments", async () => {
    const params = `o: {lr: 0.1, flag: true, off: false, s: "a b", l: [1, x y, true], deep: {k: 2}}\n`;
    expect(await commandOf("run ${o}", params)).toBe("run --lr 0.1 --flag --s 'a b' --l 1 'x y' True --deep.k 2");
  });

  test("all references that can't be filled, with lines", async () => {
    const pipeline =
      "stages:\n  a:\n    cmd: ${no.such}\n    deps: ['${list}']\n  b:\n    cmd: ok\n    outs: ['${a..b}']\n";
    await expect(stagesOf(pipeline, { "params.yaml": "list: [1]\n" })).rejects.toMatchObject({
      code: "TEMPLATE_INVALID",
      message: expect.stringMatching(
        /3 errors\.\n {2}dvc\.yaml:3: stages\.a\.cmd: Could not find 'no\.such'\n {2}dvc\.yaml:4: stages\.a\.deps: Cannot interpolate data of type 'list'\n {2}dvc\.yaml:7: stages\.b\.outs: .*\n.*\^/,
      ),
    });
  });

  test("vars: inline, of files, of a stage; what is there twice is refused", async () => {
    const files = { "params.yaml": "a: 1\n", "v.json": '{"x": 2, "y": 3}', "sub/local.yaml": "z: 4\n" };
    const pipeline = (more: string) =>
      `vars:\n- b: {c: 5}\n- v.json:x\n${more}stages:\n  s:\n    cmd: \${a} \${b.c} \${x} \${z}\n    wdir: sub\n    vars: [local.yaml]\n`;
    expect((await stagesOf(pipeline(""), files))[0]?.cmd).toBe("1 5 2 4");
    await expect(stagesOf(pipeline("- a: 9\n"), files)).rejects.toThrow(
      "cannot redefine 'a' from 'vars[2]' as it already exists in 'params.yaml'",
    );
    await expect(stagesOf(pipeline("- none.yaml\n"), files)).rejects.toThrow("'none.yaml' does not exist");
  });

  test("foreach and matrix name their stages as DVC does", async () => {
    const stages = await stagesOf(`stages:
  f:
    foreach: [us, 1.5, true]
    do: {cmd: "\${item}"}
  m:
    foreach: {one: {v: 1}}
    do: {cmd: "\${key} \${item.v}"}
  c:
    foreach: [{v: 1}, {v: 2}]
    do: {cmd: "\${item.v}"}
  x:
    matrix: {a: [p, q], b: [1, {k: 2}]}
    cmd: \${item.a} \${key}
`);
    expect(stages.map((stage) => [stage.name, stage.cmd])).toEqual([
      ["f@us", "us"],
      ["f@1.5", "1.5"],
      ["f@true", "true"],
      ["m@one", "one 1"],
      ["c@0", "1"],
      ["c@1", "2"],
      ["x@p-1", "p p-1"],
      ["x@p-b1", "p p-b1"],
      ["x@q-1", "q q-1"],
      ["x@q-b1", "q q-b1"],
    ]);
  });

  test("item and key are reserved in vars of generated stages", async () => {
    const reserved = "attempted to modify reserved key";
    await expect(
      stagesOf("stages:\n  b:\n    foreach: [1]\n    do:\n      vars: [{item: 5}]\n      cmd: echo ${item}\n"),
    ).rejects.toThrow(`failed to parse 'stages.b@1.vars' in 'dvc.yaml', line 5: ${reserved} item`);
    const matrix = "stages:\n  b:\n    matrix: {x: [1]}\n    vars: [v.yaml]\n    cmd: echo ${item.x}\n";
    await expect(stagesOf(matrix, { "v.yaml": "key: 1\nitem: 2\n" })).rejects.toThrow(
      `${reserved}s key and item in 'v.yaml'`,
    );
    const others = "vars: [{item: 10}]\nstages:\n  b:\n    foreach: [1]\n    do:\n      vars: [{key: 2}]\n";
    const [stage] = await stagesOf(`${others}      cmd: echo \${item} \${key}\n`);
    expect([stage?.cmd, stage?.hiddenVars]).toEqual(["echo 1 2", ["item"]]);
  });

  test("foreach and matrix over values taken by a template: no keys but strings, booleans as in Python", async () => {
    const pipeline = `vars:
- m: {1: {v: x}, name: {v: y}, "2": {v: z}}
- l: [true, null, 1]
stages:
  f:
    foreach: \${m}
    do: {cmd: "\${key} \${item.v}"}
  g:
    foreach: \${l}
    do: {cmd: "\${item}"}
  h:
    foreach: {1: x, true_: y}
    do: {cmd: "\${key}"}
  x:
    matrix: {a: [true, "\${l[0]}"], b: "\${l}"}
    cmd: \${item.a} \${item.b}
`;
    const names = (await stagesOf(pipeline)).map((stage) => stage.name).join(" ");
    const matrix = ["true", "True"].map((a) => `x@${a}-True x@${a}-None x@${a}-1`).join(" ");
    expect(names).toBe(`f@name f@2 g@True g@None g@1 h@1 h@true_ ${matrix}`);
  });

  test("a matrix of 5,000 stages", async () => {
    const numbers = (count: number) => `[${Array.from({ length: count }, (_, n) => n).join(", ")}]`;
    const pipeline = `stages:\n  t:\n    matrix: {a: ${numbers(100)}, b: ${numbers(50)}}\n    cmd: \${item.a}\n    outs: ["o/\${item.a}/\${item.b}"]\n`;
    expect(await stagesOf(pipeline)).toHaveLength(5000);
  });

  test("a change of a file that templates read is seen", async () => {
    const project = testProject({ "dvc.yaml": "stages: {a: {cmd: 'x ${v}'}}\n", "params.yaml": "v: 1\n" });
    expect((await loadProjectStages(project.project)).stages[0]?.cmd).toBe("x 1");
    project.write({ "params.yaml": "v: 2\n" });
    expect((await loadProjectStages(project.project)).stages[0]?.cmd).toBe("x 2");
  });
});

test("pipeline files are looked for where neither Git nor .dvcignore says no, and not inside outputs", async () => {
  const stage = "stages: {s: {cmd: x}}\n";
  const project = testProject({
    ".gitignore": "/ignored/\n*.tmp\n",
    ".dvcignore": "hidden\n",
    "dvc.yaml": "stages: {top: {cmd: x, outs: [{made: {cache: false}}]}}\n",
    "sub/dvc.yaml": stage,
    "sub/.gitignore": "deep\n",
    "sub/deep/dvc.yaml": stage,
    "ignored/dvc.yaml": stage,
    "hidden/dvc.yaml": stage,
    "made/dvc.yaml": stage,
    "nested/.dvc/config": "",
    "nested/dvc.yaml": stage,
  });
  const { stages } = await loadProjectStages(project.project);
  expect(stages.map((each) => each.address)).toEqual(["top", "sub/dvc.yaml:s"]);
});

describe("the quick reader of plain files", () => {
  const plainStyle = `stages:
  a:
    cmd: sh a.sh
    deps: [in, data/raw.csv]
    params:
    - lr
    - other.json:
      - k
    outs:
    - out:
        cache: false
`;

  test.each([
    ["plain", plainStyle],
    ["numbers and words in a list", "stages: \n  a:\n    cmd: x\n    deps: [1.txt, true-ish, a.b]\n"],
    ["a list of numbers", "vars:\n- n: [1, 2.5, true, null, 0x1f]\n"],
  ])("reads what the whole parser reads: %s", (_, text) => {
    const { root } = parseYaml({ path: "dvc.yaml", text });
    const whole = root === undefined ? new Map() : plainValue(root);
    expect(scanYaml(text) ?? whole).toEqual(whole);
  });

  test("knows the plain style", () => {
    const { root } = parseYaml({ path: "dvc.yaml", text: plainStyle });
    expect(root === undefined ? undefined : plainValue(root)).toEqual(scanYaml(plainStyle));
  });
});

describe("what a template can't be filled with", () => {
  const refusal = async (pipeline: string, params = "o: {a: 1}\nl: [1]\n"): Promise<string> => {
    try {
      await stagesOf(pipeline, { "params.yaml": params });
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error("nothing was refused");
  };

  test.each<[what: string, pipeline: string, message: string]>([
    ["a list in a command", "stages:\n  a:\n    cmd: x ${l}\n", "line 3: Cannot interpolate data of type 'list'"],
    [
      "a mapping elsewhere",
      "stages:\n  a:\n    cmd: x\n    wdir: x${o}\n",
      "line 4: Cannot interpolate data of type 'dict'",
    ],
    [
      "vars with a template",
      "vars:\n- b: ${o.a}\nstages: {}\n",
      "failed to parse 'vars' in 'dvc.yaml', line 1: interpolating is not allowed",
    ],
    [
      "vars of a stage with a template",
      "stages:\n  a:\n    cmd: x ${b}\n    vars:\n    - b: ${o.a}\n",
      "failed to parse 'stages.a.vars' in 'dvc.yaml', line 4: interpolating is not allowed",
    ],
    [
      "a foreach over a text",
      "stages:\n  a:\n    foreach: x${o.a}\n    do:\n      cmd: x\n",
      "line 3: expected list/dictionary",
    ],
    [
      "a foreach over nothing that is there",
      "stages:\n  a:\n    foreach: ${nope}\n    do:\n      cmd: x\n",
      "failed to parse 'stages.a.foreach'",
    ],
    [
      "a matrix over a text",
      "stages:\n  a:\n    matrix:\n      m: x${o.a}\n    cmd: x\n",
      "failed to parse 'stages.a.matrix.m' in 'dvc.yaml', line 4: expected list",
    ],
    [
      "too large a matrix",
      `stages:\n  a:\n    matrix:\n${["m", "n", "o", "p"].map((name) => `      ${name}: [${Array(20).fill(1).join(", ")}]\n`).join("")}    cmd: x\n`,
      "line 3: more than 100000 combinations",
    ],
  ])("%s", async (_what, pipeline, message) => {
    expect(await refusal(pipeline)).toContain(message);
  });

  test("several at once, each with its line", async () => {
    const text = await refusal("stages:\n  a:\n    cmd: x ${l}\n    deps:\n    - ${nope}\n  b:\n    cmd: ${no.such}\n");
    expect(text).toMatch(
      /^failed to parse 'dvc\.yaml': 3 errors\.\n {2}dvc\.yaml:3: stages\.a\.cmd: .*\n {2}dvc\.yaml:4: .*\n {2}dvc\.yaml:7: /,
    );
  });
});
