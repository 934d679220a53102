import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { ProcessIdentity } from "../../../src/base/processes.ts";
import { isGroupRunning } from "../../../src/pipeline/processes/process-group.ts";
import { binary } from "../../rig/repository.ts";
import { run, type TestProject, testProject } from "../project.ts";

/** a -> b, and c by itself; each appends its name to the file `log`. */
const pipeline = `stages:
  a:
    cmd: echo a >>log; cat in >a.txt
    deps: [in]
    outs: [a.txt]
  b:
    cmd: echo b >>log; cat a.txt params.yaml >b.txt; echo '{"n":1}' >m.json
    deps: [a.txt]
    params: [x]
    outs: [b.txt]
    metrics: [{m.json: {cache: false}}]
  c:
    cmd: echo c >>log; echo c >c.txt
    deps: [other]
    outs: [c.txt]
`;

function chainProject(more: Readonly<Record<string, string>> = {}): TestProject {
  return testProject({ "dvc.yaml": pipeline, in: "1\n", other: "o\n", "params.yaml": "x: 1\ny: 1\n", ...more });
}

function takeLog(project: TestProject): string {
  const ran = project.has("log") ? project.read("log").trim().split("\n").join(" ") : "";
  project.write({ log: "" });
  return ran;
}

describe("what runs, and what is skipped", () => {
  test("all at first, then nothing, then what changed and what needs it", async () => {
    const project = chainProject();
    expect((await run(project)).result).toMatchObject({ kind: "done", changed: 3, changedStages: ["a", "b", "c"] });
    expect(takeLog(project)).toBe("a b c");
    const again = await run(project);
    expect(again.result).toMatchObject({ kind: "done", changed: 0, changedStages: [], writtenFiles: [] });
    expect(again.result.kind === "done" && [...again.result.entries.keys()]).toEqual(["a", "b", "c"]);
    project.write({ "params.yaml": "x: 2\ny: 1\n" });
    await run(project);
    expect(takeLog(project)).toBe("b");
    project.write({ "params.yaml": "x: 2\ny: 5\n" });
    await run(project);
    expect(takeLog(project)).toBe("");
  });

  test("a run that was made before is restored, metrics outside the cache too", async () => {
    const project = chainProject();
    await run(project);
    const first = project.read("dvc.lock");
    project.write({ in: "2\n" });
    await run(project);
    takeLog(project);
    project.write({ in: "1\n", "m.json": "broken" });
    const restored = await run(project);
    expect(restored.lines).toContain("Stage 'b' is cached - skipping run, checking out outputs");
    expect(takeLog(project)).toBe("");
    expect(project.read("m.json")).toBe('{"n":1}\n');
    expect(project.read("dvc.lock")).toBe(first);
  });

  test("deleted outputs come back from the cache, even without the run-cache", async () => {
    const project = chainProject();
    await run(project);
    takeLog(project);
    project.git("clean", "-fqx", "a.txt", "b.txt");
    await run(project, { useRunCache: false });
    expect(takeLog(project)).toBe("");
    expect(project.read("a.txt")).toBe("1\n");
  });

  test("force, downstream, force-downstream, single item", async () => {
    const project = chainProject();
    await run(project);
    takeLog(project);
    await run(project, { targets: ["b"], singleItem: true, force: true });
    expect(takeLog(project)).toBe("b");
    await run(project, { targets: ["a"], downstream: true, force: true });
    expect(takeLog(project)).toBe("a b");
    project.write({ "dvc.yaml": pipeline.replace("cat in", "cat  in") });
    await run(project, { forceDownstream: true });
    expect(takeLog(project)).toBe("a b");
  });

  test("an output of a target's name", async () => {
    const project = chainProject();
    await run(project, { targets: ["a.txt"] });
    expect(takeLog(project)).toBe("a");
  });

  test("a dry run prints and changes nothing, also where dependencies are not made yet", async () => {
    const project = chainProject();
    const { lines, result } = await run(project, { dry: true });
    expect(lines.filter((line) => line.startsWith("Running"))).toEqual([
      "Running stage 'a':",
      "Running stage 'b':",
      "Running stage 'c':",
    ]);
    expect(result).toMatchObject({ kind: "done", changed: 3 });
    expect(project.has("log") || project.has("dvc.lock")).toBe(false);
  });

  test("outputs are deleted before the run, those with persist are kept and may be written to", async () => {
    const project = testProject({
      "dvc.yaml": `stages:
  s:
    cmd: ls old keep 2>/dev/null >seen; echo more >>keep; echo new >new
    outs: [old: {cache: false}, keep: {persist: true}, new, seen]
`,
      old: "o",
      keep: "k\n",
      ".dvc/config": "[cache]\n    type = symlink\n",
    });
    const { result } = await run(project);
    expect(result).toMatchObject({ kind: "failed", failures: [{ name: "s", message: "output 'old' does not exist" }] });
    expect(project.read("seen")).toBe("keep\n");
    project.write({ "dvc.yaml": project.read("dvc.yaml").replace("old: {cache: false}, ", "") });
    await run(project);
    await run(project, { force: true });
    expect(project.read("keep")).toBe("k\nmore\nmore\nmore\n");
  });

  test("allow-missing passes over data that nobody has", async () => {
    const project = chainProject();
    await run(project);
    takeLog(project);
    project.git("clean", "-fqx", "a.txt", "b.txt", "c.txt", ".dvc/cache");
    const { result } = await run(project, { allowMissing: true });
    expect(result).toMatchObject({ kind: "done", changed: 0 });
    expect(takeLog(project)).toBe("");
  });

  test("commands get their stage's name and the root, and run in their folder", async () => {
    const project = testProject({
      "sub/dvc.yaml": "stages: {s: {cmd: 'echo $DVC_STAGE $DVC_ROOT $MORE $(pwd) >o', outs: [o]}}\n",
    });
    await run(project, { targets: ["sub/dvc.yaml"], dvcRoot: "/real", environment: { MORE: "more" } });
    expect(project.read("sub/o")).toBe(`sub/dvc.yaml:s /real more ${project.file("sub")}\n`);
    const inside = await run(project, { folder: project.file("sub"), force: true });
    expect(inside.lines[0]).toBe("Running stage 's':");
  });
});

describe("several jobs", () => {
  test("give the same lock file as one, whoever ends first", async () => {
    const stages = [5, 4, 3, 2, 1].map(
      (n) => `  s${n}:\n    cmd: for i in $(seq ${n * 40}); do :; done; echo ${n} >o${n}\n    outs: [o${n}]\n`,
    );
    const files = { "dvc.yaml": `stages:\n${stages.join("")}` };
    const one = testProject(files);
    await run(one);
    const many = testProject(files);
    await run(many, { jobs: 4 });
    expect(many.read("dvc.lock")).toBe(one.read("dvc.lock"));
    expect(many.read(".gitignore")).toBe(one.read(".gitignore"));
  });

  test("run stages at the same time that do not need each other", async () => {
    const meet = (own: string, other: string) =>
      `mkfifo ${own} 2>/dev/null; echo hi >${own} & read x <${other}; echo $x`;
    const project = testProject({
      "dvc.yaml": `stages:
  a: {cmd: "${meet("p1", "p2")} >a", outs: [a]}
  b: {cmd: "${meet("p2", "p1")} >b", outs: [b]}
  setup: {cmd: "true"}
`,
    });
    mkdirSync(project.file("."), { recursive: true });
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", [project.file("p1"), project.file("p2")]);
    expect((await run(project, { jobs: 2 })).result.kind).toBe("done");
    expect(project.read("a") + project.read("b")).toBe("hi\nhi\n");
  });
});

describe("failures", () => {
  const failing = { "dvc.yaml": pipeline.replace("echo a >>log;", "echo a >>log; exit 3;") };

  test("stop: nothing else starts; finished stages stay in the lock file", async () => {
    const project = chainProject({ "dvc.yaml": pipeline.replace("echo b >>log;", "echo b >>log; exit 3;") });
    const { result } = await run(project);
    expect(result).toMatchObject({
      kind: "failed",
      failures: [{ address: "b", kind: "command", end: { exitCode: 3 } }],
      changedStages: ["a"],
    });
    expect(takeLog(project)).toBe("a b");
    expect(project.read("dvc.lock")).toContain("  a:\n");
  });

  test("keep-going: what needs the failed stage is left out", async () => {
    const project = chainProject(failing);
    const { result, lines } = await run(project, { onError: "keep-going" });
    expect(takeLog(project)).toBe("a c");
    expect(lines).toContain("WARNING: Stage 'b' will be skipped due to this failure");
    expect(result).toMatchObject({ kind: "failed", changedStages: ["c"] });
  });

  test("ignore: all are tried, and the run counts as done", async () => {
    const { result, lines } = await run(chainProject(failing), { onError: "ignore" });
    expect(result.kind).toBe("done");
    expect(lines.filter((line) => line.endsWith("(ignored)"))).toHaveLength(2);
  });

  test("a missing dependency is told before outputs are deleted", async () => {
    const project = chainProject();
    await run(project);
    project.git("clean", "-fqx", "a.txt");
    const { result } = await run(project, { targets: ["b"], singleItem: true });
    expect(result).toMatchObject({ failures: [{ message: "dependency 'a.txt' does not exist" }] });
    expect(project.has("b.txt")).toBe(true);
  });

  test("missing parameters are told before any stage runs, unless a stage makes the file", async () => {
    const makes = "cmd: 'echo y: 1 >made.yaml', outs: [made.yaml]";
    const lacks = (file: string) => `b: {cmd: touch ran, deps: [made.yaml], params: [{${file}: [y]}]}`;
    const yaml = (file: string) => `stages: {a: {${makes}}, ${lacks(file)}}\n`;
    const lacking = testProject({ "dvc.yaml": yaml("params.yaml"), "params.yaml": "x: 1\n" });
    const { result, started } = await run(lacking);
    expect([result, started]).toMatchObject([{ failures: [{ address: "b" }] }, []]);
    expect((await run(testProject({ "dvc.yaml": yaml("made.yaml") }))).result.kind).toBe("done");
  });

  test("missing parameters, killed commands, missing shells", async () => {
    const project = chainProject({ "params.yaml": "y: 1\n" });
    expect((await run(project)).result).toMatchObject({
      failures: [{ message: "Parameters 'x' are missing from 'params.yaml'." }],
    });
    const killed = testProject({ "dvc.yaml": "stages: {s: {cmd: 'kill -9 $$'}}\n" });
    expect((await run(killed)).result).toMatchObject({ failures: [{ kind: "command", end: { signal: "SIGKILL" } }] });
    const nowhere = testProject({ "dvc.yaml": "stages: {s: {cmd: x, wdir: none}}\n" });
    expect((await run(nowhere)).result.kind).toBe("failed");
  });

  test("an output that Git tracks is refused before it is deleted", async () => {
    const project = chainProject({ "a.txt": "mine\n" });
    project.git("add", "a.txt");
    const { result } = await run(project);
    expect(result).toMatchObject({ failures: [{ message: "output 'a.txt' is already tracked by SCM (e.g. Git)." }] });
    expect(project.read("a.txt")).toBe("mine\n");
  });
});

describe("nothing outside the project is touched", () => {
  test.each([
    ["an output above", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, outs: [../victim]}}"],
    ["an absolute output", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, outs: [/tmp/victim]}}"],
    ["an output through a link", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, outs: [link/victim]}}"],
    ["the root itself", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, outs: [sub/..]}}"],
    ["Git's own folder", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, outs: [.git/hooks/x]}}"],
    ["a working folder above", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, wdir: ..}}"],
    ["a working folder through a link", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, wdir: link}}"],
    ["a remote output", "stages: {ok: {cmd: echo 1 >ran}, s: {cmd: x, outs: ['s3://bucket/x']}}"],
  ])("%s", async (_, text) => {
    const project = testProject({ "dvc.yaml": `${text}\n`, "sub/file": "" });
    symlinkSync(tmpdir(), project.file("link"));
    await expect(run(project)).rejects.toMatchObject({ name: "SweeplineError" });
    expect(project.has("ran")).toBe(false);
  });

  test("a link that a stage puts on the way of a later one", async () => {
    const project = testProject({
      "dvc.yaml": `stages:
  one: {cmd: ln -s ../outside dir && echo x >x, outs: [x]}
  two: {cmd: echo y >dir/y, deps: [x], outs: [dir/y]}
`,
      "room/.keep": "",
    });
    const { result } = await run(project);
    expect(result).toMatchObject({ kind: "failed", failures: [{ address: "two" }] });
  });
});

describe("cancelling", () => {
  test("ends the whole process group and answers cancelled", async () => {
    const project = testProject({
      "dvc.yaml": "stages: {s: {cmd: 'sleep 1000 & sleep 1000', outs: [o]}, t: {cmd: echo t >t, deps: [o]}}\n",
    });
    const controller = new AbortController();
    const groups: ProcessIdentity[] = [];
    const ended: number[] = [];
    const { result } = await run(
      project,
      { signal: controller.signal },
      {
        processStarted: (started) => {
          groups.push(started);
          controller.abort();
        },
        processEnded: ({ pid }) => ended.push(pid),
      },
    );
    expect(result).toEqual({ kind: "cancelled" });
    expect(groups).toHaveLength(1);
    expect(groups.some(({ pid }) => isGroupRunning(pid))).toBe(false);
    expect(ended).toEqual(groups.map(({ pid }) => pid));
    expect(project.has("dvc.lock")).toBe(false);
  });

  test("before the start nothing runs", async () => {
    const project = chainProject();
    const { result, started } = await run(project, { signal: AbortSignal.abort() });
    expect(result).toEqual({ kind: "cancelled" });
    expect(started).toEqual([]);
  });
});

test("the output of commands goes to a file", async () => {
  const project = testProject({ "dvc.yaml": "stages: {s: {cmd: echo out; echo err >&2}}\n", log: "" });
  const { openSync, closeSync } = await import("node:fs");
  const descriptor = openSync(project.file("log"), "a");
  await run(project, { output: { kind: "file", descriptor } });
  closeSync(descriptor);
  expect(project.read("log")).toBe("out\nerr\n");
});

test("what a stage wrote into the lock file itself is not lost", async () => {
  const project = testProject({
    "dvc.yaml": `stages:
  one: {cmd: echo 1 >x, outs: [x]}
  two: {cmd: "sed -i 's/cmd: echo 1 >x/cmd: echo 1 >x # seen/' dvc.lock", deps: [x]}
`,
  });
  await run(project);
  expect(readFileSync(project.file("dvc.lock"), "utf8")).toMatch(/# seen(.|\n)*two:/);
});

test("a broken lock file stops the run before it starts", async () => {
  const project = chainProject({ "dvc.lock": "<<<<<<< ours\nschema: '2.0'\n=======\n>>>>>>> theirs\n" });
  await expect(run(project)).rejects.toMatchObject({ code: "LOCK_CONFLICTED" });
  expect(project.has("log")).toBe(false);
});

test("executable outputs keep their bit when restored", async () => {
  const project = testProject({
    "dvc.yaml": "stages: {s: {cmd: 'cp in o && chmod +x o', deps: [in], outs: [o]}}\n",
    in: "#!/bin/sh\n",
  });
  await run(project);
  project.git("clean", "-fqx", "o");
  await run(project);
  expect(project.read("dvc.lock")).toContain("isexec: true");
  writeFileSync(path.join(project.root, "check"), "");
  chmodSync(project.file("check"), 0o755);
  const { statSync } = await import("node:fs");
  expect(statSync(project.file("o")).mode & 0o100).toBe(0o100);
});

test("quick stages share a write of the lock file, and a kill loses none of them", async () => {
  const names = Array.from({ length: 12 }, (_unused, index) => `s${index}`);
  const stages = names.map(
    (name) => `  ${name}: {cmd: "echo ${name} >>log; cat in >${name}.txt", deps: [in], outs: [${name}.txt]}`,
  );
  const files = {
    in: "1\n",
    "dvc.yaml": `stages:\n${stages.join("\n")}\n  last: {cmd: test -e in2 || kill -9 $PPID}\n`,
  };
  const project = testProject(files);
  const repro = () => spawnSync(process.execPath, [binary, "repro"], { cwd: project.root, encoding: "utf8" });
  expect(repro().signal).toBe("SIGKILL");
  const ran = takeLog(project);
  expect(ran).toBe(names.join(" "));
  project.write({ in2: "" });
  expect(repro().status).toBe(0);
  expect(takeLog(project)).toBe("");
  const whole = testProject({ ...files, in2: "" });
  await run(whole);
  expect(project.read("dvc.lock")).toBe(whole.read("dvc.lock"));
});

const recorded = (name: string) =>
  `outs:\n- md5: c4ca4238a0b923820dcc509a6f75849b\n  size: 1\n  hash: md5\n  path: ${name}\n`;
const stageOf = (text: string) => ({ "dvc.yaml": `stages:\n  a:\n    cmd: 'true'\n${text}` });

test.each([
  ["CHECKPOINTS_NEED_EXPERIMENT", stageOf("    outs:\n    - o: {checkpoint: true}\n")],
  ["DATA_MISSING", { "y.dvc": recorded("y") }],
  ["DEPENDENCY_REMOTE", stageOf("    deps: ['gs://b/k']\n")],
  ["IMPORT_UNSUPPORTED", { f: "1\n", "y.dvc": `deps:\n- path: f\n${recorded("y")}` }],
  ["PARAMS_MISSING", { "params.yaml": "x: 1\n", ...stageOf("    params: [nosuch]\n") }],
])("a stage fails with %s", async (code, files) => {
  const { result } = await run(testProject(files), { targets: "y.dvc" in files ? ["y.dvc"] : [] });
  expect(result).toMatchObject({ kind: "failed", failures: [{ code }] });
});
