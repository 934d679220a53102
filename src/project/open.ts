/** Where we are: the project's root, its Git work tree, its configuration. */
import path from "node:path";
import { SweeplineError } from "../base/errors.ts";
import { existsSync, realpathSync } from "../base/files.ts";
import { type ConfigValues, type Environment, readConfig, toProjectConfig } from "./config.ts";
import type { Project } from "./project.ts";
import { findUpwards, isFolder } from "./upwards.ts";

/** The top of the Git work tree that holds the folder: the nearest with `.git`, a folder or a file (worktree, submodule). */
export function findGitRoot(folder: string): string | null {
  const found = findUpwards(realpathSync(folder), (each) => existsSync(path.join(each, ".git")));
  return typeof found === "string" ? found : null;
}

function findProjectRoot(cwd: string): string {
  if (!isFolder(cwd))
    throw new SweeplineError({
      code: "NOT_A_PROJECT",
      message: `directory '${cwd}' does not exist`,
    });
  const found = findUpwards(realpathSync(cwd), (folder) => isFolder(path.join(folder, ".dvc")));
  if (typeof found === "string") return found;
  throw new SweeplineError({
    code: "NOT_A_PROJECT",
    message: `you are not inside of a sweepline repository (checked up to mount point '${found.stoppedAt}')`,
    hint: "Start one with `sweepline init`.",
  });
}

/**
 * The project that `cwd` lies in. Errors: no .dvc here or above (exit code 253), configuration refused (251).
 * Spawns nothing and writes nothing.
 * @param more settings over those of its files
 */
export function openProject(cwd: string, environment: Environment = process.env, more?: ConfigValues): Project {
  const root = findProjectRoot(cwd);
  const dvcDir = path.join(root, ".dvc");
  const values = readConfig(dvcDir, environment, more);
  const config = toProjectConfig(values);
  const noScm = values.get("core.no_scm")?.toLowerCase() === "true";
  return {
    root,
    gitRoot: noScm ? null : findGitRoot(root),
    dvcDir,
    tmpDir: path.join(dvcDir, "tmp"),
    cacheDir: config.get("cache.dir") ?? path.join(dvcDir, "cache"),
    config,
  };
}
