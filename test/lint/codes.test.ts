/** Every code of a failure is met by a test that names it: what it is told with may change, the code may not. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { errorAreas } from "../../src/base/error-codes.ts";
import { checkout } from "../rig/index.ts";

/** Those that tests look at by their words and exit codes only, or that take a fault to meet. The list becomes shorter. */
const byWords = new Set(
  [
    "APPLY_HALF_DONE BAD_FOLDER CHECKPOINTS_NEED_EXPERIMENT CHECKPOINT_LOST CONFIG_BAD_SWEEP DATA_MISSING",
    "DEPENDENCY_REMOTE DVC_FILE_INVALID FILE_EXISTS FILE_REFUSED GIT_NOT_STARTED GIT_REMOTE_DENIED GLOB_PATTERN",
    "GLOB_WITHOUT_GROUP IMPORT_UNSUPPORTED INPUTS_EDITED INTERPOLATION_INVALID INTERPOLATION_TOO_DEEP",
    "JSON_SAME_NAME NOT_AN_IMPORT NOT_KILLED NOT_STOPPED NO_LINK_TYPE PARAMS_MISSING PARAMS_NOT_STORABLE",
    "PARAM_EDIT_IMPOSSIBLE PLAN_NOT_EXACT PUSH_DENIED PUSH_REFUSED REMOTE_CHANGED REMOTE_OBJECT_BROKEN",
    "RESULT_UNREADABLE RUNNING SETTING_INVALID SHELL_CHARACTERS STAGE_GENERATED STAGE_INSIDE_OUTPUT",
    "STOPPED SUBMODULE_UNAVAILABLE TRANSFER_FAILED URL_FAILED URL_UNSUPPORTED UNKNOWN_COMMAND YAML_TOO_LARGE",
  ].flatMap((line) => line.split(" ")),
);

test("every code is named by a test", () => {
  const folder = path.join(checkout, "test");
  const named = new Set(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !name.startsWith("lint"))
      .flatMap((name) => readFileSync(path.join(folder, name), "utf8").match(/\b[A-Z][A-Z0-9_]{2,}\b/g) ?? []),
  );
  const unnamed = Object.values(errorAreas)
    .flatMap((codes) => Object.keys(codes))
    .filter((code) => !named.has(code));
  expect(unnamed.sort()).toEqual([...byWords].sort());
});
