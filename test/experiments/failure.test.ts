import { describe, expect, test } from "vitest";
import {
  type FailureFacts,
  failureFacts,
  failureHint,
  failureText,
  missingFiles,
  type RunFailure,
} from "../../src/experiments/failure.ts";
import type { StageFailure } from "../../src/pipeline/types.ts";

const train = { address: "train", name: "train" };
const command = "sh train.sh";
const exited: StageFailure = { ...train, kind: "command", command, end: { exitCode: 3 } };
const killed: StageFailure = { ...train, kind: "command", command, end: { signal: "SIGKILL" } };
const missing: StageFailure = {
  ...train,
  kind: "missing-inputs",
  code: "DEPENDENCY_MISSING",
  message: "dependency 'x' does not exist",
  files: ["/copy/x"],
  problems: [],
  hint: "of a command in the workspace",
};
const output = { code: "OUTPUT_MISSING", message: "output 'y' does not exist", hint: "Write it." } as const;
const refused: StageFailure = { ...train, address: "eval", kind: "refused", ...output };
const full: StageFailure = { ...train, kind: "system", errno: "ENOSPC", message: "ENOSPC: no space left" };

const of = (...failures: StageFailure[]): RunFailure => ({ kind: "stages", failures });

describe("a failure as data and in words", () => {
  test.each<[RunFailure, FailureFacts, string]>([
    [
      of(exited),
      { code: "STAGE_FAILED", stage: "train", command, exitCode: 3 },
      "failed to reproduce 'train': failed to run: sh train.sh, exited with 3",
    ],
    [
      of(killed),
      { code: "STAGE_FAILED", stage: "train", command, signal: "SIGKILL" },
      "failed to reproduce 'train': failed to run: sh train.sh, exited with -9",
    ],
    [
      of(missing, refused),
      { code: "DEPENDENCY_MISSING", stage: "train" },
      "failed to reproduce 'train': dependency 'x' does not exist; failed to reproduce 'eval': output 'y' does not exist",
    ],
    [of(refused), { code: "OUTPUT_MISSING", stage: "eval" }, "failed to reproduce 'eval': output 'y' does not exist"],
    [of(full), { code: "STAGE_REFUSED", stage: "train" }, "failed to reproduce 'train': ENOSPC: no space left"],
    [{ kind: "refused", error: { code: "COPY_GONE", message: "gone" } }, { code: "COPY_GONE" }, "gone"],
    [{ kind: "timed-out", limitMs: 1500 }, { code: "TIMED_OUT" }, "timed out: it ran longer than 1.5 s"],
    [
      { kind: "timed-out", limitMs: 1500, stage: "train" },
      { code: "TIMED_OUT", stage: "train" },
      "timed out: it ran longer than 1.5 s",
    ],
    [{ kind: "killed" }, { code: "KILLED" }, "killed by `sweepline queue kill`"],
    [{ kind: "lost", reason: "its worker was lost: x" }, { code: "LOST" }, "its worker was lost: x"],
  ])("%j", (failure, facts, text) => {
    expect(failureFacts(failure)).toEqual(facts);
    expect(failureText(failure)).toBe(text);
    expect(structuredClone(failure)).toEqual(failure);
  });

  test("hints go with what was refused; files that are missing are told apart", () => {
    expect(failureHint(of(refused))).toBe("Write it.");
    expect(failureHint(of(missing))).toBeUndefined();
    expect(failureHint(of(exited))).toBeUndefined();
    expect(missingFiles(of(exited, missing))).toEqual(["/copy/x"]);
    expect(missingFiles({ kind: "refused", error: { ...output, missing: ["/copy/vars.yaml"] } })).toEqual([
      "/copy/vars.yaml",
    ]);
  });
});
