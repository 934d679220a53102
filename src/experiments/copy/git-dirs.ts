/** The Git directories of a workspace copy: the one that we trust, and the one that stages see. */
import path from "node:path";
import {
  existsSync,
  largeFileBytes,
  makeFolder,
  readIfExists,
  readPlainFile,
  writePrivateFile,
} from "../../base/files.ts";
import { removeStubborn } from "../../base/remove-stubborn.ts";
import { quoteConfig } from "../../git/config-text.ts";
import type { ObjectId } from "../../git/ids.ts";
import { findEntries, type IndexEntries } from "../../git/index-scan.ts";
import type { Repository } from "../../git/repository.ts";
import { withoutRepository } from "../../git/run.ts";
import { copyIndex } from "../../git/snapshot.ts";
import { copyVariable } from "../../pipeline/processes/leftovers.ts";
import { sha256 } from "../../store/hash.ts";
import { readStateFile } from "../odd-state.ts";
import type { FolderRecords } from "./folders.ts";
import { recall, remember, signatureOf } from "./memory.ts";

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

/** It knows the files of the experiment as we wrote them. */
export function trustedIndex(slot: CopySlot): string {
  return path.join(trustedGitDir(slot), "index");
}

/** What the trusted index holds; undefined where there is none, or one that only git can read. */
export function trustedEntries(slot: CopySlot): IndexEntries | undefined {
  const bytes = readStateFile(trustedIndex(slot), largeFileBytes);
  return bytes === undefined ? undefined : findEntries(bytes, slot.repository.objectFormat === "sha256" ? 32 : 20);
}

/** The environment of our own git commands on a copy: trusted metadata, objects straight into the user's repository. */
export function copyEnvironment(slot: CopySlot): Record<string, string> {
  return {
    GIT_DIR: trustedGitDir(slot),
    GIT_WORK_TREE: workFolder(slot),
    GIT_OBJECT_DIRECTORY: path.join(slot.repository.commonDir, "objects"),
  };
}

/**
 * For stages: a Git hook of the user's that started us points their git at no other repository, and where they removed the copy's own `.git` they do not
 * find the user's, in whose folders the copy lies.
 */
export function copyStageEnvironment(slot: CopySlot): Readonly<Record<string, string | undefined>> {
  const { GIT_CEILING_DIRECTORIES: ceiling } = process.env;
  return {
    ...withoutRepository,
    [copyVariable]: slot.folder,
    GIT_CEILING_DIRECTORIES: ceiling ? `${slot.folder}${path.delimiter}${ceiling}` : slot.folder,
  };
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
    // A changed file must show, whatever it did to its times.
    "\ttrustctime = true",
    "\tcheckStat = default",
    "\tignoreStat = false",
    "\tlogAllRefUpdates = false",
    "\thooksPath = /dev/null",
    "[index]",
    // As index-scan.ts reads it.
    "\tversion = 2",
    "\tsparse = false",
    "[gc]",
    "\tauto = 0",
    "[lfs]",
    `\tstorage = ${quoteConfig(path.join(repository.commonDir, "lfs"))}`,
    "",
  ].join("\n");
}

interface GitDirPlace {
  readonly folder: string;
  readonly head: ObjectId;
  /** As core.worktree says it: the user's settings may name a work tree of their own. */
  readonly workTree: string;
}

/** Writes a Git directory that borrows the user's objects: settings, branches and tags as they are now. */
function writeGitDir(slot: CopySlot, { folder, head, workTree }: GitDirPlace): void {
  const { repository } = slot;
  for (const sub of ["objects/info", "refs/heads", "info"]) makeFolder(path.join(folder, sub));
  writePrivateFile(
    path.join(folder, "objects/info/alternates"),
    `${alternatesLine(path.join(repository.commonDir, "objects"))}\n`,
  );
  writePrivateFile(path.join(folder, "config"), `${gitConfig(repository)}[core]\n\tworktree = ${workTree}\n`);
  writePrivateFile(path.join(folder, "HEAD"), `${head}\n`);
  writePrivateFile(path.join(folder, "packed-refs"), readPlainFile(slot.packedRefs, largeFileBytes));
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

/** Writes the trusted Git directory where it is missing or the user's settings have changed; its index stays. */
export function renewTrustedGit(slot: CopySlot, head: ObjectId): void {
  const folder = trustedGitDir(slot);
  if (recall(slot.folder).template === slot.template && existsSync(path.join(folder, "HEAD"))) return;
  writeGitDir(slot, { folder, head, workTree: "../work" });
}

/** Throws away what a stage made of it, the index too. */
export function replaceTrustedGit(slot: CopySlot, head: ObjectId): void {
  const folder = trustedGitDir(slot);
  removeStubborn(folder);
  writeGitDir(slot, { folder, head, workTree: "../work" });
}

/** Whether the trusted Git directory is as we left it: its index may say what a stage wants. */
export function isTrustedGitUntouched(slot: CopySlot): boolean {
  const { trusted } = recall(slot.folder);
  return trusted !== undefined && trusted === signatureOf(trustedGitDir(slot));
}

/**
 * The `.git` inside a copy, for stages that call git: made anew, unless it is provably as we left it, and with the index
 * of the experiment's files. Making it anew costs as much as all the rest of preparing a copy.
 */
export function renewStageGit(slot: CopySlot, head: ObjectId, folders: FolderRecords): void {
  const folder = path.join(workFolder(slot), ".git");
  const known = recall(slot.folder);
  const isUntouched =
    known.template === slot.template &&
    known.head === head &&
    known.stage !== undefined &&
    known.stage === signatureOf(folder);
  if (!isUntouched) {
    removeStubborn(folder);
    writeGitDir(slot, { folder, head, workTree: ".." });
  }
  copyIndex(trustedIndex(slot), path.join(folder, "index"));
  const trusted = signatureOf(trustedGitDir(slot));
  const stage = signatureOf(folder);
  remember(slot.folder, { template: slot.template, head, trusted, stage, folders, preparedAt: Date.now() });
}
