/** Files that are not in Git as they are in the work tree: line ends, Git LFS and other filters. */
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";
import { mainCommands, projectFiles, WorkTree } from "./battery.ts";

const make = (files: Files = {}) => makeRepository({ files: { ...projectFiles, ...files } });
const at = (rig: Repository) => ({ rig, tree: "", project: "" });
const bytesOf = (tree: WorkTree, name: string, file: string) => tree.git("cat-file", "-p", `${tree.ref(name)}:${file}`);

describe("line ends", () => {
  test("core.autocrlf=true with safecrlf: copies have them as a checkout has, experiments as Git keeps them", async () => {
    const see = `${projectFiles["see.sh"]}tr -dc '\\r' < params.yaml | wc -c >> out.txt\n`;
    const rig = make({ "see.sh": see, ".gitattributes": "*.sh text eol=lf\n*.json text eol=lf\n" });
    rig.git("config", "core.autocrlf", "true");
    rig.git("config", "core.safecrlf", "true");
    rig.git("rm", "-r", "--quiet", "--cached", ".");
    rig.git("reset", "--quiet", "--hard");
    expect(rig.read("params.yaml")).toBe("x: 1   # how much\r\n");
    const tree = await mainCommands(at(rig));
    expect(tree.read("out.txt")).toMatch(/^x=4\ninput\r\n *1\n$/);
    expect(bytesOf(tree, "swept-1", "params.yaml")).toBe("x: 3   # how much");
    expect(rig.read("params.yaml")).toBe("x: 4   # how much\r\n");
  });

  test("core.autocrlf=input, and eol=crlf by attribute", async () => {
    const rig = make({
      "notes.md": "one\r\ntwo\r\n",
      ".gitattributes": "*.yaml text eol=crlf\n*.lock text eol=crlf\n",
    });
    rig.git("config", "core.autocrlf", "input");
    rig.git("rm", "-r", "--quiet", "--cached", ".");
    rig.git("reset", "--quiet", "--hard");
    const tree = await mainCommands(at(rig));
    expect(bytesOf(tree, "swept-2", "params.yaml")).toBe("x: 4   # how much");
    expect(bytesOf(tree, "swept-2", "dvc.lock")).not.toContain("\r");
  });
});

describe("filters", () => {
  const script = path.join(import.meta.dirname, "lfs-like.mjs");
  const lfs: Files = { ".gitattributes": "*.txt filter=lfs -text\nparams.yaml filter=lfs -text\n" };

  function makeFiltered(): Repository {
    const rig = makeRepository({ git: false, files: { ...projectFiles, ...lfs } });
    rig.git("init", "--quiet");
    rig.git("config", "filter.lfs.process", `"${process.execPath}" "${script}"`);
    rig.git("config", "filter.lfs.required", "true");
    rig.commit("start");
    return rig;
  }

  test("a process filter like Git LFS: stages see contents, Git gets pointers, one store has all", async () => {
    const rig = makeFiltered();
    rig.write({ "input.txt": "changed input\n" });
    const tree = new WorkTree(at(rig));
    await tree.succeed("sweep", "-n", "swept", "x=3,4");
    await tree.succeed("exp", "run", "--temp", "-n", "temp", "-S", "x=5");
    for (const [name, x] of Object.entries({ "swept-1": 3, "swept-2": 4, temp: 5 })) {
      expect(tree.show(name, "m.json")).toBe(`{"score": ${x}}`);
      expect(bytesOf(tree, name, "params.yaml")).toMatch(/^pointer [0-9a-f]{64}$/);
      expect(bytesOf(tree, name, "input.txt")).toBe(bytesOf(tree, "temp", "input.txt"));
    }
    expect(rig.read("input.txt")).toBe("changed input\n");
    await tree.succeed("exp", "apply", "swept-2");
    expect(rig.read("params.yaml")).toBe("x: 4   # how much\n");
    expect(rig.read("out.txt")).toBe("x=4\nchanged input\n");
    expect(await tree.succeed("repro")).toContain("didn't change, skipping");
    expect(readdirSync(path.join(rig.folder, ".git/lfs")).length).toBeGreaterThanOrEqual(5);
  });

  test("a required filter that fails is named, and nothing is queued or run", async () => {
    const rig = makeFiltered();
    const tree = new WorkTree(at(rig));
    await tree.succeed("exp", "run", "--queue", "-n", "q", "-S", "x=2");
    rmSync(path.join(rig.folder, ".git/lfs"), { recursive: true });
    const { exitCode, stderr } = await rig.run(["exp", "run", "--run-all"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/input\.txt: smudge filter lfs failed/)]);
    rig.git("config", "filter.lfs.process", "/nowhere/git-lfs");
    rig.write({ "input.txt": "changed\n" });
    const before = tree.state();
    for (const words of [
      ["sweep", "x=3"],
      ["exp", "run", "-S", "x=3"],
    ])
      expect(await tree.refusal(...words)).toMatch(/clean filter 'lfs' failed/);
    expect(tree.state()).toBe(before);
    expect(rig.exists("m.json")).toBe(false);
  });
});
