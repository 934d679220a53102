import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { commitStages } from "../../../src/pipeline/reproduce/commit-stages.ts";
import { type TestProject, testProject } from "../project.ts";

async function commit({ project, root }: TestProject): Promise<void> {
  const events = { warning: () => undefined };
  await commitStages(project, { folder: root, targets: [], recursive: false, changed: "accept", events });
}

const legacy = "outs:\n- path: a\n  size: 2\n  md5: b026324c6904b2a9cb4b88d6d61c81d1\n";

test("an entry of DVC 2 whose data is as recorded stays as it is", async () => {
  const own = testProject({ "a.dvc": legacy, a: "1\n" });
  const folder = path.join(own.root, ".dvc/cache/b0");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "26324c6904b2a9cb4b88d6d61c81d1"), "1\n");
  await commit(own);
  expect(readFileSync(path.join(own.root, "a.dvc"), "utf8")).toBe(legacy);
});

test("keys keep their order where nothing changed", async () => {
  const text = `${legacy}  hash: md5\n`;
  const own = testProject({ "a.dvc": text, a: "1\n" });
  await commit(own);
  expect(readFileSync(path.join(own.root, "a.dvc"), "utf8")).toBe(text);
});

test("a .dvc file without a hash gets one", async () => {
  const own = testProject({ "a.dvc": "outs:\n- path: a\n", a: "1\n" });
  await commit(own);
  expect(readFileSync(path.join(own.root, "a.dvc"), "utf8")).toBe(
    // Its keys stay where they are, as with DVC.
    "outs:\n- path: a\n  md5: b026324c6904b2a9cb4b88d6d61c81d1\n  size: 2\n  hash: md5\n",
  );
});
