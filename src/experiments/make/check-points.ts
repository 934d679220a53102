/** What is to be told of points before they are queued or run. */
import { quotedList } from "../../base/text/listing.ts";
import { changedSubmodules } from "../../git/submodules.ts";
import { warnOfKinds } from "../point/kind-changes.ts";
import type { PointInputs } from "../point/point-inputs.ts";
import { type CommandsCheck, checkCommands } from "../point/shell-check.ts";
import type { ExperimentsContext } from "../repository.ts";

export interface PointsCheck extends CommandsCheck {
  readonly place: "copies" | "workspace";
}

type Warn = (message: string) => void;

/** Copies have submodules at the commits that the workspace names: what is not committed there stays behind. */
async function warnOfSubmodules({ repository }: ExperimentsContext, warn: Warn): Promise<void> {
  const changed = await changedSubmodules(repository);
  if (changed.length === 0) return;
  const names = quotedList(changed);
  warn(
    `changes inside of submodules are not in the copies where experiments run: commit them in ${names}, then \`git add\` these`,
  );
}

/**
 * Warns of overrides that make a parameter another kind of value, of submodules whose changes the runs would not see, and of
 * values that a shell would misread. Errors: SHELL_CHARACTERS with --strict, those of parameter and pipeline files.
 */
export async function checkPoints(context: ExperimentsContext, check: PointsCheck, warn: Warn): Promise<void> {
  await warnOfKinds(check.inputs, warn);
  if (check.place === "copies") await warnOfSubmodules(context, warn);
  await checkCommands(check, warn);
}

/** Throws what queueing the first point would throw, as for a key that is in no file: where points come one by one, before any is. */
export async function checkFirstPoint(inputs: PointInputs): Promise<void> {
  const [point] = inputs.points;
  if (point === undefined) return;
  for (const file of await inputs.paramFiles()) if (file.isWrittenAt(point)) file.valueAt(point);
}
