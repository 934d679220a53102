/** What a command reads before points run, it reads once: what was checked is what is queued. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkout, makeRepository, type Repository } from "../../rig/index.ts";

const files = {
  "params.yaml": "x: 1\nword: a\n",
  "more.json": '{"y": 1}\n',
  "dvc.yaml": `vars: [more.json]\nstages:\n  s:\n    cmd: echo \${word} \${y} > o\n    params: [x]\n    outs: [o]\n`,
  "sub/params.yaml": "z: 1\n",
  "sub/dvc.yaml": "stages:\n  t:\n    cmd: cp params.yaml p\n    params: [z]\n    outs: [p]\n",
  "data.dvc": "outs:\n- path: data\n",
};
const overrides = ["word='a b',c", "more.json:y=3"];

/** How often a command opened each of the repository's own files, those in copies apart. */
async function openings(repository: Repository, args: readonly string[]): Promise<Record<string, number>> {
  const list = path.join(repository.root, "opened");
  const hook = path.join(checkout, "test", "rig", "opened-files.cjs");
  await repository.run(args, { env: { NODE_OPTIONS: `--require ${hook}`, OPENED_FILES: list } });
  const opened = repository.read("../opened").split("\n");
  return Object.fromEntries(
    Object.keys(files).map((name) => [
      name,
      opened.filter((file) => file === path.join(repository.folder, name)).length,
    ]),
  );
}

/** No template and no override asks for the last one: what it holds is told from the commit that is queued. */
const once = { ...Object.fromEntries(Object.keys(files).map((name) => [name, 1])), "sub/params.yaml": 0 };

describe("each parameter file, dvc.yaml and .dvc file is opened once", () => {
  test.each([
    ["a sweep", ["sweep", ...overrides]],
    ["its preview", ["sweep", "--dry-run", ...overrides]],
    ["queueing", ["exp", "run", "--queue", ...overrides.flatMap((text) => ["-S", text])]],
    ["a plan for jobs", ["matrix", "plan", ...overrides]],
    ["a run in a copy", ["exp", "run", "--temp", "--strict", "-S", "x=2"]],
    ["what a run would do", ["exp", "run", "--dry", "-S", "x=2"]],
  ])("by %s", async (_, args) => {
    const repository = makeRepository({ files });
    expect(await openings(repository, args)).toEqual(once);
  });
});
