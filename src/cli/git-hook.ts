/** What the Git hooks of `sweepline install` start: `git-hook HOOK ARGS...` stands for another command, or for none. */
import path from "node:path";
import { existsSync } from "../base/files.ts";
import type { GitHook } from "../project/hooks.ts";
import { findGitRoot } from "../project/open.ts";
import { findDvcDir } from "../project/upwards.ts";

const commands: Readonly<Record<GitHook, readonly string[]>> = {
  "pre-commit": ["status"],
  "pre-push": ["push"],
  "post-checkout": ["checkout"],
};

function isKnown(hook: string): hook is GitHook {
  return Object.hasOwn(commands, hook);
}

/** Of a branch or a commit, not of single files, and not amid a rebase. */
function isWholeCheckout(folder: string, args: readonly string[]): boolean {
  // The program pre-commit hands its arguments on in the environment.
  const flag = process.env.PRE_COMMIT_CHECKOUT_TYPE ?? args[2];
  const gitRoot = findGitRoot(folder);
  return flag === "1" && !(gitRoot !== null && existsSync(path.join(gitRoot, ".git", "rebase-merge")));
}

/** The words of a hook's command; undefined where there is nothing to do: no project here, or nothing about data. */
export function hookCommand(folder: string, [hook = "", ...args]: readonly string[]): readonly string[] | undefined {
  if (!isKnown(hook) || findDvcDir(folder) === null) return undefined;
  return hook === "post-checkout" && !isWholeCheckout(folder, args) ? undefined : commands[hook];
}
