/** Repositories of many kinds: the same commands, the same results, and nothing of the user's is touched on the way. */
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";
import { allCommands, below, mainCommands, type Place, projectFiles } from "./battery.ts";

const dvcFolder: Files = { ".dvc/config": "", ".dvc/.gitignore": "/config.local\n/tmp\n/cache\n" };
const make = (files: Files = {}) => makeRepository({ files: { ...projectFiles, ...files } });
const at = (rig: Repository, tree = "", more: Partial<Place> = {}): Place => ({ rig, tree, project: "", ...more });

function cloneOf(rig: Repository, ...args: string[]): Place {
  rig.git("clone", "--quiet", ...args, `file://${rig.folder}`, "../clone");
  return at(rig, "../clone");
}

function addHook(rig: Repository, name: string): void {
  const folder = path.join(rig.folder, "hooks folder");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), `#!/bin/sh\necho ${name} >> "${rig.root}/hooked"\nexit 1\n`);
  chmodSync(path.join(folder, name), 0o755);
}

test("a project in a sub-directory, and a file of the repository beside it", async () => {
  const files = below("pro ject", { ...projectFiles, ...dvcFolder });
  const tree = await allCommands(at(makeRepository({ dvc: false, files }), "", { project: "pro ject" }));
  await tree.succeed("exp", "run", "--temp", "-n", "top", "-S", "../outer.yaml:+y=1", "-S", "x=8");
  expect(tree.git("show", `${tree.ref("top")}:outer.yaml`)).toBe("y: 1");
  expect(tree.show("top", "m.json")).toBe('{"score": 8}');
});

test("the SHA-256 object format", async () => {
  const rig = makeRepository({ git: false, files: projectFiles });
  rig.git("init", "--quiet", "--object-format=sha256");
  rig.commit("start");
  await allCommands(at(rig));
});

const kinds: Record<string, () => Place> = {
  "a work tree of a bare repository": () => {
    const rig = make();
    rig.git("clone", "--quiet", "--bare", ".", "../bare.git");
    rig.git("-C", "../bare.git", "worktree", "add", "--quiet", "-b", "linked", path.join(rig.root, "linked"));
    return at(rig, "../linked");
  },
  "a detached HEAD, a rebase that is not finished": () => {
    const rig = make();
    rig.git("-c", "core.editor=true", "-c", "sequence.editor=sed -i s/^noop/break/", "rebase", "-q", "-i", "--root");
    return at(rig);
  },
  "a shallow, partial clone with a shared object store": () => {
    const rig = make({ "old.txt": "old\n" });
    rig.write({ "input.txt": "newer\n" });
    rig.commit("newer");
    rig.git("config", "uploadpack.allowFilter", "true");
    rig.git("config", "uploadpack.allowAnySHA1InWant", "true");
    return cloneOf(rig, "--depth=1", "--filter=blob:none");
  },
  "packed refs, borrowed objects": () => {
    const place = cloneOf(make(), "--shared");
    place.rig.git("-C", "../clone", "pack-refs", "--all");
    return place;
  },
  "a folder with odd characters, behind a link": () => {
    const rig = make({ "naïve 空\n'file'.txt": "odd\n" });
    const name = "spaß 'q' \"d\" $(x) `y`\n;é%20#";
    rig.git("clone", "--quiet", ".", `../${name}`);
    symlinkSync(path.join(rig.root, name), path.join(rig.root, "link"));
    return at(rig, "../link");
  },
  "executable files, links, attributes that concern archives": () => {
    const rig = make({ "run.sh": "#!/bin/sh\n", ".gitattributes": "see.sh export-ignore\n*.txt export-subst ident\n" });
    chmodSync(path.join(rig.folder, "run.sh"), 0o755);
    symlinkSync("input.txt", path.join(rig.folder, "link.txt"));
    symlinkSync("nowhere", path.join(rig.folder, "dangling"));
    rig.commit("modes");
    return at(rig);
  },
  "index version 4 with flags, an untracked cache and a file that is only intended": () => {
    const rig = make({ "assumed.txt": "1\n", "skipped.txt": "1\n" });
    rig.git("update-index", "--index-version", "4");
    rig.git("update-index", "--force-untracked-cache");
    rig.git("update-index", "--assume-unchanged", "assumed.txt");
    rig.git("update-index", "--skip-worktree", "skipped.txt");
    rig.write({ "assumed.txt": "2\n", "skipped.txt": "2\n" });
    return at(rig);
  },
};

describe("a sweep, a run, apply and repro in", () => {
  for (const [name, setUp] of Object.entries(kinds)) test(name, async () => void (await mainCommands(setUp())));

  test("a split index: no shared part of another index is left in .git", async () => {
    const rig = make();
    rig.git("config", "core.splitIndex", "true");
    rig.git("update-index", "--split-index");
    rig.write({ "input.txt": "other\n" });
    rig.git("commit", "--quiet", "-am", "split");
    const shared = () => readdirSync(path.join(rig.folder, ".git")).filter((name) => name.startsWith("sharedindex"));
    const before = shared();
    await mainCommands(at(rig));
    expect(shared().filter((name) => !before.includes(name)).length).toBeLessThanOrEqual(1);
  });

  test("a repository with hooks, signed commits and a file monitor: none of them is asked", async () => {
    const rig = make();
    for (const hook of ["post-checkout", "pre-commit", "post-index-change", "commit-msg", "post-commit", "pre-push"])
      addHook(rig, hook);
    const settings = { "commit.gpgsign": "true", "gpg.program": "/nowhere/gpg", "core.fsmonitor": "/nowhere/monitor" };
    for (const [name, value] of Object.entries(settings)) rig.git("config", name, value);
    rig.git("config", "core.hooksPath", path.join(rig.folder, "hooks folder"));
    const before = existsSync(path.join(rig.root, "hooked"));
    await mainCommands(at(rig));
    // Git itself runs post-index-change when `apply` resets the user's index.
    const hooked = existsSync(path.join(rig.root, "hooked")) ? rig.read("../hooked") : "";
    expect([before, new Set(hooked.split("\n").filter((line) => line !== "post-index-change" && line !== ""))]).toEqual(
      [false, new Set()],
    );
  });

  test("a shell where GIT_DIR and its kin name another repository; stages in copies do not see them", async () => {
    const rig = make({ "see.sh": `${projectFiles["see.sh"]}git rev-parse --show-toplevel >> out.txt\n` });
    const other = path.join(rig.root, "other");
    rig.git("init", "--quiet", other);
    const gitDir = path.join(other, ".git");
    const env = { GIT_DIR: gitDir, GIT_WORK_TREE: other, GIT_INDEX_FILE: path.join(gitDir, "index") };
    const tree = await mainCommands(at(rig, "", { env }));
    expect(tree.read("out.txt")).toContain(path.join(rig.folder, ".dvc/tmp/exps/sweepline/copies/1/work"));
    expect(rig.git("-C", other, "for-each-ref")).toBe("");
  });
});
