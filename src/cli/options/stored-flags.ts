import type { StoredFlags } from "../../experiments/record.ts";
import { reproduceDefaults } from "../../pipeline/types.ts";
import { type ReproduceFlags, reproduceOptions } from "./reproduce.ts";

/** The options of `repro` that an experiment keeps: those that differ from the defaults. */
export function storedFlags(flags: ReproduceFlags): StoredFlags {
  const { targets: _targets, interactive: _interactive, dry: _dry, ...rest } = reproduceOptions([], flags);
  const defaults: Readonly<Record<string, unknown>> = reproduceDefaults;
  return Object.fromEntries(Object.entries(rest).filter(([name, value]) => value !== defaults[name]));
}
