/**
 * How a stage says that its outputs are worth keeping, as DVC 2 had it: whoever makes a checkpoint writes an empty file and
 * waits until it is gone. DVC_CHECKPOINT=1 in the environment says that somebody listens.
 *
 * Each checkpoint stage listens in the project that it runs in, so experiments in copies never see each other's signal. A lock
 * beside the file says who listens: whoever waits finds out that nobody does any more.
 */
import path from "node:path";
import { lstatIfExists, makeFolder, readIfExists, removeFile, writePrivateFile } from "../../base/files.ts";
import { isCount, parseJson, shaped } from "../../base/json.ts";
import { isLockHeld } from "../../base/locks.ts";
import { pause } from "../../base/pause.ts";

/** DVC's name: set for stages with checkpoint outputs. */
export const checkpointVariable = "DVC_CHECKPOINT";

export interface CheckpointPlace {
  /** Written by the stage, removed by us once the checkpoint is safe. */
  readonly signal: string;
  /** The lock of the run that listens. */
  readonly listener: string;
  /** Written by DVCLive 3 after each step, for who is interested: it does not wait. */
  readonly step: string;
}

/** @param tmpDir of the project in which the stage runs */
export function checkpointPlace(tmpDir: string): CheckpointPlace {
  const signal = path.join(tmpDir, "DVC_CHECKPOINT");
  const step = path.join(tmpDir, "exps", "run", "DVCLIVE_STEP_COMPLETED");
  return { signal, listener: `${signal}.listener`, step };
}

/** Which signal it is; undefined: none. One that is given while another is answered is a new one. */
export function signalGiven({ signal }: CheckpointPlace): string | undefined {
  const stats = lstatIfExists(signal);
  return stats === undefined ? undefined : `${stats.ino} ${stats.mtimeMs} ${stats.ctimeMs}`;
}

const isStep = shaped<{ readonly step: number }>({ step: isCount });

/** How many steps DVCLive has done; 0 where it tells none, or is just writing it. */
export function stepsDone({ step }: CheckpointPlace): number {
  const told = parseJson(readIfExists(step)?.toString() ?? "");
  return isStep(told) ? told.step + 1 : 0;
}

export function clearSteps({ step }: CheckpointPlace): void {
  removeFile(step);
}

export function clearSignal({ signal }: CheckpointPlace): void {
  removeFile(signal);
}

const pollMs = 10;
/** Whether somebody listens is looked up that seldom. */
const looksPerQuestion = 20;

/** Gives the signal and waits for the answer: "safe", or "nobody" where no run listens, or none any more. */
export async function askForCheckpoint(place: CheckpointPlace): Promise<"safe" | "nobody"> {
  if (!isLockHeld(place.listener)) return "nobody";
  makeFolder(path.dirname(place.signal));
  writePrivateFile(place.signal, "");
  for (let look = 1; signalGiven(place) !== undefined; look++) {
    if (look % looksPerQuestion === 0 && !isLockHeld(place.listener)) {
      // It may have been answered between the two looks.
      if (signalGiven(place) === undefined) break;
      clearSignal(place);
      return "nobody";
    }
    await pause(pollMs);
  }
  return "safe";
}
