/** Outputs in the cache must not be in Git: they get a line in .gitignore, and one that Git tracks already is refused. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { readIfExists } from "../../base/files.ts";
import { mayBeTracked } from "../../git/index-scan.ts";
import { tryGit } from "../../git/run.ts";
import { arrangeIgnored, ignoreInGit, isGitIgnored, ruleFiles } from "../../project/gitignore.ts";
import type { Project } from "../../project/project.ts";
import type { Stage } from "../types.ts";

export interface OutputIgnorer {
  /** Refuses an output that Git tracks (OUTPUT_TRACKED). Git is asked once a run, and only where an output is not ignored. */
  check(stage: Stage): Promise<void>;
  /** Adds the missing lines; answers the .gitignore files that were written. */
  ignore(stage: Stage): string[];
  /** At the end: the lines that were added come in the order of the steps, whichever ended first. */
  arrange(steps: readonly Stage[]): void;
}

function cachedOutputs(stage: Stage): string[] {
  return stage.outs.filter((output) => output.cache).map((output) => path.resolve(stage.workingFolder, output.path));
}

/** The plain line that we or DVC wrote: found without reading all rules of the work tree. */
function hasOwnLine(target: string): boolean {
  const file = path.join(path.dirname(target), ".gitignore");
  const text = readIfExists(file)?.toString("utf8");
  return text !== undefined && `\n${text}\n`.includes(`\n/${path.basename(target)}\n`);
}

/** Files that Git tracks and the folders that hold some; absolute. */
async function trackedPaths(gitRoot: string): Promise<ReadonlySet<string>> {
  const { exitCode, stdout } = await tryGit(["ls-files", "-z", "--full-name"], { cwd: gitRoot });
  const paths = new Set<string>();
  if (exitCode !== 0) return paths;
  for (const name of stdout.toString("utf8").split("\0"))
    for (let inside = name; inside !== "" && inside !== "."; inside = path.posix.dirname(inside)) {
      const absolute = path.join(gitRoot, inside);
      if (paths.has(absolute)) break;
      paths.add(absolute);
    }
  return paths;
}

function alreadyTracked(target: string, root: string): SweeplineError {
  const name = path.relative(root, target);
  return new SweeplineError({
    code: "OUTPUT_TRACKED",
    message: `output '${name}' is already tracked by SCM (e.g. Git).`,
    hint: `To stop tracking it: git rm -r --cached '${name}' && git commit -m "stop tracking ${name}"`,
  });
}

export function outputIgnorer(project: Project): OutputIgnorer {
  const { gitRoot, root } = project;
  const files = ruleFiles();
  let tracked: Promise<ReadonlySet<string>> | undefined;
  const added = new Map<string, string>();
  return {
    async check(stage) {
      if (gitRoot === null) return;
      for (const target of cachedOutputs(stage)) {
        if (hasOwnLine(target) || mayBeTracked(gitRoot, path.relative(gitRoot, target)) === "no") continue;
        if (isGitIgnored(gitRoot, target, files)) continue;
        tracked ??= trackedPaths(gitRoot);
        if ((await tracked).has(target)) throw alreadyTracked(target, root);
      }
    },
    ignore(stage) {
      const missing = cachedOutputs(stage).filter((target) => !hasOwnLine(target));
      return missing.flatMap((target) => {
        const file = ignoreInGit(project, target, files);
        if (file !== undefined) added.set(target, file);
        return file ?? [];
      });
    },
    arrange(steps) {
      const targets = steps.flatMap(cachedOutputs).filter((target) => added.has(target));
      for (const file of new Set(added.values()))
        arrangeIgnored(
          file,
          targets.filter((target) => added.get(target) === file),
        );
    },
  };
}
