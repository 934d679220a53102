/** `--engine` and its kin, of the commands that run the queue. */

import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { SweeplineError } from "../../base/errors.ts";
import { existsSync } from "../../base/files.ts";
import { isOnPath } from "../../base/processes.ts";
import { quotedList } from "../../base/text/listing.ts";
import type { ExperimentsContext } from "../../experiments/repository.ts";
import { type Engine, type JobCount, sendsAway } from "../../run/engine.ts";
import { type EngineOption, engineSettings } from "../../run/engine-settings.ts";
import { localEngine } from "../../run/local-engine.ts";
import { optionsRefused } from "../words/refuse.ts";
import { collect, jobs } from "./arguments.ts";
import { defaultJobs, type LimitFlags, runLimits } from "./limits.ts";

export interface EngineFlags {
  readonly engine?: string;
  readonly slurm?: readonly string[];
  readonly slurmTemplate?: string;
  readonly pack?: number | "auto";
  readonly detach?: boolean;
}

function packing(value: string): number | "auto" {
  if (value === "auto") return value;
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("not a number of experiments (1 or more), nor auto");
  return jobs(value);
}

/** @param detach "offered" where the command may leave before the experiments have ended */
export function addEngineOptions(command: Command, detach: "offered" | "none" = "none"): Command {
  command
    .option("--engine <name>", "who runs them: local (this machine), slurm, or one of your configuration")
    .option("--slurm <option=value>", "with slurm: an option of sbatch, such as partition=gpu, time=2h", collect)
    .option("--slurm-template <file>", 'with slurm: a script of the site, whose last line is exec "$@"')
    .option("--pack <n>", "with slurm: so many experiments a task, one after the other; auto: about a minute", packing);
  if (detach === "offered") command.option("--detach", "with slurm: do not wait for the experiments");
  return command;
}

function unavailable(message: string, hint: string): SweeplineError {
  return new SweeplineError({ code: "ENGINE_UNAVAILABLE", message, hint });
}

const alone = { slurm: "--slurm", slurmTemplate: "--slurm-template", pack: "--pack", detach: "--detach" } as const;

function refuseForLocal(flags: EngineFlags): void {
  const keys = Object.keys(alone) as (keyof typeof alone)[];
  const given = keys.filter((key) => flags[key] !== undefined);
  const [first] = given;
  if (first === undefined) return;
  throw optionsRefused(
    `${alone[first]} is for an engine other than local`,
    first === "detach" ? "`sweepline queue start` runs the queue in the background." : "Such as --engine slurm.",
  );
}

/** What an engine of another machine can't have of ours. */
function refuseForOthers(name: string, flags: LimitFlags & { readonly stopEarly?: unknown }): void {
  if (flags.gpus !== undefined || flags.slots !== undefined)
    throw optionsRefused(
      `--gpus and --slots are devices of this machine: '${name}' gives out its own`,
      "On Slurm: --slurm gres=gpu:1 gives each task a GPU.",
    );
  if (flags.stopEarly !== undefined)
    throw optionsRefused(
      "--stop-early needs the steps of all runs on this machine",
      "Leave it out, or use --engine local.",
    );
}

type Settings = ReadonlyMap<EngineOption, string>;

interface AskedSlurm {
  readonly name: string;
  readonly flags: EngineFlags;
  readonly settings: Settings;
}

async function slurmFrom({ project }: ExperimentsContext, { name, flags, settings }: AskedSlurm): Promise<Engine> {
  if (!isOnPath("sbatch", process.env))
    throw unavailable(
      `the engine '${name}' needs Slurm's programs, and there is no sbatch on the PATH`,
      "It is used where they are, such as on a login node; `--engine local` runs on this machine.",
    );
  const [{ slurmEngine }, { sbatchOption }] = await Promise.all([
    import("../../run/slurm/engine.ts"),
    import("../../run/slurm/options.ts"),
  ]);
  const words = [...(settings.get("slurm") ?? "").split(/\s+/).filter((word) => word !== ""), ...(flags.slurm ?? [])];
  const template = flags.slurmTemplate ?? settings.get("template");
  const file = template === undefined ? undefined : path.resolve(project.root, template);
  if (file !== undefined && !existsSync(file))
    throw new SweeplineError({ code: "FILE_MISSING", message: `the script for Slurm '${template}' is not there` });
  const pack = flags.pack ?? packing(settings.get("pack") ?? "auto");
  return slurmEngine(name, { pack, sbatch: new Map(words.map(sbatchOption)), template: file });
}

/**
 * The engine that is asked for, by name or by `engine.default`.
 * Errors: ENGINE_UNAVAILABLE, BAD_OPTIONS for what it can't do, FILE_MISSING.
 */
export async function askedEngine(
  context: ExperimentsContext,
  flags: EngineFlags & LimitFlags & { readonly stopEarly?: unknown },
): Promise<Engine> {
  const { usual, named } = await engineSettings(context.repository);
  const name = flags.engine ?? usual ?? localEngine.name;
  if (name === localEngine.name) {
    refuseForLocal(flags);
    return localEngine;
  }
  const settings: Settings = named.get(name) ?? new Map();
  const type = settings.get("type") ?? name;
  if (type !== "slurm") {
    const names = [...new Set(["local", "slurm", ...named.keys()])];
    const words = named.has(name)
      ? `the engine '${name}' is of the type '${type}', which is not known`
      : `there is no engine '${name}'`;
    throw unavailable(
      words,
      `There is ${quotedList(names)}; \`sweepline config engine.NAME.type slurm\` names another.`,
    );
  }
  refuseForOthers(name, flags);
  return slurmFrom(context, { name, flags, settings });
}

/** What the whole queue, or some entries of it, are run with. */
export function engineRun<Asked extends Engine>(engine: Asked, options: LimitFlags & { readonly jobs?: JobCount }) {
  return {
    engine,
    jobs: options.jobs ?? engine.usualJobs ?? defaultJobs(options),
    onFailure: options.failFast ? ("stop" as const) : ("continue" as const),
    claims: "take" as const,
    limits: runLimits(options),
  };
}

/** The engine, where the command is to leave before the experiments have ended. */
export function detached(engine: Engine, flags: EngineFlags) {
  return flags.detach && sendsAway(engine) ? engine : undefined;
}
