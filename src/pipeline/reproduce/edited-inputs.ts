/**
 * Inputs that somebody edits while a stage runs in the workspace. Nobody can tell whether the command read them before or
 * after, so its result belongs to neither: it is not recorded, and the run-cache, which would spread it, learns nothing.
 */
import { SweeplineError } from "../../base/errors.ts";
import { quotedList } from "../../base/text/listing.ts";
import { sameValue } from "../../base/value.ts";
import { shownItem, shownStage, type Work } from "../check/work.ts";
import type { LockItem, Stage } from "../types.ts";
import type { StageInputs } from "./entry.ts";

/** A folder that has got more files is a stage's own doing: Python leaves __pycache__ in what it depends on. */
function isEdited(before: LockItem, after: LockItem | undefined): boolean {
  const isSame = after?.md5 === before.md5 && after.checksum === before.checksum && after.etag === before.etag;
  if (after === undefined || isSame) return false;
  return before.nfiles === undefined || after.nfiles === undefined || after.nfiles <= before.nfiles;
}

/** Names of dependencies and `file:key` of parameters that are not what they were, as the stage names them. */
export function editedInputs(before: StageInputs, after: StageInputs): readonly string[] {
  const now = new Map(after.deps.map((item) => [item.path, item]));
  const deps = before.deps.filter((item) => isEdited(item, now.get(item.path))).map((item) => item.path);
  const params = [...before.params].flatMap(([file, values]) =>
    [...values]
      .filter(([key, value]) => !sameValue(value, after.params.get(file)?.get(key)))
      .map(([key]) => `${file}:${key}`),
  );
  return [...deps, ...params];
}

/** Throws INPUTS_EDITED where an input is not what it was before the stage ran. */
export function refuseEdited(
  work: Work,
  stage: Stage,
  inputs: { readonly before: StageInputs; readonly after: StageInputs },
): void {
  const edited = editedInputs(inputs.before, inputs.after);
  if (edited.length === 0) return;
  const names = edited.map((name) => shownItem(work, stage, name));
  throw new SweeplineError({
    code: "INPUTS_EDITED",
    message: `${quotedList(names)} changed while the stage ran, so its result is not recorded`,
    hint: `Run it again. If the change does not matter, \`sweepline commit ${shownStage(work, stage)}\` records what is there.`,
  });
}
