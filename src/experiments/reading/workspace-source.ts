/** The files of a folder on the disk: the workspace, or a copy that an experiment runs in. */
import path from "node:path";
import { type Dirent, readdirSync, readFileSync, statSync } from "../../base/files.ts";
import { compareCodePoints } from "../../base/python.ts";
import { type IgnoreRules, ignoreRules } from "../../project/ignore-rules.ts";
import { listFiles } from "../../store/walk.ts";
import { type FileAnswer, type FileSource, isPipelineFile, missing } from "./file-source.ts";

/** Folders that hold no pipeline whatever .dvcignore says, and are large. */
const skippedFolders = new Set([".git", ".dvc", "node_modules", ".venv", "venv", "__pycache__"]);

function listFolder(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareCodePoints(a.name, b.name));
  } catch {
    return [];
  }
}

function collectPipelineFiles(root: string, prefix: string, rules: IgnoreRules, into: string[]): void {
  const entries = listFolder(path.join(root, prefix));
  for (const entry of entries) {
    const file = prefix + entry.name;
    if (isPipelineFile(entry.name) && !entry.isDirectory() && !rules.ignoresFile(path.join(root, file)))
      into.push(file);
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || skippedFolders.has(entry.name)) continue;
    if (!rules.ignoresFolder(path.join(root, prefix + entry.name)))
      collectPipelineFiles(root, `${prefix}${entry.name}/`, rules, into);
  }
}

/** Reads from the disk at every question; nothing is ever pending. */
export function workspaceSource(root: string): FileSource {
  const rules = ignoreRules(root);
  function find(name: string): FileAnswer {
    const file = path.resolve(root, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return missing;
    if (stats.isDirectory()) return { kind: "folder" };
    return stats.isFile() ? { kind: "file", id: `file:${file}`, bytes: readFileSync(file) } : missing;
  }
  return {
    find,
    pipelineFiles() {
      const files: string[] = [];
      collectPipelineFiles(root, "", rules, files);
      return files;
    },
    filesBelow: (folder) =>
      listFiles(path.resolve(root, folder), rules)
        .map(({ relpath }) => path.posix.join(folder, relpath))
        .sort(compareCodePoints),
  };
}
