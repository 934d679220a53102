/** The Git directories of a workspace copy: the one that we trust, and the one that stages see. */
import path from "node:path";
import {
  type BigIntStats,
  existsSync,
  lstatSync,
  makeFolder,
  readdirSync,
  readFileSync,
  readIfExists,
  writePrivateFile,
} from "../base/files.ts";
import type { ObjectId } from "../git/ids.ts";
import type { Repository } from "../git/repository.ts";
import { copyIndex } from "../git/snapshot.ts";
import { sha256 } from "../store/hash.ts";
import { removeStubborn } from "./remove-stubborn.ts";

export interface CopySlot {
  /** copies/<slot> */
  readonly folder: string;
  /** The user's repository. */
  readonly repository: Repository;
  /** A name for all that the Git directories are made of: another one, another content. */
  readonly template: string;
  /** A file with branches and tags in packed-refs form, made once per run of the queue. */
  readonly packedRefs: string;
}

export function workFolder(slot: CopySlot): string {
  return path.join(slot.folder, "work");
}

function trustedGitDir(slot: CopySlot): string {
  return path.join(slot.folder, "git");
}

export function trustedIndex(slot: CopySlot): string {
  return path.join(trustedGitDir(slot), "index");
}

/** The environment of our own git commands on a copy: trusted metadata, objects straight into the user's repository. */
export function copyEnvironment(slot: CopySlot): Record<string, string> {
  return {
    GIT_DIR: trustedGitDir(slot),
    GIT_WORK_TREE: workFolder(slot),
    GIT_OBJECT_DIRECTORY: path.join(slot.repository.commonDir, "objects"),
  };
}

function quoteConfig(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
}

/** A line of objects/info/alternates: as it is, or quoted as in C where it would be two lines. */
function alternatesLine(folder: string): string {
  return folder.includes("\n") ? quoteConfig(folder) : folder;
}

/** The user's settings (filters, line ends, identity) without what points at the user's own work tree or hooks. */
function gitConfig(repository: Repository): string {
  const sha256 = repository.objectFormat === "sha256";
  return [
    "[core]",
    `\trepositoryformatversion = ${sha256 ? 1 : 0}`,
    ...(sha256 ? ["[extensions]", "\tobjectFormat = sha256"] : []),
    "[include]",
    `\tpath = ${quoteConfig(path.join(repository.commonDir, "config"))}`,
    // Of this work tree alone (sparse checkout); Git reads none of its name where there is none.
    `\tpath = ${quoteConfig(path.join(repository.gitDir, "config.worktree"))}`,
    "[core]",
    "\tbare = false",
    "\tfsmonitor = false",
    "\tuntrackedCache = false",
    "\tsplitIndex = false",
    "\tlogAllRefUpdates = false",
    "\thooksPath = /dev/null",
    "[index]",
    "\tsparse = false",
    "[gc]",
    "\tauto = 0",
    "[lfs]",
    `\tstorage = ${quoteConfig(path.join(repository.commonDir, "lfs"))}`,
    "",
  ].join("\n");
}

/** Writes a Git directory that borrows the user's objects: settings, branches and tags as they are now. */
function writeGitDir(slot: CopySlot, folder: string, head: ObjectId): void {
  const { repository } = slot;
  for (const sub of ["objects/info", "refs/heads", "info"]) makeFolder(path.join(folder, sub));
  writePrivateFile(
    path.join(folder, "objects/info/alternates"),
    `${alternatesLine(path.join(repository.commonDir, "objects"))}\n`,
  );
  writePrivateFile(path.join(folder, "config"), gitConfig(repository));
  writePrivateFile(path.join(folder, "HEAD"), `${head}\n`);
  writePrivateFile(path.join(folder, "packed-refs"), readFileSync(slot.packedRefs));
  for (const [file, bytes] of userFiles(repository)) writePrivateFile(path.join(folder, file), bytes);
}

/** The user's own files of a Git directory that a copy needs too, by their place in it. */
function userFiles(repository: Repository): readonly (readonly [string, Buffer])[] {
  return (["shallow", "info/exclude", "info/attributes", "info/sparse-checkout"] as const).flatMap((file) => {
    const from = file === "info/sparse-checkout" ? repository.gitDir : repository.commonDir;
    const bytes = readIfExists(path.join(from, file));
    return bytes === undefined ? [] : [[file, bytes] as const];
  });
}

/** See CopySlot.template. */
export function templateName(repository: Repository, packedRefs: string): string {
  const parts = userFiles(repository).map(([file, bytes]) => `${file}\0${bytes.toString("latin1")}`);
  return sha256([gitConfig(repository), packedRefs, ...parts].join("\0"));
}

function fingerprint(stats: BigIntStats): string {
  return `${stats.ino}.${stats.mode}.${stats.size}.${stats.mtimeNs}.${stats.ctimeNs}`;
}

/**
 * All files and folders below a folder with what the kernel says of them. A file that is changed, and a folder in which
 * a name comes or goes, get a new ctime, which no program can set back.
 */
function signatureOf(folder: string): string {
  const parts: string[] = [];
  const visit = (file: string) => {
    const stats = lstatSync(file, { bigint: true });
    parts.push(file, fingerprint(stats));
    if (stats.isDirectory()) for (const name of readdirSync(file).sort()) visit(path.join(file, name));
  };
  visit(folder);
  return parts.join("\n");
}

/** What is remembered of the Git directories of a slot, beside them: `<slot>/git.json`. */
interface Remembered {
  readonly template: string;
  readonly head: string;
  readonly signature: string;
}

function rememberedFile(slot: CopySlot): string {
  return path.join(slot.folder, "git.json");
}

function recall(slot: CopySlot): Partial<Remembered> {
  try {
    return JSON.parse(readIfExists(rememberedFile(slot))?.toString() ?? "{}") as Partial<Remembered>;
  } catch {
    return {};
  }
}

function isUntouched(slot: CopySlot, folder: string, head: ObjectId): boolean {
  const { template, head: headThen, signature } = recall(slot);
  if (template !== slot.template || headThen !== head) return false;
  try {
    return sha256(signatureOf(folder)) === signature;
  } catch {
    return false;
  }
}

/** Writes the trusted Git directory where it is missing or the user's settings have changed; its index stays. */
export function renewTrustedGit(slot: CopySlot, head: ObjectId): void {
  const folder = trustedGitDir(slot);
  if (existsSync(path.join(folder, "HEAD")) && recall(slot).template === slot.template) return;
  writeGitDir(slot, folder, head);
}

/**
 * The `.git` inside a copy, for stages that call git: made anew, unless it is provably as we left it, and with the index
 * of the experiment's files. Making it anew costs as much as all the rest of preparing a copy.
 */
export function renewStageGit(slot: CopySlot, head: ObjectId): void {
  const folder = path.join(workFolder(slot), ".git");
  if (!isUntouched(slot, folder, head)) {
    removeStubborn(folder);
    writeGitDir(slot, folder, head);
  }
  copyIndex(trustedIndex(slot), path.join(folder, "index"));
  const remembered: Remembered = { template: slot.template, head, signature: sha256(signatureOf(folder)) };
  writePrivateFile(rememberedFile(slot), JSON.stringify(remembered));
}
