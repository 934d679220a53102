/** Where the files of a project lie in its repository. */
import { relativePosix } from "../base/paths.ts";
import type { Project } from "./project.ts";

/** The project's folder from the top of the work tree, with "/"; "" at the top, and without Git. */
export function folderInGit({ root, gitRoot }: Pick<Project, "root" | "gitRoot">): string {
  return gitRoot === null ? "" : relativePosix(gitRoot, root);
}
