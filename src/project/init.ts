/** Starts a project: what `dvc init` writes, byte for byte. */

import path from "node:path";
import type { ErrorCode } from "../base/error-codes.ts";
import { SweeplineError } from "../base/errors.ts";
import { existsSync, makeFolder, readIfExists, removeTree, statSync, writeAtomic } from "../base/files.ts";
import { readableShellWord } from "../base/text/shell-word.ts";
import { isGitIgnored } from "./gitignore.ts";
import { findGitRoot } from "./open.ts";

export interface InitOptions {
  /** subdir: the folder may lie below the top of the Git work tree; none: no Git at all. */
  readonly git: "top" | "subdir" | "none";
  readonly existing: "refuse" | "replace";
}

export interface Initialized {
  readonly root: string;
  readonly gitRoot: string | null;
  /** To be staged in Git. Absolute. */
  readonly files: readonly string[];
}

const ignoreHelp = `# Add patterns of files dvc should ignore, which could improve
# the performance. Learn more at
# https://dvc.org/doc/user-guide/dvcignore
`;

function refuse(code: ErrorCode, hint: string, problem: string): SweeplineError {
  return new SweeplineError({
    code,
    message: `failed to initiate sweepline - ${problem}`,
    hint,
  });
}

function gitRootFor(root: string, git: InitOptions["git"]): string | null {
  if (git === "none") return null;
  const gitRoot = findGitRoot(root);
  if (gitRoot !== null && (git === "subdir" || gitRoot === root)) return gitRoot;
  throw refuse(
    "NOT_IN_GIT",
    gitRoot === null
      ? "`git init` here first, then `sweepline init` again. With `--no-scm` there are pipelines, but no experiments."
      : `The project can lie there: \`sweepline init --subdir\`; or start it at the top: cd ${readableShellWord(gitRoot)}`,
    `${root} is not tracked by any supported SCM tool (e.g. Git).`,
  );
}

function writeDvcFolder(dvcDir: string, gitRoot: string | null): string[] {
  makeFolder(path.join(dvcDir, "tmp"));
  const config = path.join(dvcDir, "config");
  writeAtomic(config, gitRoot === null ? "[core]\n    no_scm = True\n" : "");
  if (gitRoot === null) return [config];
  const gitignore = path.join(dvcDir, ".gitignore");
  writeAtomic(gitignore, "/config.local\n/tmp\n/cache\n");
  return [config, gitignore];
}

/** Makes the folder a project. Errors: NOT_IN_GIT, IGNORED_BY_GIT, PROJECT_EXISTS (exit code 255). Staging is the caller's. */
export function initProject(folder: string, options: InitOptions): Initialized {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) makeFolder(folder);
  const root = path.resolve(folder);
  const dvcDir = path.join(root, ".dvc");
  const gitRoot = gitRootFor(root, options.git);
  if (gitRoot !== null && isGitIgnored(gitRoot, dvcDir))
    throw refuse(
      "IGNORED_BY_GIT",
      "Make sure that it is tracked, for example with a line '!.dvc' in .gitignore.",
      `${dvcDir} is ignored by your SCM tool.`,
    );
  if (existsSync(dvcDir)) {
    if (options.existing === "refuse")
      throw refuse(
        "PROJECT_EXISTS",
        "With -f its cache goes, too. A project that is there needs no init.",
        "'.dvc' exists. Use `-f` to force.",
      );
    removeTree(dvcDir);
  }
  const files = writeDvcFolder(dvcDir, gitRoot);
  const dvcignore = path.join(root, ".dvcignore");
  if (readIfExists(dvcignore) === undefined) writeAtomic(dvcignore, ignoreHelp);
  return { root, gitRoot, files: [...files, dvcignore] };
}
