/** Trees of results that are made without `git add` and `git write-tree`, beside those of Git. */
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { CopySlot } from "../../../src/experiments/copy/git-dirs.ts";
import { type CopyContent, prepareCopy } from "../../../src/experiments/copy/prepare.ts";
import { QuickResults } from "../../../src/experiments/copy/quick-result.ts";
import { resultTree } from "../../../src/experiments/copy/result.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { git } from "../../../src/git/run.ts";
import { copyIndex } from "../../../src/git/snapshot.ts";
import { makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";

const files = {
  "params.yaml": "x: 1\n",
  "a-b": "before the folder in Git's order\n",
  "a/b.txt": "1\n",
  "a/deep/er/c.txt": "1\n",
  "a.c": "behind it\n",
  "lone/only.txt": "1\n",
  "tracked/x.txt": "1\n",
  ".gitignore": "*.log\n/o\n",
};

interface Case {
  readonly files?: Readonly<Record<string, string>>;
  readonly config?: readonly string[];
  readonly include?: readonly string[];
  /** What a run does in its copy. */
  stages(work: string): void;
  readonly left?: readonly string[];
}

/** Names with what stands in the files, written into a copy. */
function writing(texts: Readonly<Record<string, string>>) {
  return (work: string) => {
    for (const [name, text] of Object.entries(texts)) {
      mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
      writeFileSync(path.join(work, name), text);
    }
  };
}

function slotOf(rig: Repository): CopySlot {
  const folder = makeTemporaryFolder();
  const packedRefs = path.join(folder, "packed-refs");
  writeFileSync(packedRefs, "");
  return { folder: path.join(folder, "1"), repository: openRepository(rig.folder), template: "one", packedRefs };
}

function contentOf(rig: Repository): CopyContent {
  const head = rig.git("rev-parse", "HEAD").trim() as ObjectId;
  return { head, commit: head, copiedPaths: undefined };
}

/** The results of a run by both ways, and what Git's own commands make of the same copy. */
async function results(one: Case) {
  const rig = makeRepository({ dvc: false, files: { ...files, ...one.files } });
  for (const setting of one.config ?? []) rig.git("config", ...setting.split("="));
  const slot = slotOf(rig);
  const content = contentOf(rig);
  await prepareCopy(slot, content);
  const work = path.join(slot.folder, "work");
  one.stages(work);
  const request = { include: one.include ?? [], untracked: "leave" } as const;
  const quick = await new QuickResults().treeOf(slot, { ...request, ofStages: async (names) => names });
  const whole = await resultTree(slot, content, { ...request, quick: new QuickResults() });
  const index = path.join(makeTemporaryFolder(), "index");
  copyIndex(path.join(slot.folder, "git", "index"), index);
  const env = { GIT_DIR: path.join(slot.folder, "git"), GIT_WORK_TREE: work, GIT_INDEX_FILE: index };
  const call = (...args: string[]) => git(args, { cwd: work, env });
  await call("add", "-u", "--", ":/");
  const added = await call("ls-files", "-z", "--others", "--exclude-standard", "--", ...(one.include ?? [":none"]));
  const names = added.split("\0").filter((name) => name !== "" && !name.endsWith("/"));
  if (names.length > 0) await call("add", "--", ...names);
  return { quick, whole, tree: (await call("write-tree")).trim() };
}

const quickCases: Readonly<Record<string, Case>> = {
  "nothing happened": { stages: () => undefined, left: [] },
  "new and changed files, in known and new folders": {
    include: ["metrics.yaml", "new", "a/deep/new.txt", "o"],
    stages: writing({
      "metrics.yaml": "x: 1\n",
      "new/in/depth/ünï.txt": "1\n",
      "new/side.log": "ignored\n",
      "a/deep/new.txt": "1\n",
      "a/b.txt": "2\n",
      o: "ignored, though named\n",
      "left/f": "1\n",
    }),
    left: ["left/f"],
  },
  "removed files, and with them their folders": {
    stages: (work) => {
      rmSync(path.join(work, "lone"), { recursive: true });
      rmSync(path.join(work, "a/deep/er/c.txt"));
      rmSync(path.join(work, "params.yaml"));
    },
    left: [],
  },
  "rights, and a file that was written again as it was": {
    stages: (work) => {
      chmodSync(path.join(work, "a/b.txt"), 0o755);
      writeFileSync(path.join(work, "params.yaml"), "x: 1\n");
    },
    left: [],
  },
  "attributes that convert other files": {
    files: { ".gitattributes": "*.bin filter=big\n* text=auto\n", "a/.gitattributes": "*.txt ident\n" },
    include: ["metrics.yaml"],
    stages: writing({ "metrics.yaml": "x: 1\n", "params.yaml": "x: 2\n" }),
    left: [],
  },
};

test.each(Object.entries(quickCases))("%s: without Git's help", async (_, one) => {
  const { quick, whole, tree } = await results(one);
  expect(quick).toEqual({ tree, left: one.left });
  expect(whole).toEqual(quick);
});

const casesOfGit: Readonly<Record<string, Case>> = {
  "line ends that Git may convert": {
    config: ["core.autocrlf=input"],
    include: ["metrics.csv"],
    stages: writing({ "metrics.csv": "a,b\r\n1,2\r\n" }),
  },
  "a filter": {
    files: { ".gitattributes": "*.up filter=up\n" },
    config: ["filter.up.clean=tr a-z A-Z"],
    include: ["small.up"],
    stages: writing({ "small.up": "abc\n" }),
  },
  "a filter that the run itself brought": {
    config: ["filter.up.clean=tr a-z A-Z"],
    include: ["new"],
    stages: writing({ "new/.gitattributes": "*.up filter=up\n", "new/small.up": "abc\n" }),
  },
  "a keyword": {
    files: { "a/.gitattributes": "*.txt ident\n" },
    stages: writing({ "a/b.txt": "$Id: mine $\n" }),
  },
  "a link among the outputs": {
    include: ["link"],
    stages: (work) => symlinkSync("params.yaml", path.join(work, "link")),
  },
  "a link in the place of a folder with tracked files": {
    include: ["lone"],
    stages: (work) => {
      renameSync(path.join(work, "tracked"), path.join(work, "moved"));
      symlinkSync("moved", path.join(work, "tracked"));
    },
  },
  "a file in the place of a folder": {
    include: ["lone"],
    stages: (work) => {
      rmSync(path.join(work, "lone"), { recursive: true });
      writeFileSync(path.join(work, "lone"), "now a file\n");
    },
  },
  "a file system without rights": {
    config: ["core.fileMode=false"],
    stages: (work) => {
      writeFileSync(path.join(work, "a/b.txt"), "2\n");
      chmodSync(path.join(work, "a/b.txt"), 0o755);
    },
  },
};

test.each(Object.entries(casesOfGit))("%s: left to Git", async (_, one) => {
  const { quick, whole, tree } = await results(one);
  expect([quick, whole.tree]).toEqual([undefined, tree]);
});

test("what Git said of a name is asked again once the attributes above it are others", async () => {
  const rig = makeRepository({ dvc: false, files });
  rig.git("config", "filter.up.clean", "tr a-z A-Z");
  const slot = slotOf(rig);
  const quick = new QuickResults();
  const seen: unknown[] = [];
  for (const attributes of ["", "*.yaml filter=up\n", ""]) {
    rig.write({ ".gitattributes": attributes });
    rig.commit("attributes");
    const content = contentOf(rig);
    await prepareCopy(slot, content);
    writing({ "metrics.yaml": "x: 1\n" })(path.join(slot.folder, "work"));
    const { tree } = await resultTree(slot, content, { include: ["metrics.yaml"], untracked: "leave", quick });
    seen.push(rig.git("cat-file", "-p", `${tree}:metrics.yaml`));
  }
  expect(seen).toEqual(["x: 1", "X: 1", "x: 1"]);
});
