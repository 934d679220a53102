import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import type { Applied, AskedExperiment } from "../../../experiments/results/apply.ts";
import { applyWithOutputs } from "../../../experiments/results/apply-outputs.ts";
import type { CheckoutOutcome } from "../../../pipeline/data/checkout.ts";
import { openProject } from "../../../project/open.ts";
import { appliedLines } from "../../../report/applied-text.ts";
import {
  addBestOptions,
  addScopeOptions,
  addWhereOption,
  type FindFlags,
  findRequest,
  type ScopeFlags,
  scopeOfCondition,
} from "../../options/find.ts";
import { type Io, print, printJson } from "../../terminal/io.ts";
import type { CommandFactory } from "../command.ts";
import { refuseFailed } from "../data/workspace-checkout.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

function report(io: Io, applied: Applied, outcome: CheckoutOutcome): void {
  for (const line of appliedLines(applied, outcome, io.cwd)) print(io, line);
}

/** The same as data; refs name what is kept. */
function reportJson(io: Io, applied: Applied, outcome: CheckoutOutcome): void {
  const { name, foreign, stash, untracked, older } = applied;
  const from = (file: string) => path.relative(io.cwd, file);
  const outputs = outcome.kept.map(({ file, object }) => ({ file: from(file), object: from(object) }));
  const failed = outcome.failed.map(from);
  printJson(
    io,
    JSON.stringify({
      applied: name,
      foreign: foreign ?? null,
      kept: { stash: stash ?? null, untracked, older, outputs },
      failed,
    }),
  );
}

interface Flags extends FindFlags, ScopeFlags {
  readonly json?: boolean;
}

/** The one that is named, or the best by a metric: by its commit, which means no other. */
async function applyAsked(
  context: ExperimentsContext,
  name: string | undefined,
  options: Flags,
): Promise<AskedExperiment> {
  const request = findRequest(options, undefined);
  const scope = scopeOfCondition(options);
  if (name !== undefined && request.best === undefined && request.where === undefined) return { rev: name };
  if (name !== undefined || request.best === undefined)
    throw new SweeplineError({
      code: "NOTHING_CHOSEN",
      message: "Either name an experiment, or use --best METRIC, with or without --where.",
    });
  const { bestInScope } = await import("../../../experiments/find/scope.ts");
  const { facts } = await bestInScope(context, { where: request.where, best: request.best }, scope);
  return { rev: facts.commit, label: facts.name ?? facts.commit };
}

const examples = `
Examples:
  sweepline exp apply brave-ibex
  sweepline exp apply --best accuracy
  sweepline exp apply --best loss --where 'units == 64'
`;

/** `sweepline exp apply` */
export const command: CommandFactory = (io, finish) =>
  addScopeOptions(
    addBestOptions(
      addWhereOption(
        new Command("apply")
          .description("Lay an experiment over the workspace: its files and its outputs. HEAD stays where it is.")
          .argument("[experiment]", "name, commit id or full ref; also of a queued or failed one"),
      ),
    ),
  )
    .addHelpText(
      "after",
      `
Where it fails, all is put back. Changes that you had are kept. To get them back:
  git reset --hard && git stash apply refs/exps/apply/stash
Untracked files that the experiment's own replace are kept too:
  git checkout refs/exps/apply/untracked -- FILE
What earlier calls kept there is listed by: git for-each-ref refs/exps/apply/older
`,
    )
    .option("--json", "print as JSON what was done")
    .addHelpText("after", examples)
    .action(async (given: string | undefined, options: Flags) => {
      const project = openProject(io.cwd);
      const context = openExperiments(project);
      const request = await applyAsked(context, given, options);
      const { applied, outcome } = await withWorkspaceLock(project, (lock) => applyWithOutputs(context, request, lock));
      (options.json ? reportJson : report)(io, applied, outcome);
      refuseFailed(outcome, io.cwd);
      finish(exitCodes.ok);
    });
