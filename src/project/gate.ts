/**
 * The gate between paths that data names (.dvc files, dvc.yaml, dvc.lock, `.dir` objects) and the user's files. Data comes
 * from strangers: before anything is changed, each path is checked here; while it is changed, folders are held open, so that
 * a link that is put in the place of one meanwhile leads nowhere (docs/decisions.md, "Paths in data").
 */
import path from "node:path";
import { getSystemErrorMap } from "node:util";
import { isSystemError, SweeplineError, unlessSystemFails } from "../base/errors.ts";
import {
  closeSync,
  existsSync,
  fstatSync,
  lstatIfExists,
  makeFolder,
  realpathSync,
  removeFile,
} from "../base/files.ts";
import { openFolder } from "../base/open-files.ts";
import { insideFolder } from "../base/paths.ts";

/** What is wrong with a path, to be said after its name. */
export interface PathProblem {
  readonly what: string;
  readonly hint: string;
}

const keepInside = "Data may lie inside the project only; nothing was changed.";
const choose = "Choose another path; nothing was changed.";

/** Characters that HFS+ leaves out where it compares names (git's utf8.c, next_hfs_char). */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Whether a file system may take the name for .git or .dvc: the spellings that `git fsck` refuses in trees, for both. */
function isReservedName(name: string): boolean {
  const onNtfs = name
    .replace(/:.*$/s, "")
    .replace(/[ .]+$/, "")
    .toLowerCase();
  const onHfs = name.replace(ignoredByHfs, "").toLowerCase();
  return /^(?:\.git|\.dvc|git~\d|dvc~\d)$/.test(onNtfs) || onHfs === ".git" || onHfs === ".dvc";
}

/** A name without these letters is none of those: cheap, for lists of a million names. */
const mayBeReserved = /git|dvc|[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/i;

/** Whether a relative path leads into .git or .dvc, or is one; a backslash parts names elsewhere. */
export function isInternal(inside: string): boolean {
  return inside.split(/[/\\]/).some(isReservedName);
}

/** No file system has such a name; a message of Node's would be all that a user got. */
export function nameProblem(name: string): PathProblem | undefined {
  if (name.includes("\0")) return { what: "a path holds a NUL character", hint: "Paths can have any other character." };
  if (name.length < 255) return undefined;
  const isLong = Buffer.byteLength(name) > 4095 || name.split("/").some((part) => Buffer.byteLength(part) > 255);
  return isLong ? { what: `the path '${name.slice(0, 40)}...' is too long`, hint: choose } : undefined;
}

/** The real path of the deepest part that exists, with the rest added: where a write to that path would end up. */
export function realTarget(absolute: string): string {
  let existing = absolute;
  const rest: string[] = [];
  while (lstatIfExists(existing) === undefined && path.dirname(existing) !== existing) {
    rest.unshift(path.basename(existing));
    existing = path.dirname(existing);
  }
  return path.join(
    unlessSystemFails(existing, () => realpathSync(existing)),
    ...rest,
  );
}

/**
 * Why data may not be written to an absolute path: it lies or leads out of the project, or into .git, .dvc or dvc.lock.
 * Undefined: it may. `realFolder` is realTarget, or one that remembers.
 */
export function placeProblem(root: string, absolute: string, realFolder = realTarget): PathProblem | undefined {
  const inside = insideFolder(root, absolute);
  if (inside === undefined) return { what: "is outside of the project", hint: keepInside };
  if (inside === "" || isInternal(inside) || path.basename(inside) === "dvc.lock")
    return { what: "would replace the project's own files", hint: choose };
  const real = insideFolder(root, realFolder(path.dirname(absolute)));
  if (real === undefined) return { what: "leads out of the project through a link", hint: keepInside };
  return isInternal(real) ? { what: `leads into '${real}' through a link`, hint: choose } : undefined;
}

function refused(message: string, hint: string): SweeplineError {
  return new SweeplineError({ code: "OUTSIDE_PROJECT", message, hint });
}

/** Refuses to write data to an absolute path that placeProblem() or nameProblem() is about. Throws OUTSIDE_PROJECT. */
export function checkPlace(root: string, absolute: string): void {
  const name = nameProblem(absolute);
  if (name !== undefined) throw refused(name.what, name.hint);
  const place = placeProblem(root, absolute);
  if (place !== undefined) throw refused(`the output '${absolute}' ${place.what}`, place.hint);
}

/**
 * Refuses names of files in a folder of data (relative, "/" between parts) that lead into a .git or .dvc, that no file
 * system has, or of which one is a file and a folder. Throws OUTSIDE_PROJECT.
 */
export function checkEntries(folder: string, names: readonly string[]): void {
  const files = new Set(names);
  const problem = (name: string): string | undefined => {
    if (isInternal(name)) return "would make a repository there";
    const found = nameProblem(name) ?? nameProblem(`${folder}/${name}`);
    if (found !== undefined) return "is no name of a file";
    for (let at = name.indexOf("/"); at !== -1; at = name.indexOf("/", at + 1))
      if (files.has(name.slice(0, at))) return "is below a file of the same list";
    return undefined;
  };
  if (files.size !== names.length) throw refused(`the data of '${folder}' names a file twice`, choose);
  for (const name of names) {
    const what = problem(name);
    if (what !== undefined)
      throw refused(`the file '${name.slice(0, 100)}' in the data of '${folder}' ${what}`, choose);
  }
}

/**
 * Refuses to store a folder (absolute) that holds a file of a name that no checkout would write: nobody would get it back.
 * Throws OUTSIDE_PROJECT.
 */
export function checkStored(folder: string, names: readonly string[]): void {
  const name = names.find((each) => mayBeReserved.test(each) && isInternal(each));
  if (name === undefined) return;
  const message = `'${folder}' holds '${name.slice(0, 100)}', which a system may take for a .git or .dvc: it can't be stored`;
  throw refused(message, "Take it away or rename it, or name it in .dvcignore.");
}

/** Where the system shows open folders as files: paths below them lead there whatever becomes of the folder's name. */
const descriptors = "/proc/self/fd";

function handlePath(handle: number, folder: string): string {
  if (existsSync(`${descriptors}/${handle}`)) return `${descriptors}/${handle}`;
  // No such files here: the name must still lead to the folder that is open.
  const [named, open] = [lstatIfExists(folder), fstatSync(handle)];
  if (named?.ino === open.ino && named.dev === open.dev && realpathSync(folder) === folder) return folder;
  throw swapped(folder);
}

function swapped(folder: string): SweeplineError {
  return refused(`'${folder}' became a link or a file while data was written`, "See who changes it, and try again.");
}

/** What becomes of a folder that is not there (or of a link or file in its place), below `top`. */
export interface Entering {
  /** The project's root. */
  readonly root: string;
  /** What is below it is data: a link or file in the place of a folder there is removed. Above it, that is refused. */
  readonly top: string;
  /** make: a folder that is missing is made. */
  readonly missing: "make" | "skip";
}

function enter(from: string, folder: string, { top, missing }: Entering): number | undefined {
  const next = path.join(from, path.basename(folder));
  try {
    return openFolder(next);
  } catch (error) {
    if (isSystemError(error, "ENOENT")) {
      if (missing === "skip") return undefined;
    } else if (isSystemError(error, "ENOTDIR", "ELOOP", "EMLINK")) {
      if (folder === top || insideFolder(top, folder) === undefined) throw swapped(folder);
      if (missing === "skip") return undefined;
      removeFile(next);
    } else throw error;
  }
  makeFolder(next);
  return openFolder(next);
}

/** A folder that is held open. */
export interface HeldFolder {
  /** A path to the file of that name in the folder that was opened; good until close(). */
  at(name: string): string;
  close(): void;
}

/**
 * Opens a folder of the project part by part, following no link: what is done with paths of `at` happens in the folder that
 * was checked, or not at all. `folder` is a real path. Undefined where it is missing and not to be made.
 * Throws OUTSIDE_PROJECT where a link has taken the place of one of its parts.
 */
export function holdFolder(folder: string, entering: Entering): HeldFolder | undefined {
  const { root } = entering;
  const inside = insideFolder(root, folder);
  if (inside === undefined) throw swapped(folder);
  let at = root;
  let handle = openFolder(root);
  for (const part of inside === "" ? [] : inside.split(path.sep)) {
    const parent = handle;
    try {
      const next = enter(handlePath(parent, at), path.join(at, part), entering);
      if (next === undefined) return undefined;
      handle = next;
    } finally {
      closeSync(parent);
    }
    at = path.join(at, part);
  }
  const held = handle;
  return { at: (name) => path.join(handlePath(held, folder), name), close: () => closeSync(held) };
}

/** What `work` gives, and failures of system calls in it with the file's own folder in the place of the held one. */
export function named<T>(file: string, held: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isSystemError(error)) renameIn(error, path.dirname(held), path.dirname(file));
    throw error;
  }
}

function renameIn(error: NodeJS.ErrnoException & { dest?: string }, held: string, folder: string): void {
  const named = (name: string) => (insideFolder(held, name) === undefined ? name : folder + name.slice(held.length));
  if (error.dest !== undefined) error.dest = named(error.dest);
  if (error.path === undefined) return;
  error.path = named(error.path);
  const words = getSystemErrorMap().get(error.errno ?? 0)?.[1] ?? "failed";
  const to = error.dest === undefined ? "" : ` -> '${error.dest}'`;
  error.message = `${error.code}: ${words}, ${error.syscall} '${error.path}'${to}`;
}

/** Whether a folder of ours is what it should be: a real one below another, or nothing. A clone may bring links. */
export function isOwnFolder(top: string, folder: string): boolean {
  const inside = insideFolder(top, folder);
  if (inside === undefined) return false;
  let at = top;
  for (const part of inside.split(path.sep)) {
    at = path.join(at, part);
    const stats = lstatIfExists(at);
    if (stats === undefined) return true;
    if (!stats.isDirectory()) return false;
  }
  return true;
}
