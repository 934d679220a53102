/** Several projects of one repository, and several work trees: refs are shared, queues and files are not. */
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, makeRepository } from "../rig/index.ts";
import { allCommands, below, mainCommands, projectFiles, WorkTree } from "./battery.ts";

const dvcFolder: Files = { ".dvc/config": "", ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n" };

describe("two projects in one repository", () => {
  test("each runs its own entries; a name is taken in both", async () => {
    const files = { ...projectFiles, ...dvcFolder };
    const rig = makeRepository({ dvc: false, files: { ...below("one", files), ...below("two/deep", files) } });
    const one = new WorkTree({ rig, tree: "", project: "one" });
    const two = new WorkTree({ rig, tree: "", project: "two/deep" });
    await one.succeed("exp", "run", "--queue", "-n", "from-one", "-S", "x=2");
    await two.succeed("exp", "run", "--queue", "-n", "from-two", "-S", "x=3");
    expect(await two.refusal("exp", "run", "--queue", "-n", "from-one", "-S", "x=4")).toContain("'from-one'");
    expect(await one.succeed("queue", "status")).not.toContain("from-two");
    await one.succeed("exp", "run", "--run-all");
    expect(one.changed("from-one").every((file) => file.startsWith("one/"))).toBe(true);
    expect(await two.succeed("queue", "status")).toMatch(/from-two .*Queued/);
    await two.succeed("exp", "run", "--run-all");
    expect(two.show("from-two", "m.json")).toBe('{"score": 3}');
    expect(two.changed("from-two")).toEqual(["dvc.lock", "m.json", "params.yaml"].map((name) => `two/deep/${name}`));
  });
});

describe("linked work trees", () => {
  test("all commands work in one; .git/info/exclude counts there", async () => {
    const rig = makeRepository({ files: { ...projectFiles, ".gitignore": "" } });
    rig.write({ ".git/info/exclude": "/out.txt\n" });
    rig.git("worktree", "add", "--quiet", "-b", "linked", "../linked tree");
    const tree = await allCommands({ rig, tree: "../linked tree", project: "" });
    expect(tree.read(".gitignore")).toBe("");
    expect(rig.git("status", "--porcelain")).toBe("");
  });

  test("each runs what was queued in it; entries of one that is gone are for all", async () => {
    const rig = makeRepository({ files: projectFiles });
    rig.git("worktree", "add", "--quiet", "-b", "linked", "../linked");
    const main = new WorkTree({ rig, tree: "", project: "" });
    const linked = new WorkTree({ rig, tree: path.join("..", "linked"), project: "" });
    await main.succeed("exp", "run", "--queue", "-n", "in-main", "-S", "x=2");
    await linked.succeed("exp", "run", "--queue", "-n", "in-linked", "-S", "x=3");
    await linked.succeed("exp", "run", "--queue", "-n", "left", "-S", "x=4");
    expect(await main.succeed("exp", "run", "--run-all")).not.toContain("in-linked");
    await main.succeed("exp", "apply", "in-main");
    expect(main.read("out.txt")).toContain("x=2");
    await linked.succeed("queue", "remove", "in-linked");
    rig.git("worktree", "remove", "--force", "../linked");
    expect(await main.succeed("exp", "run", "--run-all")).toContain("left");
    expect(main.show("left", "m.json")).toBe('{"score": 4}');
  });
});

test("a shallow clone pushes and pulls experiments", async () => {
  const rig = makeRepository({ files: projectFiles });
  rig.write({ "input.txt": "newer\n" });
  rig.commit("newer");
  rig.git("clone", "--quiet", "--depth=1", `file://${rig.folder}`, "../clone");
  const origin = new WorkTree({ rig, tree: "", project: "" });
  const clone = await mainCommands({ rig, tree: "../clone", project: "" });
  await clone.succeed("exp", "push", "origin", "swept-1");
  expect(origin.show("swept-1", "m.json")).toBe('{"score": 3}');
  await origin.succeed("exp", "run", "--temp", "-n", "theirs", "-S", "x=7");
  await clone.succeed("exp", "pull", "origin", "theirs");
  expect(clone.show("theirs", "m.json")).toBe('{"score": 7}');
});
