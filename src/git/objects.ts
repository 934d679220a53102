/** Loose objects written without starting git: for the few objects of one experiment. */
import { createHash } from "node:crypto";
import path from "node:path";
import { deflateSync } from "node:zlib";
import { beforeEffect } from "../base/effects.ts";
import { SweeplineError, unlessSystemFails } from "../base/errors.ts";
import { existsSync, lstatIfExists, makeFolder, setMode, setTimes, statSync, writeAtomic } from "../base/files.ts";
import { CatFile } from "./catfile.ts";
import type { ObjectId } from "./ids.ts";
import { parseTree, type TreeEntry } from "./object-pool.ts";
import type { Repository } from "./repository.ts";
import { gitFailed, tryGit } from "./run.ts";

/** Writes one object into the repository's store (aside, then renamed) and returns its id. */
export function writeObject(
  repository: Repository,
  type: "blob" | "tree" | "commit",
  content: string | Uint8Array,
): ObjectId {
  const body = typeof content === "string" ? Buffer.from(content) : content;
  const whole = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  const id = createHash(repository.objectFormat).update(whole).digest("hex") as ObjectId;
  const folder = path.join(repository.commonDir, "objects", id.slice(0, 2));
  const file = path.join(folder, id.slice(2));
  if (isThere(file)) return id;
  beforeEffect("object", id);
  makeObjectFolder(repository, folder);
  writeAtomic(file, deflateSync(whole, { level: 1 }), { mode: 0o444 });
  if (repository.sharedBits !== 0) setMode(file, 0o444 & (0o400 | repository.sharedBits));
  return id;
}

/** An object that no ref names may be thrown away once it is two weeks old; one that we count on is as young as a new one. */
const youngMs = 24 * 60 * 60 * 1000;

function isThere(file: string): boolean {
  const stats = lstatIfExists(file);
  if (stats === undefined) return false;
  const now = Date.now();
  if (now - stats.mtimeMs < youngMs) return true;
  return unlessSystemFails(false, () => {
    setTimes(file, now / 1000, now / 1000);
    return true;
  });
}

/** With core.sharedRepository whoever shares the repository can add to the folder (Git's adjust_shared_perm). */
function makeObjectFolder({ sharedBits }: Repository, folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(folder);
  if (sharedBits !== 0)
    setMode(folder, (statSync(folder).mode & 0o777) | 0o2000 | sharedBits | ((sharedBits & 0o444) >> 2));
}

export interface CommitFacts {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** `Name <mail> seconds zone`. */
  readonly author: string;
  /** Headers after the committer that Git keeps and does not read, as hg-git does; one line each. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  readonly message: string;
}

export function writeCommit(repository: Repository, facts: CommitFacts): ObjectId {
  const lines = [
    `tree ${facts.tree}`,
    ...facts.parents.map((parent) => `parent ${parent}`),
    `author ${facts.author}`,
    `committer ${facts.author}`,
    ...Object.entries(facts.extraHeaders ?? {}).map(([name, value]) => `${name} ${value.replace(/\n/g, " ")}`),
  ];
  return writeObject(repository, "commit", `${lines.join("\n")}\n\n${facts.message}`);
}

export interface ParsedCommit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** Seconds since the epoch, of the committer. */
  readonly committedAt: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly message: string;
}

/** Reads a commit's content as `cat-file` gives it. */
export function parseCommit(content: Buffer): ParsedCommit {
  const text = content.toString();
  const end = text.indexOf("\n\n");
  const headers = new Map<string, string>();
  const parents: ObjectId[] = [];
  for (const line of text.slice(0, end < 0 ? text.length : end).split("\n")) {
    const space = line.indexOf(" ");
    const name = line.slice(0, space);
    if (name === "parent") parents.push(line.slice(space + 1) as ObjectId);
    else if (name !== "") headers.set(name, line.slice(space + 1));
  }
  const committedAt = Number(/ (\d+) [+-]\d{4}$/.exec(headers.get("committer") ?? "")?.[1] ?? 0);
  const tree = (headers.get("tree") ?? "") as ObjectId;
  return { tree, parents, committedAt, headers, message: end < 0 ? "" : text.slice(end + 2) };
}

/** Who commits, as Git is configured: `Name <mail>`; refuses as Git does where nobody is configured. */
export async function committerIdentity(repository: Repository): Promise<string> {
  const args = ["var", "GIT_COMMITTER_IDENT"];
  const { exitCode, stdout, stderr } = await tryGit(args, { cwd: repository.workTree });
  if (exitCode !== 0) throw (await lacksIdentity(repository)) ? identityMissing() : gitFailed(args, stderr);
  return stdout
    .toString()
    .trim()
    .replace(/ \d+ [+-]\d{4}$/, "");
}

/** Whether git would know who commits, were it only told: a date or a setting that it can't read is something else. */
async function lacksIdentity({ workTree }: Repository): Promise<boolean> {
  const env = { GIT_COMMITTER_NAME: "name", GIT_COMMITTER_EMAIL: "mail@example.com" };
  return (await tryGit(["var", "GIT_COMMITTER_IDENT"], { cwd: workTree, env })).exitCode === 0;
}

function identityMissing(): SweeplineError {
  return new SweeplineError({
    code: "NO_IDENTITY",
    message: "Git does not know who you are, and experiments are commits",
    hint: 'Run `git config user.name "Your Name"` and `git config user.email you@example.com`.',
  });
}

/** `Name <mail>` with a time, in the local time zone, as Git and DVC write it. */
export function stamp(identity: string, at: Date): string {
  const offset = -at.getTimezoneOffset();
  const digits = `${String(Math.floor(Math.abs(offset) / 60)).padStart(2, "0")}${String(Math.abs(offset) % 60).padStart(2, "0")}`;
  return `${identity} ${Math.floor(at.getTime() / 1000)} ${offset < 0 ? "-" : "+"}${digits}`;
}

export interface FileInTree {
  /** From the root of the tree, "/" between the parts. */
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000";
  readonly id: ObjectId;
}

/** What a tree says of a name. */
export type TreeRow = Pick<TreeEntry, "mode" | "id">;

export const folderMode = "40000";

/** Reads each tree once, however often something is laid over it. */
export class TreeEditor {
  readonly #rows = new Map<ObjectId, ReadonlyMap<string, TreeRow>>();

  constructor(
    private readonly repository: Repository,
    private readonly objects: CatFile,
  ) {}

  /** The tree with the files in it, written; what stands in the way of their folders gives way. @param base undefined: an empty one */
  async treeWith(base: ObjectId | undefined, files: readonly FileInTree[]): Promise<ObjectId> {
    const rows = new Map(base === undefined ? [] : await this.#read(base));
    const folders = new Map<string, FileInTree[]>();
    for (const { path, mode, id } of files) {
      const slash = path.indexOf("/");
      if (slash < 0) rows.set(bytesOf(path), { mode, id });
      else {
        const folder = bytesOf(path.slice(0, slash));
        const inside = { path: path.slice(slash + 1), mode, id };
        folders.set(folder, [...(folders.get(folder) ?? []), inside]);
      }
    }
    for (const [name, inside] of folders) {
      const known = rows.get(name);
      const id = await this.treeWith(known?.mode === folderMode ? known.id : undefined, inside);
      rows.set(name, { mode: folderMode, id });
    }
    return writeObject(this.repository, "tree", treeBytes(rows));
  }

  async #read(id: ObjectId): Promise<ReadonlyMap<string, TreeRow>> {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const object = await this.objects.read(id);
    const rows =
      object?.type === "tree" ? parseTree(object.content, id.length / 2, "latin1") : new Map<string, TreeRow>();
    this.#rows.set(id, rows);
    return rows;
  }
}

/** One character a byte: names in trees are bytes of any kind, and stay as they are. */
export function bytesOf(name: string): string {
  return Buffer.from(name).toString("latin1");
}

/** A tree's content. Git's order: by bytes, a folder as if its name ended with a slash. */
export function treeBytes(rows: ReadonlyMap<string, TreeRow>): Buffer {
  const key = ([name, { mode }]: readonly [string, TreeRow]) => (mode === folderMode ? `${name}/` : name);
  const sorted = [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return Buffer.concat(
    sorted.flatMap(([name, { mode, id }]) => [Buffer.from(`${mode} ${name}\0`, "latin1"), Buffer.from(id, "hex")]),
  );
}

/** One commit, by a git process of its own: for many there is CatFile. undefined where it is not there, or is no commit. */
export async function readCommit(repository: Repository, id: ObjectId): Promise<ParsedCommit | undefined> {
  const catFile = new CatFile(repository);
  try {
    const object = await catFile.read(id);
    return object?.type === "commit" ? parseCommit(object.content) : undefined;
  } finally {
    catFile.close();
  }
}
