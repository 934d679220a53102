import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tryLock, unlock } from "../../../src/base/locks.ts";
import { findUnneeded, type GarbageRequest, removeUnneeded } from "../../../src/experiments/upkeep/collect-garbage.ts";
import { openProject } from "../../../src/project/open.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** Puts a text into the cache, or a remote, and answers its hash. */
function store(folder: string, text: string, suffix = ""): string {
  const hash = md5(text);
  const file = path.join(folder, "files/md5", hash.slice(0, 2), hash.slice(2) + suffix);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return hash + suffix;
}

/** data.dvc says that `data` holds the text. */
function track(repository: Repository, text: string): void {
  const hash = store(path.join(repository.folder, ".dvc/cache"), text);
  repository.write({ "data.dvc": `outs:\n- md5: ${hash}\n  size: ${text.length}\n  hash: md5\n  path: data\n` });
}

const commitOf = (repository: Repository, text: string) => {
  track(repository, text);
  return repository.commit(text);
};

/** Texts that are in the cache or a remote, sorted. */
function stored(folder: string): string[] {
  const files = path.join(folder, "files/md5");
  const names = readdirSync(files).flatMap((prefix) =>
    readdirSync(path.join(files, prefix)).map((name) => prefix + name),
  );
  return names.map((name) => texts.find((text) => md5(text) === name) ?? name).sort();
}

const texts = [
  "old",
  "tagged",
  "branch",
  "experiment",
  "queued",
  "copied",
  "parent",
  "now",
  "list",
  "inside",
  "nobody",
];

let made: Repository;
let repository: Repository;
let cache: string;

/** old <- tagged <- branch; parent <- the workspace, where the text is `now`. */
beforeAll(() => {
  made = makeRepository();
  commitOf(made, "old");
  made.git("tag", "-a", "v1", "-m", "v1", commitOf(made, "tagged"));
  commitOf(made, "branch");
  made.git("branch", "other");
  const baseline = commitOf(made, "parent");
  made.git("branch", "-m", "main");
  const aside = (text: string, ref: string) => {
    track(made, text);
    made.git("add", "--all");
    const tree = made.git("write-tree");
    made.git("update-ref", ref, made.git("commit-tree", tree, "-p", baseline, "-m", text));
  };
  aside("experiment", `refs/exps/${baseline.slice(0, 2)}/${baseline.slice(2)}/e`);
  aside("queued", "refs/exps/celery/sweepline/queued/0000000001");
  track(made, "now");
  for (const text of ["nobody", "copied"]) store(path.join(made.folder, ".dvc/cache"), text);
});

beforeEach(() => {
  repository = made.copy();
  cache = path.join(repository.folder, ".dvc/cache");
});

const nothing = { revs: [], count: 1, of: [], since: undefined } as const;

function requestFor(request: Partial<GarbageRequest> = {}): GarbageRequest {
  return {
    project: openProject(repository.folder),
    others: [],
    keep: nothing,
    unreadable: "refuse",
    from: "cache",
    remote: undefined,
    jobs: 2,
    ...request,
  };
}

const runner = { id: "gc", label: "a test" };

async function collect(asked: Partial<GarbageRequest> = {}) {
  const request = requestFor(asked);
  const found = await findUnneeded(request);
  return { found, removed: await removeUnneeded(request, found, runner) };
}

const always = ["branch", "experiment", "now", "parent", "queued"];

describe("what stays", () => {
  test.each<[string, GarbageRequest["keep"], readonly string[]]>([
    ["of the workspace, branches, experiments and the queue", nothing, []],
    ["of tags", { ...nothing, of: ["tags"] }, ["tagged"]],
    ["of all commits", { ...nothing, of: ["commits"] }, ["old", "tagged"]],
    ["of the last two of each branch", { ...nothing, of: ["branches"], count: 2 }, ["tagged"]],
    ["of all of a branch", { ...nothing, revs: ["other"], count: -1 }, ["old", "tagged"]],
    ["of a revision", { ...nothing, revs: ["v1~1"] }, ["old"]],
    ["of commits since a day", { ...nothing, since: 0 }, ["old", "tagged"]],
  ])("%s", async (_, keep, more) => {
    const { removed } = await collect({ keep });
    expect(stored(cache)).toEqual([...always, ...more].sort());
    expect(removed.cache).toEqual({ current: texts.length - 2 - always.length - more.length, legacy: 0 });
  });

  test("of a copy in which somebody is at work, and no longer", async () => {
    const copies = path.join(repository.folder, ".dvc/tmp/exps/sweepline/copies");
    mkdirSync(path.join(copies, "1/work"), { recursive: true });
    writeFileSync(path.join(copies, "1/work/dvc.lock"), `stages:\n  a:\n    outs:\n    - md5: ${md5("copied")}\n    -`);
    tryLock(path.join(copies, "1.lock"), "test");
    await collect();
    expect(stored(cache)).toContain("copied");
    unlock(path.join(copies, "1.lock"));
    await collect();
    expect(stored(cache)).not.toContain("copied");
  });

  test("of other projects that are named, and of linked work trees", async () => {
    repository.git("tag", "kept", "v1");
    repository.git("worktree", "add", "--quiet", "--detach", path.join(repository.root, "beside"), "v1");
    writeFileSync(path.join(repository.root, "beside/.dvc/config.local"), `[cache]\n    dir = ${cache}\n`);
    await collect();
    expect(stored(cache)).toEqual([...always, "tagged"].sort());
    const other = makeRepository();
    other.write({ "data.dvc": repository.git("show", "v1~1:data.dvc") });
    await collect({ others: [other.folder] });
    expect(stored(cache)).toEqual([...always, "tagged"].sort());
  });
});

test.each(["", "what is this\n", `${"a1".repeat(20)}\n`])(
  "nothing goes while the ref of an experiment, an entry or a branch holds %j",
  async (text) => {
    const refs = repository.git("for-each-ref", "--format=%(refname)", "refs/exps", "refs/heads/other").split("\n");
    for (const ref of refs) {
      const file = path.join(repository.folder, ".git", ref);
      const before = readFileSync(file);
      writeFileSync(file, text);
      await expect(collect()).rejects.toMatchObject({ code: expect.stringMatching(/REVISION_UNREADABLE|GIT_FAILED/) });
      writeFileSync(file, before);
    }
    expect(stored(cache)).toEqual(stored(path.join(made.folder, ".dvc/cache")));
    await collect();
    expect(stored(cache)).toEqual(always);
  },
);

test("what is needed only once it was found stays", async () => {
  const request = requestFor();
  const found = await findUnneeded(request);
  track(repository, "nobody");
  const { cache: removed } = await removeUnneeded(request, found, runner);
  expect(removed.current).toBe(found.cache.current.files.length - 1);
  expect(stored(cache)).toContain("nobody");
});

test("what is freed: not what has another name", async () => {
  const { found } = await collect();
  expect(found.cache.current.bytes).toBe(["old", "tagged", "copied", "nobody"].join("").length);
});

test("objects in the layout of DVC 2 go too, other files stay", async () => {
  mkdirSync(path.join(cache, "ab"), { recursive: true });
  for (const name of ["ab/cdef0123456789abcdef0123456789", "ab/notes"]) writeFileSync(path.join(cache, name), "x");
  const { removed } = await collect();
  expect(removed.cache.legacy).toBe(1);
  expect(readdirSync(path.join(cache, "ab"))).toEqual(["notes"]);
});

describe("a commit that can't be read", () => {
  beforeEach(() => {
    repository.write({ "dvc.yaml": "stages: [" });
    repository.git("add", "dvc.yaml");
    repository.git("commit", "--quiet", "-m", "broken");
    repository.git("tag", "broken");
    repository.git("reset", "--quiet", "--hard", "HEAD~1");
  });

  test("keeps everything, unless it is given up", async () => {
    const keep = { ...nothing, of: ["tags"] } as const;
    await expect(collect({ keep })).rejects.toMatchObject({ code: "REVISION_UNREADABLE" });
    expect(stored(cache)).toContain("nobody");
    const { found } = await collect({ keep, unreadable: "give up" });
    expect(found.unreadable).toHaveLength(1);
    expect(stored(cache)).not.toContain("nobody");
  });
});

describe("with a remote", () => {
  let remote: string;
  beforeEach(() => {
    remote = path.join(repository.root, "remote");
    repository.write({ ".dvc/config": `[core]\n    remote = store\n['remote "store"']\n    url = ${remote}\n` });
  });

  test("the remote is cleaned as the cache is, or alone left as it is", async () => {
    for (const text of texts) store(remote, text);
    await collect();
    expect(stored(remote)).toEqual([...texts].sort());
    const { removed } = await collect({ from: "remote too" });
    expect(stored(remote)).toEqual([...always].sort());
    expect(removed.remotes).toEqual([{ name: "store", removed: texts.length - always.length }]);
  });

  test("what the remote has is not kept here, but for what the queue needs", async () => {
    for (const text of texts.filter((each) => each !== "now")) store(remote, text);
    await collect({ from: "unless in the remote" });
    expect(stored(cache)).toEqual(["now", "queued"]);
  });

  test("files of a folder whose list only the remote has stay; without any list they are told of", async () => {
    const inside = store(cache, "inside");
    const list = store(remote, `[{"md5": "${inside}", "relpath": "a"}]`, ".dir");
    repository.write({ "data.dvc": `outs:\n- md5: ${list}\n  size: 6\n  nfiles: 1\n  hash: md5\n  path: data\n` });
    const { found } = await collect();
    expect([found.unknownLists, stored(cache).includes("inside")]).toEqual([[], true]);
    rmSync(remote, { recursive: true });
    const again = await collect();
    expect([again.found.unknownLists, stored(cache).includes("inside")]).toEqual([[list], false]);
    expect(existsSync(cache)).toBe(true);
  });
});
