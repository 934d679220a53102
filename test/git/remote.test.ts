/** Pushes to a bare repository, with the real Git: few refs, many refs, each only over what was expected there. */
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ObjectId, RefName } from "../../src/git/ids.ts";
import { listRemoteRefs, type PushOutcome, pushRefs, type RemoteChange } from "../../src/git/remote.ts";
import { openRepository } from "../../src/git/repository.ts";
import { gitWith, makeOpened, type Opened } from "./repositories.ts";

let prepared: Opened;
let local: Opened;
let bare: string;
let one: ObjectId;
let two: ObjectId;

beforeAll(() => {
  prepared = makeOpened();
  one = prepared.rig.git("rev-parse", "HEAD") as ObjectId;
  prepared.rig.write({ "a.txt": "two\n" });
  two = prepared.rig.commit("two") as ObjectId;
});
beforeEach(() => {
  const rig = prepared.rig.copy();
  local = { rig, opened: openRepository(rig.folder) };
  bare = path.join(rig.root, 're=mote \\ "x".git');
  execFileSync("git", ["clone", "--quiet", "--bare", rig.folder, bare], { env: rig.env });
});
afterEach(() => {
  delete process.env.GIT_TRACE;
});

const ref = (index: number) => `refs/exps/${one.slice(0, 2)}/${one.slice(2)}/e-${index}` as RefName;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const push = (changes: readonly RemoteChange[], remote = bare): Promise<ReadonlyMap<RefName, PushOutcome>> =>
  pushRefs(local.opened, { remote, changes, scratchFolder: path.join(local.rig.root, "scratch") });
const creations = (count: number): RemoteChange[] =>
  numbers(count).map((index) => ({ ref: ref(index), to: one, expected: undefined }));

/** What a push of as many refs as given starts, and how long its command lines are. */
async function commandsOf(count: number): Promise<{ readonly git: number; readonly bytes: number }> {
  const file = path.join(local.rig.root, "trace");
  rmSync(file, { force: true });
  process.env.GIT_TRACE = file;
  await push(creations(count));
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => / built-in: git push/.test(line));
  return { git: lines.length, bytes: lines.join("").length };
}

function there(): ReadonlyMap<string, string> {
  const lines = execFileSync("git", ["for-each-ref", "--format=%(refname) %(objectname)", "refs/exps"], {
    cwd: bare,
    env: local.rig.env,
  });
  const rows = lines.toString().trim().split("\n");
  return new Map(rows.filter((row) => row !== "").map((row) => row.split(" ") as [string, string]));
}

const setThere = (lines: readonly string[]): string =>
  execFileSync("git", ["update-ref", "--stdin"], {
    cwd: bare,
    env: local.rig.env,
    input: lines.map((line) => `${line}\n`).join(""),
  }).toString();

test("the command lines of a push are as long for 3,000 refs as for 60", async () => {
  const few = await commandsOf(60);
  rmSync(bare, { recursive: true });
  execFileSync("git", ["init", "--quiet", "--bare", bare], { env: local.rig.env });
  expect(await commandsOf(3000)).toEqual(few);
  expect(there().size).toBe(3000);
});

/** Settings of the user's that come between a pattern and what is expected. */
const settings: [string, (name: string) => string[][]][] = [
  ["no settings", () => []],
  ["the refs of experiments fetched as they are", (name) => [[`remote.${name}.fetch`, "+refs/exps/*:refs/exps/*"]]],
  ["these refs left out of fetches", (name) => [[`remote.${name}.fetch`, "^refs/exps/*"]]],
  ["push.useForceIfIncludes", () => [["push.useForceIfIncludes", "true"]]],
  ["remote.pushDefault and push.default", () => [["push.default", "nothing"]]],
];

describe.each(settings)("many refs, with %s", (_name, made) => {
  test("each goes over what was expected there and over nothing else", async () => {
    local.rig.git("remote", "add", "origin", bare);
    for (const [key = "", value = ""] of made("origin")) local.rig.git("config", "--add", key, value);
    setThere(numbers(40).map((index) => `create ${ref(index)} ${index < 20 ? one : two}`));
    setThere([`create ${ref(500)} ${one}`]);
    const changes = numbers(200).map((index): RemoteChange => {
      // 0 to 19 are as expected, 20 to 29 are not, 30 to 39 are there and expected not to be.
      const expected = index < 30 ? one : undefined;
      return { ref: ref(index), to: two, expected };
    });
    // What the two agree on is no conflict: 30 to 39 hold `two` already.
    const stale = [ref(300), ref(301)];
    setThere(stale.map((name) => `create ${name} ${two}`));
    const outcomes = await push(
      [
        ...changes,
        { ref: ref(300), to: one, expected: undefined },
        { ref: ref(301), to: undefined, expected: one },
        { ref: ref(500), to: undefined, expected: one },
      ],
      "origin",
    );
    expect(
      [...outcomes]
        .filter(([, { kind }]) => kind === "stale")
        .map(([name]) => name)
        .sort(),
    ).toEqual(stale);
    const now = there();
    expect(numbers(200).filter((index) => now.get(ref(index)) !== two)).toEqual([]);
    expect([now.get(ref(300)), now.get(ref(301)), now.get(ref(500))]).toEqual([two, two, undefined]);
    expect(gitWith(local.rig, ["for-each-ref", "refs/exps", "refs/sweepline"], "")).toBe("");
  });
});

test("a remote that is not there is an error for many refs, too", async () => {
  await expect(push(creations(60), path.join(local.rig.root, "none.git"))).rejects.toMatchObject({
    code: "GIT_REMOTE_FAILED",
  });
});

test("of what raced with somebody else, what is as expected goes the next time, and the rest is stale", async () => {
  // Somebody changes one ref just before Git does, which may refuse all of the push for it.
  const hook = `#!/bin/sh\ncase "$1" in */e-1) git update-ref "$1" ${two} ;; esac\n`;
  writeFileSync(path.join(bare, "hooks", "update"), hook, { mode: 0o755 });
  const outcomes = await push(creations(3));
  expect(numbers(3).map((index) => outcomes.get(ref(index))?.kind)).toEqual(["pushed", "stale", "pushed"]);
  expect(numbers(3).map((index) => there().get(ref(index)))).toEqual([one, two, one]);
});

test("a remote that lets nobody in is told from one that can't be reached", async () => {
  process.env.GIT_SSH_COMMAND = "sh -c 'echo \"git@x: Permission denied (publickey).\" >&2; exit 255'";
  try {
    const listed = listRemoteRefs(local.opened, "ssh://example.invalid/r", ["refs/exps/*"]);
    await expect(listed).rejects.toMatchObject({ code: "GIT_REMOTE_DENIED" });
  } finally {
    delete process.env.GIT_SSH_COMMAND;
  }
});
