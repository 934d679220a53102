import type { CodeTable } from "./table.ts";

/** CI: plans, jobs and pipeline files. */
export const ciCodes = {
  BAD_PACKAGE: ["Jobs can't install the package named.", "Name a package, a file of the project or a URL."],
  BAD_POINT: ["`--point` is no position or range of positions of the plan.", "Positions start at 0: `7`, `0-3`."],
  BUNDLE_INVALID: ["A file is no bundle.", "Make it again with `matrix run --bundle FILE` or `exp bundle FILE`."],
  BUNDLE_REFUSED: ["A bundle can't be written.", "The message has the reason."],
  FILE_REFUSED: ["A file can't be read or written.", "The message has the system's reason."],
  FOLDER_UNSUPPORTED: [
    "No pipeline can be written for a project in a folder of this name.",
    "Letters, digits and `_ . -` work.",
  ],
  PLAN_DIFFERS: [
    "The plan is not the one that was emitted.",
    "Commit the overrides in sweep.txt, plan so without options, and emit that.",
  ],
  PLAN_INVALID: ["A plan can't be used, or was changed.", "Plan again."],
  PLAN_MISSING: ["There is no plan.", "`sweepline matrix plan OVERRIDE... -o sweep.json` writes one."],
  PLAN_NOT_EXACT: ["An override would not be read back from a plan as it is meant.", "Put the value into quotes."],
  PLAN_STALE: ["The plan is of another commit.", "Check out the plan's commit in every job, or plan again."],
  STORAGE_MISSING: ["The folder of a storage remote is not there.", "Mount it in every job."],
  TOO_MANY_JOBS: ["The CI system takes fewer jobs.", "Ask for fewer with `--max-jobs`: points share jobs then."],
  WORKSPACE_CHANGED: ["Tracked files differ from the plan's commit.", "Commit them and plan again, or put them back."],
} as const satisfies CodeTable;
