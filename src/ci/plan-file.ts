import { SweeplineError } from "../base/errors.ts";
import { readInputIfExists } from "../base/files.ts";
import { type NamedFile, withNamedFile } from "../base/named-file.ts";
import { parsePlan, type SweepPlan } from "./plan.ts";

/** Throws PLAN_MISSING, PLAN_INVALID, FILE_REFUSED. */
export function readPlan(file: NamedFile): SweepPlan {
  const text = withNamedFile(file, readInputIfExists)?.toString();
  if (text !== undefined) return parsePlan(text, file.shown);
  throw new SweeplineError({
    code: "PLAN_MISSING",
    message: `there is no plan '${file.shown}'`,
    hint: "`sweepline matrix plan OVERRIDE... -o sweep.json` writes one; a job gets it as an artifact, or makes it again.",
  });
}
