/** Twice the pipeline, about twice the work: for readers of what a project and its cache hold. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseLock } from "../../src/pipeline/lock/file.ts";
import { loadProjectStages } from "../../src/pipeline/reading/project-stages.ts";
import { parseIni } from "../../src/project/ini.ts";
import { formatTree, parseDirObject } from "../../src/store/tree.ts";
import { expandPoints } from "../../src/sweep/expand.ts";
import { growthOf } from "../rig/steps.ts";
import { testProject } from "./project.ts";

const most = 2.8;

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

const projects: readonly (readonly [string, (size: number) => Record<string, string>])[] = [
  [
    "stages",
    (size) => ({ "dvc.yaml": `stages:\n${lines(size, (i) => `  s${i}:\n    cmd: echo\n    outs: [o${i}]\n`)}` }),
  ],
  [
    "stages one after the other",
    (size) => ({
      "dvc.yaml": `stages:\n${lines(size, (i) => `  s${i}:\n    cmd: echo\n    deps: [o${i}]\n    outs: [o${i + 1}]\n`)}`,
    }),
  ],
  [
    "items of a foreach",
    (size) => ({
      "dvc.yaml": `stages:\n  s:\n    foreach: [${lines(size, (i) => `a${i}, `)}]\n    do:\n      cmd: echo \${item}\n      outs: ["\${item}"]\n`,
    }),
  ],
  [
    "dependencies of a stage",
    (size) => ({ "dvc.yaml": `stages:\n  s:\n    cmd: echo\n    deps:\n${lines(size, (i) => `    - d${i}\n`)}` }),
  ],
  [
    "outputs of a stage",
    (size) => ({ "dvc.yaml": `stages:\n  s:\n    cmd: echo\n    outs:\n${lines(size, (i) => `    - d${i}\n`)}` }),
  ],
  [
    "vars",
    (size) => ({
      "dvc.yaml": `vars:\n${lines(size, (i) => `- v${i}: 1\n`)}stages:\n  s:\n    cmd: echo ${lines(size, (i) => `\${v${i}} `)}\n`,
    }),
  ],
  [
    ".dvc files",
    (size) =>
      Object.fromEntries(
        Array.from({ length: size }, (_, i) => [
          `f${i}.dvc`,
          `outs:\n- md5: ${md5(String(i))}\n  size: 1\n  hash: md5\n  path: f${i}\n`,
        ]),
      ),
  ],
  [".dvcignore", (size) => ({ ".dvcignore": lines(size, (i) => `/n${i}/*.o\n`), "dvc.yaml": "stages: {}\n" })],
];

describe("a project's", () => {
  test.each(projects)("%s", async (_name, filesOf) => {
    const work = async (size: number) => {
      const { project } = made.get(size) ?? testProject(filesOf(size));
      await loadProjectStages(project);
    };
    const made = new Map([60, 120, 240].map((size) => [size, testProject(filesOf(size))]));
    expect(await growthOf(work, 60)).toBeLessThan(most);
  });
});

const texts: readonly (readonly [string, (size: number) => unknown])[] = [
  [
    "stages of dvc.lock",
    (size) => {
      const stage = (i: number) =>
        `  s${i}:\n    cmd: echo\n    outs:\n    - path: o${i}\n      hash: md5\n      md5: ${md5(String(i))}\n      size: 1\n`;
      return parseLock(Buffer.from(`schema: '2.0'\nstages:\n${lines(size, stage)}`), "dvc.lock");
    },
  ],
  [
    "files of a folder's list",
    (size) => {
      const entries = Array.from({ length: size }, (_, i) => ({ relpath: `d${i % 7}/f${i}`, md5: md5(String(i)) }));
      const { text, md5: name } = formatTree(entries);
      expect(parseDirObject(Buffer.from(text), name)).toHaveLength(size);
    },
  ],
  [
    "sections of a config",
    (size) =>
      parseIni(
        lines(size, (i) => `['remote "r${i}"']\n    url = /r${i}\n`),
        "config",
      ),
  ],
  ["points of a sweep", (size) => expandPoints([`x=range(${size})`, "y=1,2"])],
  ["axes of a sweep", (size) => expandPoints(Array.from({ length: size }, (_, i) => `x${i}=1`))],
];

describe("texts:", () => {
  test.each(texts)("%s", async (_name, work) => {
    expect(await growthOf(work, 120)).toBeLessThan(most);
  });
});
