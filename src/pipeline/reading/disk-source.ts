/** The files of a folder on the disk: the workspace, or a copy that an experiment runs in. Read at every question. */
import { createHash } from "node:crypto";
import path from "node:path";
import { systemErrorCode } from "../../base/errors.ts";
import { type Dirent, lstatIfExists, readdirSync, readIfExists, statSync } from "../../base/files.ts";
import { relativePosix } from "../../base/paths.ts";
import { compareCodePoints } from "../../base/python.ts";
import { gitIgnoreRules } from "../../project/git-ignored.ts";
import { excludeFile } from "../../project/gitignore.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import type { Project } from "../../project/project.ts";
import { listFiles } from "../../store/walk.ts";
import {
  folder as aFolder,
  type FileAnswer,
  type FileSource,
  type FoundPipelineFile,
  inWalkOrder,
  missing,
  type SourceEntry,
  type SourceFile,
} from "./file-source.ts";

class DiskFile implements SourceFile {
  readonly kind = "file";
  private hash: string | undefined;

  constructor(readonly bytes: Buffer) {}

  get id(): string {
    this.hash ??= createHash("sha256").update(this.bytes).digest("hex");
    return this.hash;
  }
}

/** undefined too where a file stands in place of a folder on the way. */
function statsOf(file: string) {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (systemErrorCode(error) !== "ENOTDIR") throw error;
    return undefined;
  }
}

function find(file: string): FileAnswer {
  const stats = statsOf(file);
  if (stats === undefined) return missing;
  if (stats.isDirectory()) return aFolder;
  // A pipe or a device in a file's place is refused by the reader: NOT_A_FILE.
  const bytes = readIfExists(file);
  return bytes === undefined ? missing : new DiskFile(bytes);
}

/** A link to a folder is no file and is not followed; one to nothing is a file that can't be read. */
function entryOf(parent: string, entry: Dirent): readonly SourceEntry[] {
  const { name } = entry;
  // A name that is not UTF-8, which Node could not tell: DVC's own files have none, and nothing that they name.
  if (name.includes("\ufffd") && lstatIfExists(path.join(parent, name)) === undefined) return [];
  if (entry.isDirectory()) return [{ name, kind: "folder" }];
  const isLinkToFolder = entry.isSymbolicLink() && statsOf(path.join(parent, name))?.isDirectory() === true;
  return isLinkToFolder ? [] : [{ name, kind: "file" }];
}

interface Ignoring {
  isIgnored(file: string, kind: SourceEntry["kind"]): boolean;
  /** Whether a folder has a .gitignore, for one that was listed: saves looking for it. */
  listed(folder: string, names: readonly Dirent[]): void;
}

function ignoring(project: Project): Ignoring {
  const { root } = project;
  const top = project.gitRoot ?? root;
  const inside = relativePosix(top, root);
  const fromTop = (file: string) => path.posix.join(inside, file);
  const dvc = ignoreRules(root);
  const without = new Set<string>();
  const text = (file: string) => readIfExists(file)?.toString("utf8");
  const git = gitIgnoreRules({
    exclude: project.gitRoot === null ? undefined : text(excludeFile(project.gitRoot)),
    of: (folder) => (without.has(folder) ? undefined : text(path.join(top, folder, ".gitignore"))),
  });
  return {
    isIgnored(file, kind) {
      const absolute = path.join(root, file);
      return (
        (kind === "file" ? dvc.ignoresFile(absolute) : dvc.ignoresFolder(absolute)) ||
        git.isIgnored(fromTop(file), kind)
      );
    },
    listed(folder, names) {
      if (!names.some(({ name }) => name === ".gitignore")) without.add(folder === "" ? inside : fromTop(folder));
    },
  };
}

/** @param project its root, its Git work tree's top and its files of rules are looked at */
export function diskSource(project: Project): FileSource {
  const { root } = project;
  let rules: Ignoring | undefined;
  return {
    find: (file) => find(path.resolve(root, file)),
    list(folder) {
      const here = path.join(root, folder);
      const entries = readdirSync(here, { withFileTypes: true });
      const all = inWalkOrder(entries.flatMap((entry) => entryOf(here, entry)));
      rules ??= ignoring(project);
      rules.listed(folder, entries);
      return all.filter(({ name, kind }) => !rules?.isIgnored(path.posix.join(folder, name), kind));
    },
    filesBelow(folder) {
      const absolute = path.resolve(root, folder);
      // What a lock file names need not be here: a clone before `pull`.
      if (statsOf(absolute)?.isDirectory() !== true) return [];
      const files = listFiles(absolute, ignoreRules(root));
      return files.map(({ relpath }) => path.posix.join(folder, relpath)).sort(compareCodePoints);
    },
  };
}

/** "walk" where only the disk knows them. */
export type PipelineFiles = "walk" | readonly FoundPipelineFile[];

/** The files of a copy, which is not walked where its pipeline files are known already. */
export function copySource(project: Project, files: PipelineFiles): FileSource {
  if (files === "walk") return diskSource(project);
  const folders = new Map<string, Map<string, SourceEntry>>();
  const add = (parent: string, entry: SourceEntry) => {
    const entries = folders.get(parent) ?? new Map<string, SourceEntry>();
    folders.set(parent, entries.set(entry.name, entry));
  };
  for (const { file } of files) {
    const segments = file.split("/");
    for (const [depth, name] of segments.entries())
      add(segments.slice(0, depth).join("/"), { name, kind: depth === segments.length - 1 ? "file" : "folder" });
  }
  return { ...diskSource(project), list: (folder) => inWalkOrder([...(folders.get(folder)?.values() ?? [])]) };
}
