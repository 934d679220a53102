/** What the jobs are sent with: options of sbatch, as a user or the configuration gives them. Pure. */
import { SweeplineError } from "../../base/errors.ts";
import type { Packing } from "./pack.ts";

export interface SlurmOptions {
  readonly pack: Packing;
  /** Options of sbatch, `partition` to `gpu`; an empty value for those that take none. */
  readonly sbatch: ReadonlyMap<string, string>;
  /** A script of the site's, absolute, which runs its arguments: `exec "$@"`. */
  readonly template: string | undefined;
}

/** Those that we give, and those that would keep us from hearing of the job. */
const own =
  /^(array|chdir|clusters|dependency|error|export-file|input|job-name|open-mode|output|parsable|quiet|test-only|wait|wrap|version|help|usage)$/;

function refuse(message: string): SweeplineError {
  return new SweeplineError({
    code: "BAD_OPTIONS",
    message,
    hint: "Such as --slurm partition=gpu, --slurm gres=gpu:1, --slurm time=2h: options of sbatch by their long names.",
  });
}

const minutesOf: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 24 * 60 };

/** `2h`, `90m` as minutes; what Slurm has itself (`1-12:00`, `02:00:00`, `30`) stays. */
function slurmTime(value: string): string {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== value) return value;
  const minutes = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (minutesOf[unit ?? ""] ?? 0), 0);
  return String(Math.max(1, Math.ceil(minutes)));
}

/** `partition=gpu` as name and value. Errors: BAD_OPTIONS for what is no option of sbatch, or one that is ours to give. */
export function sbatchOption(text: string): readonly [name: string, value: string] {
  const [, name = "", value = ""] = /^([a-z][a-z0-9-]{1,40})(?:=(.*))?$/.exec(text) ?? [];
  if (name === "") throw refuse(`'${text}' is no option of sbatch`);
  if (own.test(name)) throw refuse(`'${name}' of sbatch is sweepline's to give`);
  return [name, name === "time" ? slurmTime(value) : value];
}

/** How long before the limit the signal comes. Slurm is coarse: it may come a minute early. */
const warningSeconds = 120;

/** The options of sbatch in its own form, with ours that a user may replace. */
export function sbatchWords(options: ReadonlyMap<string, string>): readonly string[] {
  const usual = new Map([["signal", `B:USR1@${warningSeconds}`]]);
  if (!options.has("no-requeue")) usual.set("requeue", "");
  return [...new Map([...usual, ...options])].map(([name, value]) => `--${name}${value === "" ? "" : `=${value}`}`);
}
