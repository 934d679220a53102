/** Every source of files answers the same questions alike: one suite for all of them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { whenLoaded } from "../../../src/base/not-loaded.ts";
import type { Value } from "../../../src/base/value.ts";
import { PipelineFileFinder } from "../../../src/experiments/copy/pipeline-files.ts";
import { openExperiments } from "../../../src/experiments/repository.ts";
import { CatFile } from "../../../src/git/catfile.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { ObjectPool } from "../../../src/git/object-pool.ts";
import { copySource, diskSource } from "../../../src/pipeline/reading/disk-source.ts";
import { askedOnce, type FileSource, laidOver, listPipelineFiles } from "../../../src/pipeline/reading/file-source.ts";
import { type ProjectReading, readProject } from "../../../src/pipeline/reading/read-project.ts";
import { Readings } from "../../../src/pipeline/reading/readings.ts";
import { TreeListings, treeSource } from "../../../src/pipeline/reading/tree-source.ts";
import { ignoreRules } from "../../../src/project/ignore-rules.ts";
import { openProject } from "../../../src/project/open.ts";
import type { Project } from "../../../src/project/project.ts";
import { type Files, type TestProject, testProject } from "../project.ts";

interface Place {
  readonly repository: TestProject;
  readonly project: Project;
  /** The project's folder in the repository, "" where they are the same. */
  readonly prefix: string;
  readonly readings: Readings;
}

/** Stages everything, force-added files too, and answers the tree. */
function treeOf({ repository }: Place): ObjectId {
  repository.git("add", "--all");
  return repository.git("write-tree").trim() as ObjectId;
}

type Ask = <T>(place: Place, question: (source: FileSource) => T) => Promise<T>;

const ofTree: Ask = async (place, question) => {
  const { project, prefix } = place;
  const { repository } = openExperiments(project);
  const objects = new CatFile(repository);
  try {
    const rules = ignoreRules(project.root);
    const listings = new TreeListings(new ObjectPool(objects), prefix, (file, kind) =>
      kind === "file" ? rules.ignoresFile(`${project.root}/${file}`) : rules.ignoresFolder(`${project.root}/${file}`),
    );
    const source = treeSource(treeOf(place), listings);
    return await whenLoaded(() => question(source));
  } finally {
    objects.close();
  }
};

const ofPrefetchedTree: Ask = async (place, question) => {
  const { project, prefix } = place;
  const objects = new CatFile(openExperiments(project).repository);
  try {
    const listings = new TreeListings(new ObjectPool(objects), prefix, () => false);
    const tree = treeOf(place);
    await listings.loadFolders([tree]);
    const source = treeSource(tree, listings);
    await listings.pool.loadBlobs(
      listings
        .filesOf(
          tree,
          listPipelineFiles(source).map(({ file }) => file),
        )
        .map(({ id }) => id),
    );
    return await whenLoaded(() => question(source));
  } finally {
    objects.close();
  }
};

const ofCopy: Ask = async (place, question) => {
  const tree = treeOf(place);
  const files = await new PipelineFileFinder(openExperiments(place.project)).of({
    index: tree,
    tree,
    copiedPaths: undefined,
  });
  return whenLoaded(() => question(copySource(place.project, files)));
};

const ofDisk: Ask = (place, question) => whenLoaded(() => question(diskSource(place.project)));
const over =
  (values: ReadonlyMap<string, Value>): Ask =>
  (place, question) =>
    whenLoaded(() => question(laidOver(diskSource(place.project), values)));
const ofDiskOnce: Ask = (place, question) => whenLoaded(() => question(askedOnce(diskSource(place.project))));

/** What differs on purpose: Git's rules count on the disk only, and links are followed there only, as in DVC. */
const makers: readonly { readonly name: string; readonly ask: Ask; readonly on: "disk" | "tree" }[] = [
  { name: "the disk", ask: ofDisk, on: "disk" },
  { name: "the disk, asked once", ask: ofDiskOnce, on: "disk" },
  { name: "a copy", ask: ofCopy, on: "disk" },
  { name: "values over the disk", ask: over(new Map([["unrelated.yaml", 1n]])), on: "disk" },
  { name: "a tree", ask: ofTree, on: "tree" },
];

function placeOf(files: Files, prefix = ""): Place {
  const inside = Object.entries(files).map(([name, content]) => [prefix === "" ? name : `${prefix}/${name}`, content]);
  const config = prefix === "" ? {} : { [`${prefix}/.dvc/config`]: "" };
  const repository = testProject({ ...config, ...(Object.fromEntries(inside) as Files) });
  if (prefix !== "") execFileSync("rm", ["-r", repository.file(".dvc")]);
  const project = prefix === "" ? repository.project : openProject(repository.file(prefix));
  return { repository, prefix, project, readings: new Readings() };
}

const metrics = (name: string) => `metrics: [${name}]\n`;
const making = (output: string) => `stages:\n  s:\n    cmd: x\n    outs: ["${output}"]\n`;
const readAll = (source: FileSource, { project, readings }: Place): ProjectReading =>
  readProject({ project, source }, readings);
const found = (ask: Ask, place: Place) => ask(place, (source) => readAll(source, place).files.map(({ file }) => file));

describe.each(makers)("$name", ({ ask, on }) => {
  test("finds a folder's own files first, then its folders, by code points", async () => {
    const names = ["b/dvc.yaml", "a-b/dvc.yaml", "a/x/dvc.yaml", "a/dvc.yaml", "Z/dvc.yaml", "\u{1d4b3}/dvc.yaml"];
    const more = ["\uff21/dvc.yaml", "é/z.dvc", "z.dvc", "dvc.yaml", "a.dvc"];
    const place = placeOf(
      Object.fromEntries([...names, ...more].map((name) => [name, name.endsWith(".dvc") ? "outs: []\n" : "{}\n"])),
    );
    expect(await found(ask, place)).toEqual([
      ..."a.dvc dvc.yaml z.dvc Z/dvc.yaml a/dvc.yaml a/x/dvc.yaml a-b/dvc.yaml b/dvc.yaml é/z.dvc".split(" "),
      "\uff21/dvc.yaml",
      "\u{1d4b3}/dvc.yaml",
    ]);
  });

  test("takes dvc.yaml and *.dvc, and no other name", async () => {
    const others = { "dvc.yml": "{}", "xdvc.yaml": "{}", "DVC.YAML": "{}", "sub/.dvc": "x", "x.dvc.bak": "" };
    expect(await found(ask, placeOf({ ...others, "dvc.yaml": "{}", "x.dvc": "outs: []" }))).toEqual([
      "dvc.yaml",
      "x.dvc",
    ]);
  });

  test("passes over what .dvcignore names, and a project inside the project", async () => {
    const place = placeOf({
      ".dvcignore": "/no\n*.old.dvc\n",
      "no/dvc.yaml": metrics("a.json"),
      "x.old.dvc": "outs: []",
      "inner/.dvc/config": "",
      "inner/dvc.yaml": metrics("b.json"),
      "yes/dvc.yaml": metrics("c.json"),
    });
    expect(await found(ask, place)).toEqual(["yes/dvc.yaml"]);
  });

  test(`${on === "disk" ? "passes over" : "enters"} what Git ignores, tracked or not, and skips no folder for its name`, async () => {
    const place = placeOf({
      ".gitignore": "/old\n*.tmp.dvc\n!keep.tmp.dvc\n",
      "deep/.gitignore": "here\n",
      "deep/here/dvc.yaml": metrics("a.json"),
      "old/sub/dvc.yaml": metrics("b.json"),
      "x.tmp.dvc": "outs: []",
      "keep.tmp.dvc": "outs: []",
      "venv/dvc.yaml": metrics("c.json"),
      "node_modules/dvc.yaml": metrics("d.json"),
      "__pycache__/dvc.yaml": metrics("e.json"),
    });
    place.repository.git("add", "--force", "deep/here", "old", "x.tmp.dvc");
    const always = ["keep.tmp.dvc", "__pycache__/dvc.yaml", "node_modules/dvc.yaml", "venv/dvc.yaml"];
    const below = ["deep/here/dvc.yaml", "old/sub/dvc.yaml", "x.tmp.dvc"];
    expect(new Set(await found(ask, place))).toEqual(new Set(on === "disk" ? always : [...always, ...below]));
  });

  test("a project in a folder of the repository: rules above it hold too", async () => {
    const place = placeOf({ "dvc.yaml": "{}", "no/dvc.yaml": "{}", "a/dvc.yaml": "{}" }, "sub/p");
    place.repository.write({ ".gitignore": "no\n", "dvc.yaml": "{}" });
    place.repository.git("add", "--force", "sub/p/no/dvc.yaml");
    const all = ["dvc.yaml", "a/dvc.yaml", "no/dvc.yaml"];
    expect(await found(ask, place)).toEqual(on === "disk" ? all.slice(0, 2) : all);
  });

  test("does not enter outputs, but what was listed before they were known", async () => {
    const place = placeOf({
      "dvc.yaml": making("zoo"),
      "zoo/dvc.yaml": metrics("z.json"),
      "zoo/deep/x.dvc": "outs: []",
      "data.dvc": "outs:\n- path: data\n",
      "data/dvc.yaml": metrics("d.json"),
      "a/dvc.yaml": making("../b"),
      "b/dvc.yaml": metrics("b.json"),
      "c/dvc.yaml": making("own"),
      "c/own/dvc.yaml": metrics("o.json"),
      "zoological/dvc.yaml": metrics("l.json"),
    });
    expect(await found(ask, place)).toEqual(
      "data.dvc dvc.yaml a/dvc.yaml b/dvc.yaml c/dvc.yaml zoological/dvc.yaml".split(" "),
    );
  });

  test("a broken file is a problem of that file only", async () => {
    const place = placeOf({
      "a.dvc": "outs: [",
      "b/dvc.yaml": "stages: 1\n",
      "c/dvc.yaml": `stages:\n  s:\n    cmd: "\${nothing}"\n`,
      "d/dvc.yaml": metrics("m.json"),
      "e.dvc": "outs:\n- path: e\n  md5: 900150983cd24fb0d6963f7d28e17f72\n",
    });
    const facts = await ask(place, (source) => {
      const { problems, pipelines, dataStages } = readAll(source, place);
      return {
        broken: [...problems].map(([file, { message }]) => [file, message.includes(file)]),
        metrics: pipelines.flatMap((pipeline) => pipeline.metrics),
        data: [...dataStages.keys()],
      };
    });
    expect(facts).toEqual({
      broken: [
        ["a.dvc", true],
        ["b/dvc.yaml", true],
        ["c/dvc.yaml", true],
      ],
      metrics: ["m.json"],
      data: ["e.dvc"],
    });
  });

  test("links to files are files on the disk; links to folders are never entered", async () => {
    const place = placeOf({ "real/p.yaml": metrics("m.json"), "real/dvc.yaml": "{}\n", "a/x": "" });
    symlinkSync("../real/p.yaml", place.repository.file("a/dvc.yaml"));
    symlinkSync("real", place.repository.file("linked"));
    mkdirSync(place.repository.file("b"));
    symlinkSync("../real", place.repository.file("b/dvc.yaml"));
    expect(await found(ask, place)).toEqual(on === "disk" ? ["a/dvc.yaml", "real/dvc.yaml"] : ["real/dvc.yaml"]);
    const kinds = await ask(place, (source) =>
      ["a/dvc.yaml", "real", "real/p.yaml"].map((name) => source.find(name).kind),
    );
    expect(kinds).toEqual([on === "disk" ? "file" : "missing", "folder", "file"]);
  });

  test("a folder named dvc.yaml is a folder", async () => {
    expect(await found(ask, placeOf({ "dvc.yaml/x.dvc": "outs: []", "y.dvc/dvc.yaml": "{}" }))).toEqual([
      "dvc.yaml/x.dvc",
      "y.dvc/dvc.yaml",
    ]);
  });

  test("same id, same bytes; what is not there is missing; the files below a folder", async () => {
    const place = placeOf({ "a/x.json": "1\n", "a/b/y.json": "1\n", "z.json": "2\n", "dvc.yaml": "{}" });
    const facts = await ask(place, (source) => {
      const [x, y, z] = ["a/x.json", "a/b/y.json", "z.json"].map((name) => source.find(name));
      if (x?.kind !== "file" || y?.kind !== "file" || z?.kind !== "file") return undefined;
      return {
        equal: [x.id === y.id, x.id === z.id],
        text: Buffer.from(x.bytes).toString(),
        missing: ["a/none", "none/x", "z.json/x", "../outside"].map((name) => source.find(name).kind),
        below: source.filesBelow("a"),
      };
    });
    expect(facts).toEqual({
      equal: [true, false],
      text: "1\n",
      missing: ["missing", "missing", "missing", "missing"],
      below: ["a/b/y.json", "a/x.json"],
    });
  });

  test("what lock files and .dvc files record of data, and which parameters and metrics are tracked", async () => {
    const md5 = "900150983cd24fb0d6963f7d28e17f72";
    const item = (path: string) => `    - path: ${path}\n      hash: md5\n      md5: ${md5}\n      size: 3\n`;
    const place = placeOf({
      "dvc.yaml": "params: [top.yaml]\nmetrics: [top.json]\n",
      "a/dvc.yaml":
        "stages:\n  s:\n    cmd: x\n    wdir: ..\n    deps: [in]\n    params: [lr, p.json: [k]]\n    outs: [big, {kept: {cache: false}}]\n    metrics: [m.json]\n",
      "a/dvc.lock": `schema: '2.0'\nstages:\n  s:\n    cmd: x\n    deps:\n${item("in")}    outs:\n${item("big")}${item("kept")}`,
      "b/dvc.yaml": making("o"),
      // In a style that no tool writes.
      "b/dvc.lock": `{"schema": "2.0", "stages": {"s": {"cmd": "x", "outs": [{"path": "o", "md5": "${md5}"}]}}}`,
      "c/dvc.yaml": making("never-ran"),
      "e.dvc": `outs:\n- path: e\n  md5: ${md5}\n  push: false\n`,
    });
    const facts = await ask(place, (source) => {
      const { tracked, recorded, locks } = readAll(source, place);
      return {
        locks: [...locks].map(([file, stages]) => [file, [...stages.keys()]]),
        params: [tracked.stageParams, tracked.topParams],
        metrics: tracked.metrics,
        deps: recorded.deps.map(([name, { size }]) => [name, size]),
        outs: recorded.outs.map(([name, { hash, useCache }]) => [name, hash, useCache]),
        cached: recorded.cached.map(([name]) => name),
        stored: recorded.stored.map((object) => object.size),
      };
    });
    expect(facts).toEqual({
      locks: [
        ["dvc.lock", []],
        ["a/dvc.lock", ["s"]],
        ["b/dvc.lock", ["s"]],
        ["c/dvc.lock", []],
      ],
      params: [
        [
          { file: "params.yaml", keys: ["lr"] },
          { file: "p.json", keys: ["k"] },
        ],
        ["top.yaml"],
      ],
      metrics: ["top.json", "m.json"],
      deps: [["in", 3]],
      outs: [
        ["e", md5, true],
        ["big", md5, true],
        ["kept", md5, false],
        ["b/o", md5, true],
        ["c/never-ran", null, true],
      ],
      cached: ["e", "big", "b/o"],
      stored: [3, undefined],
    });
  });

  test("a lock file that can't be read is a failure of who asks for it", async () => {
    const place = placeOf({ "a/dvc.yaml": making("o"), "a/dvc.lock": "stages: [", "b/dvc.yaml": metrics("m.json") });
    const facts = await ask(place, (source) => {
      const reading = readAll(source, place);
      return [reading.tracked.metrics, reading.problems.size];
    });
    expect(facts).toEqual([["b/m.json"], 0]);
    await expect(ask(place, (source) => readAll(source, place).recorded)).rejects.toMatchObject({
      code: "PIPELINE_FILE_INVALID",
      message: expect.stringContaining("a/dvc.lock") as string,
    });
  });

  test("templates see the values of the files beside them", async () => {
    const place = placeOf({
      "dvc.yaml": `vars: [more.json]\nstages:\n  s:\n    cmd: "\${lr} \${more}"\n`,
      "params.yaml": "lr: 1\n",
      "more.json": '{"more": 2}',
    });
    expect(await ask(place, (source) => readAll(source, place).stages.map(({ cmd }) => cmd))).toEqual(["1 2"]);
  });
});

test("many trees are read alike, whether their files were fetched by name or on demand", async () => {
  const place = placeOf({
    "dvc.yaml": `stages:\n  s:\n    cmd: "\${lr}"\n    outs: [zoo]\n`,
    "params.yaml": "lr: 1\n",
    "a/b/dvc.yaml": metrics("m.json"),
    "zoo/dvc.yaml": "{}",
  });
  const question = (source: FileSource) => readAll(source, place).files;
  const fetched = await ofPrefetchedTree(place, question);
  expect(fetched.map(({ file }) => file)).toEqual(["dvc.yaml", "a/b/dvc.yaml"]);
  expect(await ofTree(place, question)).toEqual(fetched);
});

test("a link to nothing and what is no file are problems, and no wait", async () => {
  const place = placeOf({ "b/dvc.yaml": metrics("m.json") });
  symlinkSync("nowhere", place.repository.file("x.dvc"));
  execFileSync("mkfifo", [place.repository.file("dvc.yaml")]);
  const { problems, pipelines } = await ofDisk(place, (source) => readAll(source, place));
  expect([...problems.keys()]).toEqual(["dvc.yaml", "x.dvc"]);
  expect(pipelines.map(({ file }) => file)).toEqual(["b/dvc.yaml"]);
});

test("values laid over count as there, for templates and parameters, and nothing of them is kept", async () => {
  const place = placeOf({
    "dvc.yaml": `stages:\n  s:\n    cmd: "\${lr}"\n    params: [lr]\n`,
    "params.yaml": "lr: 1\n",
  });
  const commandsWith = (value: bigint | undefined) => {
    const laid = value === undefined ? new Map() : new Map([["params.yaml", new Map([["lr", value]])]]);
    const source = laidOver(diskSource(place.project), laid);
    return whenLoaded(() => {
      const { stages, params } = readAll(source, place);
      return [stages[0]?.cmd, params.isReplaced(place.repository.file("params.yaml"))];
    });
  };
  expect(await commandsWith(undefined)).toEqual(["1", false]);
  expect(await commandsWith(2n)).toEqual(["2", true]);
  expect(await commandsWith(3n)).toEqual(["3", true]);
  place.repository.git("rm", "--cached", "--quiet", "--ignore-unmatch", "params.yaml");
  expect(await commandsWith(undefined)).toEqual(["1", false]);
});

test("a copy is walked where a .dvcignore may hide a pipeline file", async () => {
  const place = placeOf({ ".dvcignore": "/no\n", "dvc.yaml": "{}" });
  const tree = treeOf(place);
  const finder = new PipelineFileFinder(openExperiments(place.project));
  expect(await finder.of({ index: tree, tree, copiedPaths: undefined })).toBe("walk");
});
