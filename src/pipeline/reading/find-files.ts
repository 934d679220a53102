/** The pipeline files of a project: every dvc.yaml and .dvc file that is neither ignored nor inside an output. */
import path from "node:path";
import { type Dirent, readdirSync } from "../../base/files.ts";
import { type GitIgnoreLevel, gitIgnoreWalk } from "../../project/git-ignored.ts";
import { ignoreRules } from "../../project/ignore-rules.ts";
import type { Project } from "../../project/project.ts";

export interface FoundPipelineFile {
  /** Relative to the project's root, "/" as separator. */
  readonly file: string;
  readonly kind: "pipeline" | "data";
}

function kindOf(entry: Dirent): FoundPipelineFile["kind"] | undefined {
  if (entry.isDirectory()) return undefined;
  if (entry.name === "dvc.yaml") return "pipeline";
  return entry.name.endsWith(".dvc") && entry.name !== ".dvc" ? "data" : undefined;
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

/**
 * Walks the project from the top, names sorted, a folder's own files before those of its sub-folders. `visit` is called for each
 * file found and answers the absolute paths of its outputs: folders among them are not entered.
 */
export function findPipelineFiles(project: Project, visit: (found: FoundPipelineFile) => Iterable<string>): void {
  const git = gitIgnoreWalk(project);
  const rules = ignoreRules(project.root);
  const outputs = new Set<string>();
  const visitFile = (file: string, entry: Dirent, levels: readonly GitIgnoreLevel[]) => {
    const kind = kindOf(entry);
    if (kind === undefined || rules.ignoresFile(file) || git.isIgnored(levels, file, "file")) return;
    const relative = path.relative(project.root, file).split(path.sep).join("/");
    for (const output of visit({ file: relative, kind })) outputs.add(output);
  };
  const enter = (folder: string, above: readonly GitIgnoreLevel[]) => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort(byName);
    const levels = entries.some((entry) => entry.name === ".gitignore") ? git.enter(above, folder) : above;
    for (const entry of entries) visitFile(path.join(folder, entry.name), entry, levels);
    for (const entry of entries) {
      const inner = path.join(folder, entry.name);
      if (!entry.isDirectory() || outputs.has(inner) || rules.ignoresFolder(inner)) continue;
      if (!git.isIgnored(levels, inner, "folder")) enter(inner, levels);
    }
  };
  enter(project.root, git.top);
}
