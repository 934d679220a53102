/** Imports with settings for the other repository: .dvc files and data as the real DVC's. */
import { rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { describeWithDvc, runSteps } from "../peers.ts";

describeWithDvc("imports", () => {
  let source: Repository;
  let repository: Repository;
  beforeAll(async () => {
    source = makeRepository();
    source.write({ "d/a": "1\n", f: "x\n" });
    await source.succeed(["add", "-q", "d", "f"]);
    await source.succeed(["remote", "add", "other", path.join(source.root, "other")]);
    source.commit("data");
    await source.succeed(["push", "-q", "-r", "other"]);
    rmSync(path.join(source.folder, ".dvc/cache"), { recursive: true });
    repository = makeRepository();
    repository.write({ settings: `['remote "mine"']\nurl = ${source.root}/other\n[core]\nremote = mine\n` });
  });

  test.each([
    ["f", "--remote", "other"],
    ["d", "--config", "settings"],
    ["f", "--config", "settings", "--remote", "other"],
  ])("%s %s %s", async (...words) => {
    const [name = "", ...flags] = words;
    const [theirs] = await runSteps(repository, [["dvc", "import", source.folder, name, "-o", "theirs", ...flags]]);
    expect(theirs?.exitCode).toBe(0);
    await repository.succeed(["import", source.folder, name, "-o", "ours", ...flags]);
    const plain = (file: string) => repository.read(file).replace(/^md5: .*$|path: (ours|theirs)$/gm, "");
    expect(plain("ours.dvc")).toBe(plain("theirs.dvc"));
    const inside = name === "d" ? "/a" : "";
    expect(repository.read(`ours${inside}`)).toBe(repository.read(`theirs${inside}`));
    // What DVC recorded we follow, and the other way round.
    await repository.succeed(["update", "theirs.dvc"]);
    const [update] = await runSteps(repository, [["dvc", "update", "ours.dvc"]]);
    expect(update?.exitCode).toBe(0);
    for (const each of ["ours", "theirs"])
      for (const file of [each, `${each}.dvc`]) rmSync(path.join(repository.folder, file), { recursive: true });
  });
});
