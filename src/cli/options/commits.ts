/** `-a -T -A`: commands on data that take that of commits along. */
import type { Command } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { openExperiments } from "../../experiments/repository.ts";
import type { TrackedObject } from "../../pipeline/data/tracked.ts";
import type { Project } from "../../project/project.ts";

export interface CommitFlags {
  readonly allBranches?: boolean;
  readonly allTags?: boolean;
  readonly allCommits?: boolean;
}

export function addCommitOptions(command: Command): Command {
  return command
    .option("-a, --all-branches", "also the data of all branches")
    .option("-T, --all-tags", "also the data of all tags")
    .option("-A, --all-commits", "also the data of all commits");
}

/** The data of the commits that the flags name; none where they name none. */
export async function dataOfFlags(
  project: Project,
  targets: readonly string[],
  { allBranches, allTags, allCommits }: CommitFlags,
): Promise<readonly TrackedObject[]> {
  const of = [
    ...(allBranches ? (["branches"] as const) : []),
    ...(allTags ? (["tags"] as const) : []),
    ...(allCommits ? (["commits"] as const) : []),
  ];
  if (of.length === 0) return [];
  if (targets.length > 0)
    throw new SweeplineError({
      code: "BAD_OPTIONS",
      message: "targets are those of the workspace: they can't be used together with -a, -T and -A",
    });
  const { dataOfCommits } = await import("../../experiments/share/commit-data.ts");
  return dataOfCommits(openExperiments(project), { of });
}
