/** Outputs outside of the project that are not for the cache, which DVC 3 allows: only a run of their stage touches them. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run, type TestProject, testProject } from "../project.ts";

/** A new folder outside of any project, or a file's path in it. */
function elsewhere(name = ""): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "elsewhere-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, name);
}

async function ranStages(project: TestProject): Promise<readonly string[]> {
  const { result } = await run(project);
  if (result.kind !== "done") throw new Error(JSON.stringify(result));
  return result.changedStages;
}

test.each([["absolute"], ["relative"]])("a file whose path is %s is made, recorded and seen as it is", async (how) => {
  const project = testProject({ in: "1\n" });
  const target = elsewhere("r");
  const named = how === "absolute" ? target : path.relative(project.root, target);
  writeFileSync(target, "old\n");
  project.write({
    "dvc.yaml": `stages:
  s: {cmd: test ! -e ${named} && cp in ${named}, deps: [in], outs: [${named}: {cache: false}]}
  t: {cmd: cp ${named} copy, deps: [${named}], outs: [copy]}
`,
  });
  expect(await ranStages(project)).toEqual(["s", "t"]);
  expect(project.read("dvc.lock")).toContain(`    outs:\n    - path: ${named}\n      hash: md5\n`);
  expect(project.has(".gitignore") && project.read(".gitignore")).toBe("/copy\n");
  expect(await ranStages(project)).toEqual([]);
  writeFileSync(target, "by hand\n");
  expect(await ranStages(project)).toEqual(["s"]);
  expect(readFileSync(target, "utf8")).toBe("1\n");
  // The run-cache keeps none of it, so there is nothing to bring back.
  project.write({ in: "2\n" });
  await run(project);
  project.write({ in: "1\n" });
  expect(await ranStages(project)).toContain("s");
});

test("with persist the stage finds what it left", async () => {
  const project = testProject({ in: "1\n" });
  const target = elsewhere("log");
  project.write({
    "dvc.yaml": `stages: {s: {cmd: cat in >>${target}, deps: [in], outs: [${target}: {cache: false, persist: true}]}}\n`,
  });
  await run(project);
  project.write({ in: "2\n" });
  await run(project);
  expect(readFileSync(target, "utf8")).toBe("1\n2\n");
});

test.each([
  ["for the cache", (file: string) => `outs: [${file}]`, /outside of the project/],
  ["that holds the project", () => "outs: [..: {cache: false}]", /holds the project|is within an output/],
  ["in a repository's own folder", (file: string) => `outs: [${file}/.git/hooks/x: {cache: false}]`, /Git's or DVC's/],
  ["behind a link into the project", (file: string) => `outs: [${file}/link/in: {cache: false}]`, /into the project/],
  ["behind a link into .git", (file: string) => `outs: [${file}/git/config: {cache: false}]`, /project|Git's/],
])("refused: an output elsewhere %s", async (_, outs, says) => {
  const project = testProject({ in: "1\n", ".git/config": "" });
  const folder = elsewhere();
  symlinkSync(project.root, path.join(folder, "link"));
  symlinkSync(project.file(".git"), path.join(folder, "git"));
  project.write({ "dvc.yaml": `stages: {ok: {cmd: echo >ran}, s: {cmd: echo, ${outs(folder)}}}\n` });
  await expect(run(project)).rejects.toMatchObject({ message: expect.stringMatching(says) });
  expect([existsSync(project.file("ran")), project.read("in")]).toEqual([false, "1\n"]);
});
