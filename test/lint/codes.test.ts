/** Every code of a failure is met by a test that names it: what it is told with may change, the code may not. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { errorAreas } from "../../src/base/error-codes.ts";
import { checkout } from "../rig/index.ts";

/** Those that no test names, each with the reason. The list becomes shorter. */
const unmet: Readonly<Record<string, string>> = {
  BAD_FOLDER: "it is told before -v is read, which prints codes: test/cli/cd.test.ts looks at its words",
  NOT_KILLED: "a run has a minute to end when it is told to",
  NOT_STOPPED: "workers have a minute to answer",
  PARAM_EDIT_IMPOSSIBLE: "a gap in an editor of ours; the properties of test/params look for one",
  PLAN_NOT_EXACT: "a gap in the printer of overrides; the properties of test/grammar look for one",
  REMOTE_CHANGED: "another push between two steps of ours",
  REMOTE_OBJECT_BROKEN: "it is one of several files that fail, which are told together as TRANSFER_FAILED",
  RESULT_UNREADABLE: "a file that the user may not read: nobody is refused one as root",
  STOPPED: "an interrupt of `stage add --run`",
  SUBMODULE_UNAVAILABLE: "it fails in a copy: test/repositories/submodules.test.ts looks at its words",
  UNKNOWN_COMMAND: "it is told before -v is read: test/cli/usage.test.ts looks at its words",
};

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
  expect(unnamed.sort()).toEqual(Object.keys(unmet).sort());
});
