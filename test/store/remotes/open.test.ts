/** Which files a remote of another repository's may name, where that is cloned into the scratch folder of this one. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openProject } from "../../../src/project/open.ts";
import { openRemote } from "../../../src/store/remotes/open.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

function makeProject(folder: string, configPath: string): string {
  for (const name of [".git", ".dvc"]) mkdirSync(path.join(folder, name), { recursive: true });
  const lines = ["[core]", "no_scm = true", "remote = r", '[remote "r"]', "url = s3://b", `configpath = ${configPath}`];
  writeFileSync(path.join(folder, ".dvc/config"), lines.join("\n"));
  return folder;
}

test("a clone in our scratch folder names no file of ours as one of programs", () => {
  const here = makeProject(makeTemporaryFolder(), "/nowhere/aws");
  const sub = makeProject(path.join(here, "sub"), "/nowhere/aws");
  const clone = (file: string) => makeProject(path.join(sub, ".dvc/tmp/.source.1.tmp/clone"), file);
  const refusal = expect.objectContaining({ code: "REMOTE_UNSUPPORTED" });
  for (const file of [path.join(sub, "aws"), "../aws", path.join(sub, "..aws")])
    expect(() => openRemote(openProject(clone(file), {})), file).toThrow(refusal);
  expect(openRemote(openProject(clone("/nowhere/aws"), {})).name).toBe("r");
});
