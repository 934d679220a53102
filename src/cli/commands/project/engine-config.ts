/** `config engine.default` and `config engine.NAME.type` and its kin. */
import { SweeplineError } from "../../../base/errors.ts";
import { type ConfigLevel, configError } from "../../../project/config.ts";
import { engineNamePattern, engineOptions } from "../../../run/engine-settings.ts";
import { sbatchOption } from "../../../run/slurm/options.ts";
import type { Io } from "../../terminal/io.ts";
import { type GitConfigChange, gitConfigOption } from "./git-config.ts";

export interface EngineChange {
  /** `engine.gpu.type` */
  readonly name: string;
  readonly level: ConfigLevel | undefined;
  readonly to: GitConfigChange;
}

function invalid(message: string): SweeplineError {
  return new SweeplineError({ code: "CONFIG_INVALID", message });
}

const checks: Readonly<Record<string, (value: string) => void>> = {
  type: (value) => {
    if (value !== "slurm") throw invalid(`there is no engine of the type '${value}', but slurm`);
  },
  pack: (value) => {
    if (!/^(auto|[1-9]\d{0,6})$/.test(value)) throw invalid(`'${value}' is no number of experiments, nor auto`);
  },
  slurm: (value) => {
    for (const word of value.split(/\s+/)) if (word !== "") sbatchOption(word);
  },
};

/** Reads or changes one of them. Errors: CONFIG_INVALID, BAD_OPTIONS, GIT_FAILED. */
export async function engineOption(io: Io, { name, level, to }: EngineChange): Promise<void> {
  const found = new RegExp(`^engine\\.(?:(${engineNamePattern})\\.([a-z]+)|default)$`).exec(name);
  const [, engine, option = "default"] = found ?? [];
  const isKnown = engine === undefined || engineOptions.some((each) => each === option);
  if (found === null || !isKnown)
    throw configError(
      `'${name}' is none of engine.default and engine.NAME.OPTION: the options are ${engineOptions.join(", ")}`,
    );
  if (engine === "local") throw configError("the engine 'local' is this machine: it has no options");
  if (typeof to === "object") checks[option]?.(to.value);
  const section = engine === undefined ? "engine" : `engine.${engine}`;
  await gitConfigOption(io, { key: `sweepline.${section}.${option}`, option, section, level }, to);
}
