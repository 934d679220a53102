/** Outputs whose objects in the cache are broken or gone: their stage runs again, and nothing that is lost is committed. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { memoryState } from "../../../src/store/state.ts";
import { run, type TestProject, testProject } from "../project.ts";

const pipeline = `stages:
  file:
    cmd: echo file >>log; cat in >a.txt
    deps: [in]
    outs: [a.txt]
  folder:
    cmd: echo folder >>log; mkdir d; cp in d/one; echo two >d/two
    deps: [in]
    outs: [d]
`;

function project(): TestProject {
  return testProject({ "dvc.yaml": pipeline, in: "1\n" });
}

function takeLog(at: TestProject): string {
  const ran = at.has("log") ? at.read("log").trim().split("\n").sort().join(" ") : "";
  at.write({ log: "" });
  return ran;
}

/** The object of the output as the lock file names it. */
function objectOf(at: TestProject, output: string): string {
  const md5 = new RegExp(`path: ${output}\\n *hash: md5\\n *md5: ([0-9a-f]{32}(?:\\.dir)?)`).exec(
    at.read("dvc.lock"),
  )?.[1];
  return at.file(`.dvc/cache/files/md5/${md5?.slice(0, 2)}/${md5?.slice(2)}`);
}

const deeds: Readonly<Record<string, (object: string) => void>> = {
  "has another byte": (object) => {
    chmodSync(object, 0o644);
    writeFileSync(object, readFileSync(object, "latin1").replace("one", "oNe").replace("1\n", "0\n"));
  },
  "is gone": (object) => rmSync(object),
};

describe.each(Object.entries(deeds))("an object that %s", (_, spoil) => {
  test.each([
    ["a.txt", "file"],
    ["d", "folder"],
  ])("of a run in the run-cache: %s is made again", async (output, stage) => {
    const at = project();
    await run(at);
    const first = at.read("dvc.lock");
    const object = objectOf(at, output);
    at.write({ in: "2\n" });
    await run(at);
    takeLog(at);
    spoil(object);
    at.write({ in: "1\n" });
    expect((await run(at)).result).toMatchObject({ kind: "done", changed: 2 });
    expect(takeLog(at)).toBe(stage);
    expect(at.read("dvc.lock")).toBe(first);
    expect(at.read("a.txt")).toBe("1\n");
    expect(at.list("d")).toEqual(["one", "two"]);
    expect((await run(at)).result).toMatchObject({ kind: "done", changed: 0 });
  });

  test.each([
    ["a.txt", "file"],
    ["d", "folder"],
  ])("of a stage that did not change: %s is made again", async (output, stage) => {
    const at = project();
    const state = memoryState();
    await run(at, { state });
    takeLog(at);
    const object = objectOf(at, output);
    const before = readFileSync(object, "latin1");
    spoil(object);
    expect((await run(at, { state })).result).toMatchObject({ kind: "done" });
    expect(takeLog(at)).toBe(stage);
    expect(readFileSync(object, "latin1")).toBe(before);
  });
});
