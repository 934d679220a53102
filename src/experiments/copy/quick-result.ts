/**
 * The tree of a run's result by one git process, which only lists: what changed are a few small files, whose objects and trees are
 * written here. Where anything is special (a filter, a link, a large file, a setting), the answer is undefined, and git does it all.
 */
import path from "node:path";
import { lstatIfExists, readIfExists } from "../../base/files.ts";
import type { ObjectId } from "../../git/ids.ts";
import { type IndexEntries, rowOf } from "../../git/index-scan.ts";
import { bytesOf, writeObject } from "../../git/objects.ts";
import { type GitOptions, tryGit } from "../../git/run.ts";
import { gitSettings } from "../../git/settings.ts";
import { type CopySlot, copyEnvironment, trustedEntries, trustedIndex, workFolder } from "./git-dirs.ts";
import { changedTree, folderPaths, type IndexedFolder, indexedFolders, type TreeChange } from "./index-tree.ts";
import { mayBeConverted, PlainFiles } from "./plain-files.ts";

/** Git takes larger ones piece by piece. */
const largestFile = 1 << 20;

/** What differs from the index, by path from the top of the copy. */
interface Differences {
  readonly changed: readonly string[];
  readonly removed: ReadonlySet<string>;
  /** What Git neither tracks nor ignores. A folder with a repository of its own ends with a slash. */
  readonly others: readonly string[];
}

interface KnownIndex {
  readonly entries: IndexEntries;
  readonly top: IndexedFolder;
}

/** Rights, links and names are what they seem. */
async function hasPlainSettings({ repository }: CopySlot): Promise<boolean> {
  const core = await gitSettings(repository, "core");
  const unless = (value: string, ...names: readonly string[]) =>
    names.every((name) => (core.get(name) ?? value) === value);
  return unless("true", "filemode", "symlinks") && unless("false", "ignorecase", "precomposeunicode");
}

function knownIndex(slot: CopySlot): KnownIndex | undefined {
  const entries = trustedEntries(slot);
  const top = entries && indexedFolders(entries);
  return entries && top && { entries, top };
}

/** Below a link in the place of a folder Git has no files, whatever the link leads to. */
function hasRealFolders(slot: CopySlot, top: IndexedFolder): boolean {
  const work = Buffer.from(`${workFolder(slot)}/`);
  return folderPaths(top).every(
    (folder) => lstatIfExists(Buffer.concat([work, Buffer.from(folder, "latin1")]))?.isDirectory() !== false,
  );
}

/** undefined: names that are no text, or something that Git does not explain. */
async function differences(settings: GitOptions): Promise<Differences | undefined> {
  const args = ["ls-files", "-t", "--modified", "--deleted", "--others", "--exclude-standard", "-z"];
  const { exitCode, stdout } = await tryGit(args, settings);
  const listing = stdout.toString();
  if (exitCode !== 0 || listing.includes("\ufffd")) return undefined;
  const rows = listing.split("\0").slice(0, -1);
  if (rows.some((row) => !/^[RC?] /.test(row))) return undefined;
  const named = (tag: string) => rows.filter((row) => row.startsWith(tag)).map((row) => row.slice(2));
  const removed = new Set(named("R"));
  return { changed: named("C").filter((name) => !removed.has(name)), removed, others: named("?") };
}

/** The files of others that a run's result names: a folder's name stands for all that is in it. */
function included(others: readonly string[], include: readonly string[]): readonly string[] {
  const asked = new Set(include);
  const isAsked = (name: string): boolean =>
    asked.has(name) || (name.includes("/") && isAsked(path.posix.dirname(name)));
  return others.filter((name) => !name.endsWith("/") && isAsked(name));
}

interface StoredFile {
  readonly name: string;
  readonly mode: string;
  readonly content: Buffer;
}

/** A file as Git would store it; undefined where only git can tell. */
function storedFile(slot: CopySlot, { entries }: KnownIndex, name: string): StoredFile | undefined {
  const file = path.join(workFolder(slot), name);
  const stats = lstatIfExists(file);
  const before = rowOf(entries, Buffer.from(name));
  if (stats?.isFile() !== true || stats.size > largestFile || before?.mode === "160000") return undefined;
  const content = readIfExists(file);
  if (content === undefined || mayBeConverted(content)) return undefined;
  return { name, mode: (stats.mode & 0o100) === 0 ? "100644" : "100755", content };
}

export interface QuickRequest {
  /** Files and folders relative to the top of the copy; what Git ignores is left out. */
  readonly include: readonly string[];
  /** What becomes of files that nobody tracks or ignores. */
  readonly untracked: "keep" | "leave";
  /** Of files that nobody tracks or ignores those that the stages made. */
  ofStages(names: readonly string[]): Promise<readonly string[]>;
}

export interface QuickResult {
  readonly tree: ObjectId;
  /** Files that are not in it, and that nobody tracks or ignores. */
  readonly left: readonly string[];
}

/** What one thread knows of how Git stores files here. */
export class QuickResults {
  readonly #plainFiles = new PlainFiles();
  /** By template. */
  readonly #plainSettings = new Map<string, Promise<boolean>>();

  /**
   * The tree of a copy whose trusted index is as we left it, with all changes of tracked files and with `include`; undefined where
   * it can't be had so. Objects go straight into the user's repository.
   */
  async treeOf(slot: CopySlot, request: QuickRequest): Promise<QuickResult | undefined> {
    const { include, untracked } = request;
    if (!(await this.#hasPlainSettings(slot))) return undefined;
    const index = knownIndex(slot);
    if (index === undefined || !hasRealFolders(slot, index.top)) return undefined;
    const settings = { cwd: workFolder(slot), env: { ...copyEnvironment(slot), GIT_INDEX_FILE: trustedIndex(slot) } };
    const found = await differences(settings);
    if (found === undefined) return undefined;
    const asked = included(found.others, include);
    const others = await request.ofStages(found.others.filter((name) => !asked.includes(name)));
    const kept = untracked === "keep" ? others.filter((name) => !name.endsWith("/")) : [];
    const changes = await this.#changes(slot, index, { ...found, others: [...asked, ...kept] });
    const tree = changes && changedTree(slot.repository, index, changes);
    return tree && { tree, left: others.filter((name) => !kept.includes(name)) };
  }

  /** The objects of what is new or changed, written. */
  async #changes(slot: CopySlot, index: KnownIndex, found: Differences): Promise<Map<string, TreeChange> | undefined> {
    const { changed, removed, others } = found;
    const names = [...changed, ...others];
    const tree = { top: workFolder(slot), settings: { cwd: workFolder(slot), env: copyEnvironment(slot) } };
    if (!(await this.#plainFiles.areAll(names, { ...tree, template: slot.template }))) return undefined;
    const files = names.map((name) => storedFile(slot, index, name));
    if (files.includes(undefined)) return undefined;
    const changes = new Map<string, TreeChange>([...removed].map((name) => [bytesOf(name), "removed"]));
    for (const file of files)
      if (file !== undefined)
        changes.set(bytesOf(file.name), { mode: file.mode, id: writeObject(slot.repository, "blob", file.content) });
    return changes;
  }

  #hasPlainSettings(slot: CopySlot): Promise<boolean> {
    const known = this.#plainSettings.get(slot.template) ?? hasPlainSettings(slot);
    this.#plainSettings.set(slot.template, known);
    return known;
  }
}
