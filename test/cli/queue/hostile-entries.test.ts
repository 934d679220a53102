/**
 * A queue of strangers, in the remote and pulled from there: entries that lie, lead out of the project, are huge or deep, or are
 * none. The others go on; nothing outside is touched, nothing runs but the stages of entries that are run.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { TreeEntry } from "../../fuzz/change.ts";
import { ObjectWriter } from "../../fuzz/objects.ts";
import type { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

type Json = Record<string, unknown>;

interface Forged {
  /** What the record says otherwise; a text: in the place of the record. */
  readonly record?: Json | string;
  /** Beside the files of the entry, or in their place. */
  readonly entries?: readonly TreeEntry[];
  /** A third parent of that tree: what `--copy-paths` named. */
  readonly copied?: readonly TreeEntry[];
  readonly headers?: Readonly<Record<string, string>>;
  /** So many more of them. */
  readonly parents?: number;
  /** Where the ref is no commit. */
  readonly object?: Buffer;
}

const evil = "\u001b[2J\u009b2J\u202e\u200b\u001b]0;t\u0007";
const file = (name: string, text: string): TreeEntry => ({ mode: "100644", name, text });
const link = (name: string, text: string): TreeEntry => ({ mode: "120000", name, text });
const folder = (name: string, entries: readonly TreeEntry[]): TreeEntry => ({ mode: "40000", name, entries });
const hook: TreeEntry = {
  mode: "100755",
  name: "post-checkout",
  text: "#!/bin/sh\ntouch ../../hooked ../hooked hooked\n",
};
const hooks = (name: string) => folder(name, [folder("hooks", [hook])]);
const override = (facts: Json) => ({
  overrides: [{ file: "params.yaml", text: "x=2", key: "x", value: "2", ...facts }],
});
const nested = (depth: number): TreeEntry =>
  Array.from({ length: depth }).reduce<TreeEntry>((inner) => folder("d", [inner]), file("f", "deep\n"));
const pipeline = (facts: string) => file("dvc.yaml", `stages:\n  copy:\n    cmd: sh copy.sh; touch ../ran\n${facts}`);

/** None of these can be run: by its gate, or as a run that fails. */
const kinds: Readonly<Record<string, Forged>> = {
  "folder-above": { record: { folder: "../.." } },
  "folder-absolute": { record: { folder: "/etc" } },
  "folder-nul": { record: { folder: "a\0b" } },
  "folder-git": { record: { folder: ".git" } },
  "folder-link": { record: { folder: "out" }, entries: [link("out", "../..")] },
  "project-above": { record: { project: "../other" } },
  "worktree-above": { record: { worktree: "worktrees/../../x" } },
  "target-above": { record: { targets: ["../dvc.yaml:copy"] } },
  "target-option": { record: { targets: ["--upload-pack=touch ../ran"] } },
  "target-escapes": { record: { targets: [evil] } },
  "flags-unknown": { record: { flags: { nonsense: true, shell: "touch ../ran" } } },
  "limits-endless": { record: { limits: { retries: 1e300, timeoutMs: -5 } } },
  "sequence-endless": { record: { sequence: 1e300 } },
  "identity-number": { record: { identity: 7 } },
  "override-shape": { record: override({ file: { toString: "x" } }) },
  "continues-nothing": { record: { continues: "a1".repeat(20) } },
  "record-text": { record: "no JSON" },
  "record-deep": { record: `{"v":1,"overrides":${"[".repeat(100_000)}${"]".repeat(100_000)}}` },
  "record-huge": { record: { identity: "x".repeat(5_000_000), v: 2 } },
  "tree-git": { entries: [hooks(".git")] },
  "tree-git-folded": { entries: [hooks(".GIT"), hooks("git~1")] },
  "tree-dotdot": { entries: [folder("..", [file("planted", "planted\n")])] },
  "tree-deep": { entries: [nested(6000)] },
  "copied-git": { copied: [hooks(".git")] },
  "copied-link": { copied: [link("up", "../.."), folder("up", [file("planted", "planted\n")])] },
  "pipeline-link": { entries: [link("dvc.yaml", "../../../../../outside.yaml")] },
  "pipeline-outside": { entries: [pipeline("    outs: [../planted]\n")] },
  "pipeline-hooks": { entries: [pipeline("    outs: [.git/hooks/post-checkout]\n")] },
  "pipeline-bomb": {
    entries: [
      file(
        "dvc.yaml",
        `a: &a [1]\n${Array.from(
          { length: 40 },
          (_, at) =>
            `b${at}: &b${at} [${Array(10)
              .fill(at === 0 ? "*a" : `*b${at - 1}`)
              .join(",")}]\n`,
        ).join("")}`,
      ),
    ],
  },
  "params-link": { entries: [link("params.yaml", "../../../../../outside.yaml")] },
  "many-parents": { parents: 40 },
  "a-blob": { object: Buffer.from("no commit\n") },
};

/** These are runs as any other, whatever they say of themselves. */
const odd: Readonly<Record<string, Forged>> = {
  "override-above": { record: override({ file: "../../outside.yaml", text: evil, key: evil, value: evil }) },
  "sweep-above": { record: { sweep: `../../${evil}`, point: 0 } },
  "message-escapes": { record: { message: `${evil}\n--amend` } },
  "mark-escapes": { record: { checkpointsOf: evil, identity: evil } },
  "headers-strange": { headers: { sweepline: "[".repeat(50_000), gpgsig: evil, encoding: "no-such" } },
};

/** What says nothing that cannot be so may be queued; its run is refused, or is one as any other where what lies is not asked. */
const queued = Object.keys(kinds).filter((name) =>
  /^(tree|pipeline|copied|params|target|continues)-|^folder-(git|link)$/.test(name),
);
const harmless = ["continues-nothing", "copied-link"];

let origin: Repository;

/** Puts entries into the remote's queue that are made of a sound one; that one stays there. */
function forge(repository: Repository): void {
  const bare = path.join(repository.root, "remote.git");
  const [ref = ""] = repository
    .git("--git-dir", bare, "for-each-ref", "--format=%(refname)", "refs/sweepline/queue")
    .split("\n");
  const [head = "", ...body] = repository.git("--git-dir", bare, "cat-file", "commit", ref).split("\n\n");
  const [subject = "", text = ""] = body;
  const sound: Json = JSON.parse(text);
  const parents = [...head.matchAll(/^parent (.*)$/gm)].map(([, id = ""]) => id);
  const tree = /^tree (.*)$/m.exec(head)?.[1] ?? "";
  const files: TreeEntry[] = repository
    .git("--git-dir", bare, "ls-tree", tree)
    .split("\n")
    .filter((line) => line.includes(" blob "))
    .map((line) => {
      const [, mode = "", id = "", name = ""] = /^(\d+) blob (\S+)\t(.*)$/.exec(line) ?? [];
      return { mode, name, text: `${repository.git("--git-dir", bare, "cat-file", "blob", id)}\n` };
    });
  const writer = new ObjectWriter(bare);
  for (const [name, { record = {}, entries = [], copied, headers = {}, parents: more = 0, object }] of Object.entries({
    ...kinds,
    ...odd,
  })) {
    const own = [...files.filter((each) => !entries.some((entry) => entry.name === each.name)), ...entries];
    const said = typeof record === "string" ? record : JSON.stringify({ ...sound, ...record });
    const message = `${subject.replace(/[^:]*$/, name)}\n\n${said}\n`;
    const another = (words: string, entries: readonly TreeEntry[]) =>
      writer.commit({ ref: "", message: words, headers: {}, parents: [] }, writer.tree(entries));
    const others = Array.from({ length: more }, (_, at) => another(`parent ${at}`, []));
    const extra = copied === undefined ? [] : [another("copied", copied)];
    const commit = { ref: "", message, headers, parents: [...parents, ...others, ...extra] };
    const id = object === undefined ? writer.commit(commit, writer.tree(own)) : writer.write("blob", object);
    writer.ref(ref.replace(/[^/]*$/, name), `${id}\n`);
  }
}

/** What stands around the repositories, but for homes and temporary folders. */
function surroundings({ root, folder: inside }: Repository): string[] {
  const around = readdirSync(root).filter((name) => !/^(repository|home|tmp)$/.test(name));
  const gitHooks = readdirSync(path.join(inside, ".git/hooks"));
  return [...around, ...gitHooks, readFileSync(path.join(root, "outside.yaml"), "utf8")].sort();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
const obeyed = /[\u001b\u009b\u202e\u200b]/;

async function say(repository: Repository, args: readonly string[]) {
  const { exitCode, signal, stdout, stderr } = await repository.run(args);
  const said = `${args.join(" ")}: ${exitCode ?? signal}\n${stdout}${stderr}`;
  expect([0, 1, 254, 255], said).toContain(exitCode);
  expect(said).not.toMatch(/unexpected error|^ {4}at |interrupted/m);
  expect(obeyed.test(stdout + stderr), said).toBe(false);
  return { exitCode, stdout, stderr };
}

beforeAll(async () => {
  origin = makeExperimentRepository();
  const bare = path.join(origin.root, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", bare], { env: origin.env });
  origin.git("remote", "add", "origin", "../remote.git");
  writeFileSync(path.join(origin.root, "outside.yaml"), "x: 77\n");
  origin.git("push", "--quiet", "origin", "main");
  await origin.succeed(["exp", "run", "--queue", "-n", "sound", "-S", "x=2"]);
  await origin.succeed(["exp", "push", "origin", "--queued"]);
  forge(origin);
});

describe("entries of strangers", () => {
  test("in the remote are listed, those that can be are pulled and run, and nothing outside is touched", async () => {
    const repository = origin.copy();
    const before = surroundings(repository);
    await say(repository, ["exp", "list", "origin", "-A"]);
    const pulled = await say(repository, ["exp", "pull", "origin", "--queued"]);
    expect(pulled.stderr).toMatch(/passed over, because no queued experiment can be read there: .*'a-blob'/);
    const { tasks } = JSON.parse((await say(repository, ["queue", "status", "--json"])).stdout);
    expect(tasks.map(({ name }: { name: string }) => name).sort()).toEqual(
      [...queued, ...Object.keys(odd), "sound"].sort(),
    );
    for (const args of [["queue", "status"], ["exp", "show"], ["exp", "show", "--json"], ["sweep", "list"], ["doctor"]])
      await say(repository, args);
    expect((await say(repository, ["exp", "run", "--run-all", "-j", "2"])).exitCode).toBe(1);
    expect(experimentNames(repository).sort()).toEqual([...harmless, ...Object.keys(odd), "sound"].sort());
    expect(queueRefs(repository)).toHaveLength(queued.length - harmless.length);
    for (const name of ["tree-git", "target-escapes", "pipeline-outside"])
      await say(repository, ["queue", "logs", name]);
    for (const args of [
      ["exp", "show", "--csv"],
      ["exp", "push", "origin"],
      ["exp", "apply", "sound"],
      ["queue", "remove", "--all"],
    ])
      await say(repository, args);
    expect(queueRefs(repository)).toEqual([]);
    expect(surroundings(repository)).toEqual(before);
  });

  test("that are removed unread are gone", async () => {
    const repository = origin.copy();
    await say(repository, ["exp", "pull", "origin", "--queued"]);
    expect(
      (await say(repository, ["queue", "remove", "tree-git", "tree-deep", "target-escapes", "sweep-above"])).exitCode,
    ).toBe(0);
    expect((await say(repository, ["queue", "remove", "--queued"])).exitCode).toBe(0);
    expect(queueRefs(repository)).toEqual([]);
  });
});
