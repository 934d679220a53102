import path from "node:path";
import { existsSync } from "../../base/files.ts";
import type { ObjectId } from "../../git/ids.ts";
import { git } from "../../git/run.ts";
import type { FoundPipelineFile } from "../../pipeline/reading/find-files.ts";
import type { PipelineFiles } from "../../pipeline/reading/project-stages.ts";
import type { QueueEntry } from "../queue/entries.ts";
import type { ExperimentsContext } from "../repository.ts";

/**
 * The pipeline files of queued entries, from Git instead of a walk through each copy. Entries that were queued together
 * have the same files: Git is asked once for them.
 */
export class PipelineFileFinder {
  private readonly known = new Map<ObjectId, Promise<PipelineFiles>>();

  constructor(private readonly context: ExperimentsContext) {}

  of(entry: QueueEntry): Promise<PipelineFiles> {
    // A copied path or a submodule may hold a dvc.yaml, ignore rules and a sparse checkout may hide one: only a walk tells.
    if (entry.index === undefined || entry.copies !== undefined || this.isSparse()) return Promise.resolve("walk");
    const known = this.known.get(entry.index) ?? this.find(entry.tree);
    this.known.set(entry.index, known);
    return known;
  }

  private isSparse(): boolean {
    return existsSync(path.join(this.context.repository.gitDir, "info", "sparse-checkout"));
  }

  private async find(tree: ObjectId): Promise<PipelineFiles> {
    const { repository, project } = this.context;
    const inside = path.relative(repository.workTree, project.root);
    const prefix = inside === "" ? "" : `${inside.split(path.sep).join("/")}/`;
    const listing = await git(["ls-tree", "-r", "-z", "--full-tree", tree], { cwd: repository.workTree });
    if (/(^|\0)160000 /.test(listing)) return "walk";
    const files = listing
      .split("\0")
      .map((row) => row.slice(row.indexOf("\t") + 1))
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length));
    if (await this.hasIgnoreRules(tree, prefix, files)) return "walk";
    return files.flatMap((file) => toPipelineFile(file) ?? []).sort((a, b) => compareInWalk(a.file, b.file));
  }

  /** Whether .dvcignore may hide a pipeline file; the one that `init` writes holds comments only. */
  private async hasIgnoreRules(tree: ObjectId, prefix: string, files: readonly string[]): Promise<boolean> {
    const rules = files.filter((name) => name === ".dvcignore" || name.endsWith("/.dvcignore"));
    if (rules.length === 0) return false;
    if (rules.length > 1 || rules[0] !== ".dvcignore") return true;
    const text = await git(["cat-file", "blob", `${tree}:${prefix}.dvcignore`], {
      cwd: this.context.repository.workTree,
    });
    return text.split("\n").some((line) => line.trim() !== "" && !line.startsWith("#"));
  }
}

function toPipelineFile(file: string): FoundPipelineFile | undefined {
  const name = file.slice(file.lastIndexOf("/") + 1);
  if (name === "dvc.yaml") return { file, kind: "pipeline" };
  return name.endsWith(".dvc") && name !== ".dvc" ? { file, kind: "data" } : undefined;
}

/** The order of a walk: names sorted, a folder's own files before those of its sub-folders. */
function compareInWalk(a: string, b: string): number {
  const [left, right] = [a.split("/"), b.split("/")];
  for (let depth = 0; depth < Math.min(left.length, right.length); depth++) {
    const isLast = [depth === left.length - 1, depth === right.length - 1];
    if (isLast[0] !== isLast[1]) return isLast[0] ? -1 : 1;
    const [x = "", y = ""] = [left[depth], right[depth]];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}
