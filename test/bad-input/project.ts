/** A small project with one file of each kind that may be bad: dvc.yaml, dvc.lock, params, vars and .dvc. */
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { WorkTree } from "../repositories/battery.ts";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";

const files: Files = {
  "params.yaml": "x: 1\n",
  "vars.yaml": "q: 1\n",
  "data.txt": "data\n",
  ".gitignore": "/out.txt\n/data.txt\n",
  "dvc.yaml": `vars:
- vars.yaml
stages:
  see:
    cmd: sh see.sh \${q}
    deps: [see.sh, data.txt]
    params: [x]
    outs: [out.txt]
    metrics:
    - m.json: {cache: false}
`,
  "see.sh": `echo ran >> ran; cp params.yaml out.txt; echo '{"s": 1}' > m.json\n`,
};

/** The project, reproduced and committed: nothing is left to do. */
export async function makeSoundProject(): Promise<Repository> {
  const rig = makeRepository({ files });
  rig.git("rm", "--quiet", "--cached", "--ignore-unmatch", "data.txt");
  await rig.succeed(["add", "data.txt"]);
  await rig.succeed(["repro"]);
  rmSync(path.join(rig.folder, "ran"));
  rig.commit("reproduced");
  return rig;
}

/** All commands that start something or write something. */
export const starts: readonly (readonly string[])[] = [
  ["repro"],
  ["exp", "run", "-S", "x=3"],
  ["exp", "run", "--queue", "-S", "x=4"],
  ["sweep", "x=5,6"],
];

/** A command that must refuse: nothing runs, no file, ref or queue entry comes or goes. Answers what it said. */
export async function refusal(rig: Repository, words: readonly string[], env: Record<string, string> = {}) {
  const tree = new WorkTree({ rig, tree: "", project: "" });
  const before = [tree.state(), rig.git("for-each-ref")];
  const { exitCode, stderr, stdout } = await rig.run(words, { env });
  expect([words, exitCode, stdout]).toEqual([words, 255, ""]);
  expect([tree.state(), rig.git("for-each-ref")]).toEqual(before);
  expect(existsSync(path.join(rig.folder, "ran"))).toBe(false);
  return stderr;
}
