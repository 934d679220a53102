/** Paths that are not in normal form: DVC writes them into dvc.lock as dvc.yaml has them, and matches by that text. */
import { rmSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { projectStatus } from "../../../src/pipeline/ask/status.ts";
import { checkoutOutputs } from "../../../src/pipeline/data/checkout.ts";
import { trackedObjects } from "../../../src/pipeline/data/tracked.ts";
import { WorkspaceLock } from "../../../src/pipeline/locks/workspace-lock.ts";
import { openCache } from "../../../src/store/cache.ts";
import { run, type TestProject, testProject } from "../project.ts";

const request = { targets: [], recursive: false } as const;

async function changedStages({ project, root }: TestProject): Promise<number> {
  const status = await projectStatus(project, {
    ...request,
    extent: "targets-only",
    warning: () => undefined,
    folder: root,
  });
  return status.stages.length;
}

function spelled(dep: string, out: string): TestProject {
  const stages = {
    make: { cmd: "mkdir -p made && cp src/a.txt made/f", deps: [dep], outs: [out], params: [{ "./p.yaml": ["lr"] }] },
    use: { cmd: "cp made/f used", deps: ["made"], outs: ["./used"] },
  };
  return testProject({ "dvc.yaml": JSON.stringify({ stages }), "src/a.txt": "1\n", "p.yaml": "lr: 1\n" });
}

const spellings = [
  ["src/", "made/"],
  ["./src", "./made"],
  ["src//a.txt", "made//"],
  ["src/../src/a.txt", "src/../made"],
  [".//src/./", "./made/."],
] as const;

describe.each(spellings)("%s and %s", (dep, out) => {
  test("stand so in the lock file, and nothing runs again", async () => {
    const project = spelled(dep, out);
    await run(project);
    const lock = project.read("dvc.lock");
    expect(lock).toContain(`    - path: ${dep}\n`);
    expect(lock).toContain(`    - path: ${out}\n`);
    expect(lock).toContain("      ./p.yaml:\n");
    expect(await changedStages(project)).toBe(0);
    const again = await run(project);
    expect(again.started).toEqual([]);
    expect(project.read("dvc.lock")).toBe(lock);
  });

  test("are checked out, pushed, and come from the run-cache", async () => {
    const project = spelled(dep, out);
    await run(project);
    const target = { ...request, project: project.project, folder: project.root, names: "exact" } as const;
    expect((await trackedObjects(target)).map(({ file }) => file)).toEqual([
      project.file("made"),
      project.file("used"),
    ]);
    rmSync(project.file("made"), { recursive: true });
    const lock = await WorkspaceLock.acquire(project.project, { command: "checkout" });
    const ways = { unsaved: "refuse", links: "keep", missing: "refuse" } as const;
    await checkoutOutputs({ ...target, ...ways, lock, cache: openCache(project.project) });
    lock.release();
    expect(project.read("made/f")).toBe("1\n");
    rmSync(project.file("dvc.lock"));
    expect((await run(project)).started).toEqual([]);
  });
});

test("two spellings of one output are still one output", async () => {
  const stages = { a: { cmd: "touch o", outs: ["o"] }, b: { cmd: "touch o", outs: ["./o"] } };
  await expect(run(testProject({ "dvc.yaml": JSON.stringify({ stages }) }))).rejects.toMatchObject({
    code: "OUTPUT_DUPLICATE",
  });
});

test.each(["./data", "data/", "x/../data", "ABSOLUTE/data"])("a .dvc file may say %s", async (name) => {
  const project = testProject({ ".dvc/cache/files/md5/b0/26324c6904b2a9cb4b88d6d61c81d1": "1\n" });
  const shown = name.replace("ABSOLUTE", project.root);
  project.write({
    "data.dvc": `outs:\n- md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n  path: ${shown}\n`,
  });
  const target = { ...request, project: project.project, folder: project.root, names: "exact" } as const;
  expect((await trackedObjects(target)).map(({ file }) => file)).toEqual([project.file("data")]);
});
