import { Command } from "commander";
import { exitCodes } from "../../../base/errors.ts";
import { visibleText } from "../../../base/text/visible.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { type Applied, applyExperiment } from "../../../experiments/results/apply.ts";
import { checkoutOutputs } from "../../../pipeline/data/checkout.ts";
import type { WorkspaceLock } from "../../../pipeline/locks/workspace-lock.ts";
import { openProject } from "../../../project/open.ts";
import type { Project } from "../../../project/project.ts";
import { openCache } from "../../../store/cache.ts";
import { print } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { refuseFailed } from "../data/workspace-checkout.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

/** Where the workspace's changes and files went. */
function keptLines({ stash, untracked, older }: Applied): readonly string[] {
  const [first] = untracked;
  const lines: string[] = [];
  if (stash !== undefined)
    lines.push("The changes that you had are kept: git reset --hard && git stash apply refs/exps/apply/stash");
  if (first !== undefined)
    lines.push(
      untracked.length === 1
        ? `1 untracked file was replaced; it is kept: git checkout refs/exps/apply/untracked -- ${first}`
        : `${untracked.length} untracked files were replaced; they are kept: git checkout refs/exps/apply/untracked -- FILE`,
    );
  if (untracked.length > 1) lines.push(...untracked.map((file) => `  ${file}`));
  for (const ref of older) lines.push(`What an earlier apply kept is now at ${ref}`);
  return lines.length === 0 ? [] : ["", ...lines];
}

async function apply(project: Project, lock: WorkspaceLock, name: string) {
  lock.refuseBusy("anything");
  const applied = await applyExperiment(openExperiments(project), name);
  const { failed } = await checkoutOutputs({
    project,
    cache: openCache(project),
    folder: project.root,
    targets: [],
    recursive: false,
    unsaved: "overwrite",
    links: "keep",
    missing: "refuse",
    lock,
  });
  return { applied, failed };
}

/** `sweepline exp apply` */
export const command: CommandFactory = (io, finish) =>
  new Command("apply")
    .description("Lay an experiment over the workspace: its files and its outputs. HEAD stays where it is.")
    .argument("<experiment>", "name, commit id or full ref; also of a queued or failed one")
    .addHelpText(
      "after",
      `
Changes that you had are kept. To get them back:
  git reset --hard && git stash apply refs/exps/apply/stash
Untracked files that the experiment's own replace are kept too:
  git checkout refs/exps/apply/untracked -- FILE
What earlier calls kept there is listed by: git for-each-ref refs/exps/apply/older
`,
    )
    .action(async (name: string) => {
      const project = openProject(io.cwd);
      const { applied, failed } = await withWorkspaceLock(project, (lock) => apply(project, lock, name));
      print(io, `Changes for experiment '${applied.name}' have been applied to your current workspace.`);
      for (const line of keptLines(applied)) print(io, visibleText(line));
      refuseFailed({ failed }, io.cwd);
      finish(exitCodes.ok);
    });
