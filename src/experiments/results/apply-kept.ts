/** What `apply` keeps of the workspace before it writes over it: changes of tracked files, and untracked files. */
import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { lstatIfExists, makeFolder, removeFile } from "../../base/files.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { listTree } from "../../git/list-tree.ts";
import { committerIdentity, stamp, writeCommit } from "../../git/objects.ts";
import { createStash } from "../../git/porcelain.ts";
import { listRefs, type RefChange } from "../../git/refs.ts";
import { type Repository, resolveCommit } from "../../git/repository.ts";
import { type GitOptions, git, gitFailed, tryGit } from "../../git/run.ts";
import { snapshotWorkTree } from "../../git/snapshot.ts";
import { appliedRef, type ExperimentsContext } from "../repository.ts";

export interface ApplyRequest {
  readonly name: string;
  readonly head: ObjectId;
  /** The experiment's. */
  readonly commit: ObjectId;
}

export const applyRef = (name: string) => `refs/exps/apply/${name}` as RefName;

/**
 * A stash commit of the changes of tracked files; undefined where there are none, or where they are only what an
 * earlier apply laid down: that is the experiment's, and not the user's to lose.
 */
export async function stashChanges(
  context: ExperimentsContext,
  { name, head, commit }: ApplyRequest,
): Promise<ObjectId | undefined> {
  const stash = await createStash(context.repository, `dvc-exp-apply:${head}:${commit}:${name}`);
  if (stash === undefined || (await isLaidDown(context, head))) return undefined;
  return stash;
}

async function isLaidDown({ repository, state }: ExperimentsContext, head: ObjectId): Promise<boolean> {
  const applied = await resolveCommit(repository, appliedRef);
  if (applied === undefined) return false;
  const { indexTree, workTree } = await snapshotWorkTree(repository, { scratchFolder: state.scratch, include: [] });
  const settings = { cwd: repository.workTree };
  if (indexTree !== (await git(["rev-parse", `${head}^{tree}`], settings)).trim()) return false;
  const fields = await listing(["diff-tree", "-r", "-z", "--no-renames", "--name-status", workTree, applied], settings);
  const tracked = new Set((await readTree(repository, head)).keys());
  // What the experiment added is untracked in the workspace, so that the snapshot lacks it.
  return fields.every((field, at) => at % 2 === 1 || (field === "A" && !tracked.has(fields[at + 1] ?? "")));
}

export interface KeptFiles {
  readonly commit: ObjectId;
  /** Relative to the work tree, sorted. */
  readonly files: readonly string[];
}

/**
 * A commit of the untracked and ignored files (of `candidates`, from filesInTheWay) that the experiment's own would replace
 * with other content, but for those that an earlier apply wrote; undefined where there are none.
 */
export async function keepUntracked(
  context: ExperimentsContext,
  request: ApplyRequest,
  candidates: readonly string[],
): Promise<KeptFiles | undefined> {
  const { repository, state } = context;
  if (candidates.length === 0) return undefined;
  const wanted = await readTree(repository, request.commit);
  makeFolder(state.scratch);
  const index = asideName(path.join(state.scratch, "untracked-index"));
  const settings = { cwd: repository.workTree, env: { GIT_INDEX_FILE: index } };
  try {
    await git(["update-index", "--add", "-z", "--stdin"], { ...settings, input: joined(candidates) });
    const present = readEntries(await listing(["ls-files", "-s", "-z"], settings));
    const applied = await resolveCommit(repository, appliedRef);
    const written = applied === undefined ? new Map<string, string>() : await readTree(repository, applied);
    const isKept = (file: string, entry: string) => entry !== wanted.get(file) && entry !== written.get(file);
    const files = [...present].filter(([file, entry]) => isKept(file, entry)).map(([file]) => file);
    if (files.length === 0) return undefined;
    const kept = new Set(files);
    const others = candidates.filter((file) => !kept.has(file));
    await git(["update-index", "--force-remove", "-z", "--stdin"], { ...settings, input: joined(others) });
    const tree = (await git(["write-tree"], settings)).trim() as ObjectId;
    const author = stamp(await committerIdentity(repository), new Date());
    const message = `Untracked files before sweepline exp apply ${request.name}\n`;
    return {
      commit: writeCommit(repository, { tree, parents: [request.head], author, message }),
      files: files.map(shownName),
    };
  } finally {
    removeFile(index);
  }
}

/**
 * Files that the index does not have and that lie where the commit has a file: there, below it, or as its folder; sorted.
 * Names are bytes as latin1 says them: they need not be UTF-8.
 */
export async function filesInTheWay(repository: Repository, commit: ObjectId): Promise<readonly string[]> {
  const wanted = (await readTree(repository, commit)).keys();
  const tracked = new Set(await listing(["ls-files", "-z"], { cwd: repository.workTree }));
  const found = new Set<string>();
  for (const file of wanted) {
    if (tracked.has(file)) continue;
    const first = firstPresent(repository, file);
    if (first?.kind === "file") found.add(first.file);
    if (first?.kind !== "folder") continue;
    for (const other of await untrackedBelow(repository, file)) if (!other.endsWith("/")) found.add(other);
  }
  return [...found].filter((file) => !tracked.has(file)).sort();
}

/** An argument can't hold a name that is not UTF-8: then git lists all, and we choose. */
async function untrackedBelow(repository: Repository, folder: string): Promise<readonly string[]> {
  const name = shownName(folder);
  const isText = Buffer.from(name).toString("latin1") === folder;
  const only = isText ? ["--", `:(top,literal)${name}`] : [];
  const files = await listing(["ls-files", "-o", "-z", ...only], { cwd: repository.workTree });
  return isText ? files : files.filter((file) => file.startsWith(`${folder}/`));
}

type Present = { readonly kind: "file" | "folder"; readonly file: string };

/** What lies at a path, or the file (or link) that is in the place of one of its folders. */
function firstPresent(repository: Repository, file: string): Present | undefined {
  const parts = file.split("/");
  for (const at of parts.keys()) {
    const part = parts.slice(0, at + 1).join("/");
    const stats = lstatIfExists(Buffer.concat([Buffer.from(`${repository.workTree}/`), Buffer.from(part, "latin1")]));
    if (stats === undefined) return undefined;
    if (stats.isFile() || stats.isSymbolicLink()) return { kind: "file", file: part };
    if (!stats.isDirectory()) return undefined;
  }
  return { kind: "folder", file };
}

/** Sets a ref of `apply`; what it held before goes on under refs/exps/apply/older/<n>. */
export async function setKept(repository: Repository, name: string, to: ObjectId): Promise<KeptChange> {
  const ref = applyRef(name);
  const held = (await listRefs(repository, [ref])).find((item) => item.name === ref)?.id;
  // The same content: an apply was killed after it had kept it, and is called again.
  if (held === undefined || held === to || (await isSameContent(repository, held, to)))
    return { changes: [{ kind: "set", ref, to }], older: undefined };
  const prefix = applyRef(`older/${name}`);
  const numbers = (await listRefs(repository, [prefix])).map((item) => Number(item.name.slice(prefix.length + 1)) || 0);
  const older = applyRef(`older/${name}/${Math.max(0, ...numbers) + 1}`);
  return {
    changes: [
      { kind: "update", ref, from: held, to },
      { kind: "create", ref: older, to: held },
    ],
    older,
  };
}

/** Whether two commits have the same tree and their second parents (the index of a stash) too. */
async function isSameContent(repository: Repository, one: ObjectId, other: ObjectId): Promise<boolean> {
  const trees = [one, other].flatMap((commit) => [`${commit}^{tree}`, `${commit}^2^{tree}`]);
  const found = await Promise.all(
    trees.map((tree) => tryGit(["rev-parse", "--verify", "--quiet", tree], { cwd: repository.workTree })),
  );
  const [tree, index, otherTree, otherIndex] = found.map(({ stdout }) => stdout.toString());
  return tree === otherTree && index === otherIndex;
}

export interface KeptChange {
  readonly changes: readonly RefChange[];
  /** Where an earlier one went. */
  readonly older: RefName | undefined;
}

/** `mode id` by path, without submodules. */
async function readTree(repository: Repository, commit: ObjectId): Promise<ReadonlyMap<string, string>> {
  return readEntries(partsOf(await listTree(repository, commit)));
}

/** Reads `mode type id<tab>path` (a tree) and `mode id stage<tab>path` (an index), without submodules. */
function readEntries(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const found = /^(\d+) (?:blob )?([0-9a-f]+)[^\t]*\t(.+)$/s.exec(line);
      return found === null || found[1] === "160000" ? [] : [[found[3] ?? "", `${found[1]} ${found[2]}`]];
    }),
  );
}

/** What git lists with `-z`, as latin1: names are bytes. */
async function listing(args: readonly string[], options: GitOptions): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await tryGit(args, options);
  if (exitCode !== 0) throw gitFailed(args, stderr);
  return partsOf(stdout);
}

function partsOf(answer: Buffer): readonly string[] {
  return answer
    .toString("latin1")
    .split("\0")
    .filter((part) => part !== "");
}

/** The bytes of names, with a NUL after each: for git to read. */
export const joined = (files: readonly string[]) => Buffer.from(files.map((file) => `${file}\0`).join(""), "latin1");
const shownName = (file: string) => Buffer.from(file, "latin1").toString();
