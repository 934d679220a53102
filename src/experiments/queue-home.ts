/**
 * Which queue an entry belongs to. Refs are shared by all projects of a repository and by its linked work trees, but each
 * of them has a pipeline, a cache and logs of its own: an entry runs where it was queued, as in DVC.
 */
import path from "node:path";
import { existsSync } from "../base/files.ts";
import { isText, optional } from "../base/json.ts";
import { relativePosix } from "../base/paths.ts";
import { folderInGit } from "../project/in-git.ts";
import { isInnerFolder } from "./inner-folder.ts";
import type { ExperimentsContext } from "./repository.ts";

export interface QueueHome {
  /** The project's folder, from the top of the work tree; absent: the top itself. */
  readonly project?: string;
  /** `worktrees/<name>`: the linked work tree's folder in the Git directory; absent: the main work tree. */
  readonly worktree?: string;
}

type Place = Pick<ExperimentsContext, "project" | "repository">;

/** Where entries of this command are queued. */
export function queueHome({ project, repository }: Place): QueueHome {
  const inside = folderInGit(project);
  const worktree = relativePosix(repository.commonDir, repository.gitDir);
  return { ...(inside === "" ? {} : { project: inside }), ...(worktree === "" ? {} : { worktree }) };
}

/** For the record of an entry, which may come from anywhere. */
export const queueHomeGuards = {
  project: optional(isInnerFolder),
  worktree: optional(
    (value): value is string => isText(value) && /^worktrees\/[^/]+$/.test(value) && !value.includes("\0"),
  ),
};

/** Answers for one listing whether an entry is ours: queued here, or in a work tree or project that is gone. */
export function belongsHere(context: Place): (home: QueueHome) => boolean {
  const here = queueHome(context);
  const answers = new Map<string, boolean>();
  return ({ project, worktree }) => {
    if (project === here.project && worktree === here.worktree) return true;
    const key = JSON.stringify([project, worktree]);
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = isGone(context, { project, worktree });
    answers.set(key, answer);
    return answer;
  };
}

interface Home {
  readonly project: string | undefined;
  readonly worktree: string | undefined;
}

/** Entries of a place that is gone are everybody's: else nobody could run or remove them. */
function isGone(context: Place, { project, worktree }: Home): boolean {
  const { commonDir, workTree } = context.repository;
  const here = queueHome(context);
  if (worktree !== here.worktree)
    return project === here.project && worktree !== undefined && !existsSync(path.join(commonDir, worktree));
  return project !== undefined && !existsSync(path.join(workTree, project, ".dvc"));
}
