import path from "node:path";
import { existsSync, readIfExists } from "../../base/files.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { listTree } from "../../git/list-tree.ts";
import type { PipelineFiles } from "../../pipeline/reading/disk-source.ts";
import { type FoundPipelineFile, pipelineFileKind } from "../../pipeline/reading/file-source.ts";
import { type GitIgnoreRules, gitIgnoreRules } from "../../project/git-ignored.ts";
import { excludeFile } from "../../project/gitignore.ts";
import { folderInGit } from "../../project/in-git.ts";
import type { QueueEntry } from "../queue/entries.ts";
import type { ExperimentsContext } from "../repository.ts";

/** A tree that the files of a copy are told from. */
interface Listing {
  readonly tree: ObjectId;
  /** The project's folder in the repository, "" where they are the same. */
  readonly inside: string;
  /** All files, from the top of the repository. */
  readonly names: ReadonlySet<string>;
}

/**
 * The pipeline files of queued entries, from Git instead of a walk through each copy. Entries that were queued together
 * have the same files: Git is asked once for them.
 */
export class PipelineFileFinder {
  private readonly known = new Map<ObjectId, Promise<PipelineFiles>>();

  constructor(private readonly context: ExperimentsContext) {}

  of(entry: Pick<QueueEntry, "index" | "tree" | "copiedPaths">): Promise<PipelineFiles> {
    // What may hold a dvc.yaml (a copied path, a submodule), hide one (.dvcignore, a sparse checkout) or be one (a link): see `find`.
    if (entry.index === undefined || entry.copiedPaths !== undefined || this.isSparse()) return Promise.resolve("walk");
    const known = this.known.get(entry.index) ?? this.find(entry.tree);
    this.known.set(entry.index, known);
    return known;
  }

  private isSparse(): boolean {
    return existsSync(path.join(this.context.repository.gitDir, "info", "sparse-checkout"));
  }

  private async find(tree: ObjectId): Promise<PipelineFiles> {
    const { repository, project } = this.context;
    const text = (await listTree(repository, tree)).toString();
    if (text.split("\0").some(hidesFiles)) return "walk";
    const names = new Set(text.split("\0").map((row) => row.slice(row.indexOf("\t") + 1)));
    const inside = folderInGit(project);
    const listing = { tree, inside, names };
    const found = candidates(listing);
    const folders = new Set(found.flatMap(({ file }) => foldersOf(path.posix.join(inside, file))));
    const rules = [...names].filter((name) => isRuleFile(listing, name, folders));
    const texts = await this.texts(tree, rules);
    if ([...texts].some(([name, rule]) => path.posix.basename(name) === ".dvcignore" && hasRule(rule))) return "walk";
    const exclude = readIfExists(excludeFile(repository.workTree))?.toString("utf8");
    const ignored = gitIgnoreRules({ exclude, of: (folder) => texts.get(path.posix.join(folder, ".gitignore")) });
    return found.filter(({ file }) => !isIgnored(listing, file, ignored));
  }

  private async texts(tree: ObjectId, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (files.length === 0) return new Map();
    const catFile = new CatFile(this.context.repository);
    try {
      const objects = await catFile.readAll(files.map((file) => `${tree}:${file}`));
      return new Map(files.map((file, index) => [file, objects[index]?.content.toString("utf8") ?? ""]));
    } finally {
      catFile.close();
    }
  }
}

/** A row of a submodule, or of a link that is named as a pipeline file and may lead to a folder. */
function hidesFiles(row: string): boolean {
  if (row.startsWith("160000 ")) return true;
  return (
    row.startsWith("120000 ") && pipelineFileKind(path.posix.basename(row.slice(row.indexOf("\t") + 1))) !== undefined
  );
}

/** Folders and all that hold them, "" for the top. */
function foldersOf(file: string): readonly string[] {
  const segments = file.split("/").slice(0, -1);
  return ["", ...segments.map((_, depth) => segments.slice(0, depth + 1).join("/"))];
}

function candidates({ inside, names }: Listing): readonly FoundPipelineFile[] {
  const prefix = inside === "" ? "" : `${inside}/`;
  return [...names].flatMap((name) => {
    const kind = name.startsWith(prefix) ? pipelineFileKind(path.posix.basename(name)) : undefined;
    return kind === undefined ? [] : [{ file: name.slice(prefix.length), kind }];
  });
}

/** Every .dvcignore of the project, and each .gitignore above a pipeline file. */
function isRuleFile({ inside }: Listing, name: string, folders: ReadonlySet<string>): boolean {
  const base = path.posix.basename(name);
  const folder = name.slice(0, Math.max(0, name.length - base.length - 1));
  if (base === ".gitignore") return folders.has(folder);
  return base === ".dvcignore" && (inside === "" || folder === inside || folder.startsWith(`${inside}/`));
}

/** Whether a .dvcignore may hide a pipeline file; the one that `init` writes holds comments only. */
function hasRule(text: string): boolean {
  return text.split("\n").some((line) => line.trim() !== "" && !line.startsWith("#"));
}

/** As the walk of the workspace: what Git ignores is left out, tracked or not. */
function isIgnored({ inside }: Listing, file: string, rules: GitIgnoreRules): boolean {
  const folders = foldersOf(file).filter((folder) => folder !== "");
  return (
    folders.some((folder) => rules.isIgnored(path.posix.join(inside, folder), "folder")) ||
    rules.isIgnored(path.posix.join(inside, file), "file")
  );
}
