/** Submodules: queued and temporary runs see their files at the commits that the user has, and never touch them. */
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";
import { mainCommands, projectFiles, WorkTree } from "./battery.ts";

let rig: Repository;
let tree: WorkTree;

const inLibrary = (...args: string[]) => rig.git("-C", path.join(rig.folder, "lib"), ...args);

/** A repository beside the rig's own, to be a submodule. */
function makeLibrary(name: string, files: Readonly<Record<string, string>>, submodule?: string): void {
  const folder = path.join(rig.root, name);
  rig.git("init", "--quiet", folder);
  rig.write(Object.fromEntries(Object.entries(files).map(([file, text]) => [`../${name}/${file}`, text])));
  if (submodule !== undefined) rig.git("-C", folder, "submodule", "--quiet", "add", `../${submodule}`, "inner lib");
  rig.git("-C", folder, "add", "--all");
  rig.git("-C", folder, "commit", "--quiet", "-m", name);
}

beforeEach(() => {
  const see = `${projectFiles["see.sh"]}cat lib/data.txt "lib/inner lib/deep.txt" >> out.txt\n`;
  rig = makeRepository({ files: { ...projectFiles, "see.sh": see } });
  makeLibrary("inner", { "deep.txt": "deep\n" });
  makeLibrary("outer", { "data.txt": "data 1\n", "dvc.yaml": "stages: {}\n" }, "inner");
  rig.git("submodule", "--quiet", "add", "../outer", "lib");
  rig.git("submodule", "--quiet", "update", "--init", "--recursive");
  rig.commit("with a submodule");
  rig.git("config", "submodule.recurse", "true");
  tree = new WorkTree({ rig, tree: "", project: "" });
});

describe("a submodule that is checked out", () => {
  test("is there in copies, with those inside it; an experiment names its commit, apply leaves it alone", async () => {
    const before = inLibrary("rev-parse", "HEAD");
    await mainCommands(tree.place);
    expect(tree.read("out.txt")).toContain("data 1\ndeep\n");
    // What is not even committed there stays behind, and is told.
    rig.write({ "lib/data.txt": "data 2\n" });
    const left = await rig.run(["exp", "run", "--temp", "-n", "left", "-S", "x=9"]);
    expect(left.stderr).toContain("WARNING: changes inside of submodules are not in the copies");
    expect(left.stderr).toContain("'lib'");
    expect(tree.git("rev-parse", `${tree.ref("left")}:lib`)).toBe(before);
    // A commit of the user's own, not in HEAD yet, is what the work tree has: that is what runs.
    rig.write({ "lib/data.txt": "data 2\n" });
    inLibrary("commit", "--quiet", "-am", "second");
    await tree.succeed("exp", "run", "--temp", "-n", "second", "-S", "x=8");
    expect(tree.git("rev-parse", `${tree.ref("second")}:lib`)).toBe(inLibrary("rev-parse", "HEAD"));
    expect(tree.git("rev-parse", `${tree.ref("swept-1")}:lib`)).toBe(before);
    await tree.succeed("exp", "apply", "second");
    expect(tree.read("out.txt")).toContain("data 2\ndeep\n");
    await tree.succeed("exp", "apply", "swept-1");
    expect(inLibrary("status", "--porcelain")).toBe("");
    expect(rig.read("lib/data.txt")).toBe("data 2\n");
  });

  test("is made anew for each run, whatever the one before did to it", async () => {
    const deeds = [
      ['echo bad > lib/data.txt; echo bad > "lib/inner lib/deep.txt"; touch lib/left; mkdir lib/folder', "x=2"],
      ["rm -rf lib; ln -s $OUTSIDE lib", "x=3"],
      ["git init -q lib; git -C lib -c user.name=a -c user.email=a@b commit -qm mine --allow-empty", "x=4"],
      ["rm -rf lib; echo file > lib", "x=5"],
    ] as const;
    const cases = deeds.map(([deed, x]) => `${x.slice(2)}) ${deed} ;;`).join("\n");
    const script = `${rig.read("see.sh")}ls lib >> out.txt\ncase $x in\n${cases}\nesac\n`;
    rig.write({ "see.sh": script, "../outside/data.txt": "precious\n" });
    rig.git("commit", "--quiet", "-am", "deeds");
    const before = tree.state();
    const env = { OUTSIDE: path.join(rig.root, "outside") };
    const points = deeds.flatMap(([, x]) => [x.slice(2), `1${x.slice(2)}`]).join(",");
    await rig.succeed(["sweep", "-n", "deed", `x=${points}`], { env });
    expect(tree.state()).toBe(before);
    expect(rig.read("../outside/data.txt")).toBe("precious\n");
    expect(inLibrary("status", "--porcelain")).toBe("");
    for (const number of [2, 4, 6, 8]) {
      await tree.succeed("exp", "apply", `deed-${number}`);
      expect(tree.read("out.txt").split("\n").slice(2)).toEqual([
        "data 1",
        "deep",
        "data.txt",
        "dvc.yaml",
        "inner lib",
        "",
      ]);
      expect(tree.git("rev-parse", `${tree.ref(`deed-${number}`)}:lib`)).toBe(inLibrary("rev-parse", "HEAD"));
    }
  });

  test("without the commit that an experiment names is refused, with the way out", async () => {
    await tree.succeed("exp", "run", "--queue", "-n", "q", "-S", "x=2");
    rmSync(path.join(rig.folder, "lib"), { recursive: true });
    rig.git("init", "--quiet", "lib");
    const { exitCode, stderr } = await rig.run(["exp", "run", "--run-all"]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/the submodule 'lib' can't be checked out at [0-9a-f]{7}/);
    expect(stderr).toContain("git -C lib fetch");
  });
});

test("a submodule that is not checked out is an empty folder, as in the work tree", async () => {
  rig.write({ "see.sh": `${projectFiles["see.sh"]}ls -A lib >> out.txt\n` });
  rig.git("commit", "--quiet", "-am", "look");
  rig.git("submodule", "--quiet", "deinit", "--all", "--force");
  await mainCommands(tree.place);
  expect(tree.read("out.txt")).toBe("x=4\ninput\n");
  expect(existsSync(path.join(rig.folder, "lib/data.txt"))).toBe(false);
});

test("a project in a submodule", async () => {
  makeLibrary("project", {
    ...projectFiles,
    ".dvc/config": "",
    ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
  } as Record<string, string>);
  rig.git("submodule", "--quiet", "add", "../project", "project");
  const before = tree.state();
  const inner = await mainCommands({ rig, tree: "project", project: "" });
  expect(tree.git("for-each-ref", "refs/exps")).toBe("");
  expect(tree.state().replaceAll(/ project: .*/g, "")).toBe(before.replaceAll(/ project: .*/g, ""));
  expect(inner.read("m.json")).toBe('{"score": 4}\n');
});
