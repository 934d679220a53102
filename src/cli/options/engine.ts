/** `--engine` of the commands that run the queue. */
import type { Command } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import type { Engine } from "../../run/engine.ts";
import { localEngine } from "../../run/local-engine.ts";

export interface EngineFlags {
  readonly engine?: string;
}

export function addEngineOptions(command: Command): Command {
  return command.option("--engine <name>", "who runs the experiments: local, this machine (default: local)");
}

/** The engine that is asked for. Errors: ENGINE_UNAVAILABLE. */
export function askedEngine({ engine = localEngine.name }: EngineFlags): Engine {
  if (engine === localEngine.name) return localEngine;
  throw new SweeplineError({
    code: "ENGINE_UNAVAILABLE",
    message: `there is no engine '${engine}'`,
    hint: "There is local.",
  });
}
