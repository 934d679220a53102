/**
 * What Git ignores, for the walk that finds pipeline files: .gitignore, nested ones included, and .git/info/exclude.
 * (.dvcignore is the store's.)
 */
import path from "node:path";
import ignore, { type Ignore } from "ignore";
import { readIfExists } from "../base/files.ts";
import { excludeFile } from "./gitignore.ts";
import type { Project } from "./project.ts";

export interface GitIgnoreLevel {
  /** Absolute folder that the patterns are relative to, with a separator at the end. */
  readonly base: string;
  readonly rules: Ignore;
}

/** Answers for one walk, from the top down. */
export interface GitIgnoreWalk {
  /** Rules that hold below `folder`, given those of its parent. */
  enter(parent: readonly GitIgnoreLevel[], folder: string): readonly GitIgnoreLevel[];
  isIgnored(rules: readonly GitIgnoreLevel[], absolute: string, kind: "file" | "folder"): boolean;
  readonly top: readonly GitIgnoreLevel[];
}

function rulesFrom(base: string, ...files: readonly string[]): GitIgnoreLevel[] {
  return files.flatMap((file) => {
    const content = readIfExists(file);
    if (content === undefined || content.length === 0) return [];
    return [
      {
        base: base.endsWith(path.sep) ? base : base + path.sep,
        rules: ignore({ ignorecase: false }).add(content.toString("utf8")),
      },
    ];
  });
}

/** The folders from the top of the work tree down to just above the project. */
function foldersAbove(project: Project): string[] {
  if (project.gitRoot === null) return [];
  const folders: string[] = [];
  for (let folder = project.root; folder !== project.gitRoot && path.dirname(folder) !== folder; ) {
    folder = path.dirname(folder);
    folders.unshift(folder);
  }
  return folders;
}

function isIgnored(all: readonly GitIgnoreLevel[], absolute: string, kind: "file" | "folder"): boolean {
  let ignored = false;
  for (const { base, rules } of all) {
    const relative = absolute.slice(base.length) + (kind === "folder" ? "/" : "");
    const answer = rules.test(relative);
    if (answer.ignored) ignored = true;
    else if (answer.unignored) ignored = false;
  }
  return ignored;
}

export function gitIgnoreWalk(project: Project): GitIgnoreWalk {
  const exclude = project.gitRoot === null ? [] : [excludeFile(project.gitRoot)];
  return {
    top: [
      ...(project.gitRoot === null ? [] : rulesFrom(project.gitRoot, ...exclude)),
      ...foldersAbove(project).flatMap((folder) => rulesFrom(folder, path.join(folder, ".gitignore"))),
    ],
    enter: (parent, folder) => [...parent, ...rulesFrom(folder, path.join(folder, ".gitignore"))],
    isIgnored,
  };
}
