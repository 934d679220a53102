/** Loose objects written without starting git: for the few objects of one finished experiment. */
import { createHash } from "node:crypto";
import path from "node:path";
import { deflateSync } from "node:zlib";
import { beforeEffect } from "../base/effects.ts";
import { SweeplineError } from "../base/errors.ts";
import { existsSync, makeFolder, setMode, statSync, writeAtomic } from "../base/files.ts";
import type { ObjectId } from "./ids.ts";
import type { Repository } from "./repository.ts";
import { gitFailed, tryGit } from "./run.ts";

/** Writes one object into the repository's store (aside, then renamed) and returns its id. */
export function writeObject(repository: Repository, type: "blob" | "commit", content: string | Uint8Array): ObjectId {
  const body = typeof content === "string" ? Buffer.from(content) : content;
  const whole = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
  const id = createHash(repository.objectFormat).update(whole).digest("hex") as ObjectId;
  const folder = path.join(repository.commonDir, "objects", id.slice(0, 2));
  const file = path.join(folder, id.slice(2));
  if (existsSync(file)) return id;
  beforeEffect("object", id);
  makeObjectFolder(repository, folder);
  writeAtomic(file, deflateSync(whole, { level: 1 }), { mode: 0o444 });
  if (repository.sharedBits !== 0) setMode(file, 0o444 & (0o400 | repository.sharedBits));
  return id;
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
