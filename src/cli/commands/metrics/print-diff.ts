import type { ExperimentsContext } from "../../../experiments/repository.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import type { PartialDiff, TargetsRequest } from "../../../experiments/show/compare.ts";
import type { FilesDiff } from "../../../experiments/show/diff.ts";
import { openProject } from "../../../project/open.ts";
import type { DiffLayout } from "../../../report/diffs.ts";
import { type DiffOptions, diffLayout } from "../../options/diff.ts";
import { rebaseFiles, targetsFrom, warnUnreadable } from "../../options/targets.ts";
import type { Io } from "../../terminal/io.ts";

/** What is compared: metrics or parameters. */
export interface DiffSubject {
  readonly what: string;
  diff(context: ExperimentsContext, request: TargetsRequest): Promise<PartialDiff>;
  render(diff: FilesDiff, layout: DiffLayout): string;
}

export interface TargetsDiffOptions extends DiffOptions {
  readonly targets?: readonly string[];
}

/** Compares two revisions and prints the difference, files named from the command's folder. */
export async function printDiff(
  io: Io,
  { what, diff, render }: DiffSubject,
  asked: { readonly old: string; readonly new: string; readonly options: TargetsDiffOptions } & Pick<
    TargetsRequest,
    "params"
  >,
): Promise<void> {
  const { options, ...revisions } = asked;
  const project = openProject(io.cwd);
  const place = { project, folder: io.cwd };
  const result = await diff(openExperiments(project), {
    ...revisions,
    which: options.all ? "all" : "changed",
    targets: targetsFrom(place, options.targets),
  });
  warnUnreadable(io, what, result.unreadable);
  io.stdout.write(render(rebaseFiles(place, result.diff), diffLayout(io, revisions, options)));
}
