/** What the `matrix` commands share. */
import { buffer } from "node:stream/consumers";
import { type Command, InvalidArgumentError } from "commander";
import { closeSync } from "../../../base/files.ts";
import { namedFile, withNamedFile } from "../../../base/named-file.ts";
import { writeNamedFile } from "../../../base/named-output.ts";
import { appendTo, openAppend } from "../../../base/open-files.ts";
import type { Planning } from "../../../ci/planning.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { openProject } from "../../../project/open.ts";
import { compositionSettings } from "../../options/composition.ts";
import type { Io } from "../../terminal/io.ts";

const defaultPlanFile = "sweep.json";

/** A plan is made in the working folder. */
export function planningHere(io: Io): Planning {
  return {
    ...compositionSettings(io),
    context: openExperiments(openProject(io.cwd)),
    folder: io.cwd,
    readStdin: async () => (await buffer(io.stdin)).toString(),
  };
}

/** `-` is standard output; so is its device, for which a closed pipe must mean the same. */
export function writeNamed(io: Io, file: string, text: string): void {
  if (file === "-" || file === "/dev/stdout") io.stdout.write(text);
  else withNamedFile(namedFile(io.cwd, file), (path) => writeNamedFile(path, text));
}

export function appendNamed(io: Io, file: string, text: string): void {
  withNamedFile(namedFile(io.cwd, file), (path) => {
    const handle = openAppend(path);
    try {
      appendTo(handle, text);
    } finally {
      closeSync(handle);
    }
  });
}

/** A number of jobs that a system is told; larger than what one machine takes. */
export function matrixJobs(value: string): number {
  if (!/^[1-9]\d{0,6}$/.test(value)) throw new InvalidArgumentError("not a number of jobs (1 or more)");
  return Number(value);
}

export const packageText = "the package of sweepline that jobs install, as npm names it (default: this minor version)";

export function addPlanOption(command: Command): Command {
  return command.option("--plan <file>", "the plan", defaultPlanFile);
}
