/** A sweep that lives in a config (hydra.sweeper.params) under the overrides of a command line. */
import type { ParamEdit } from "../params/types.ts";
import { type EvaluatedOverride, sweepOf } from "./evaluate.ts";
import { type ExpandOptions, expandRead, type ReadArgument, readArguments, targetOf } from "./expand.ts";

const isSweeperSetting = (override: EvaluatedOverride): boolean => /^hydra[./]sweeper(\.|$)/.test(override.key);

/** Of the composed file; undefined for another file's, and for one that cannot be read: expandRead says why. */
function composedOverride({ file, outcome }: ReadArgument, options: ExpandOptions): EvaluatedOverride | undefined {
  return outcome.ok && targetOf(file, options) === "config" ? outcome.override : undefined;
}

const isSingle = (override: EvaluatedOverride | undefined): override is EvaluatedOverride =>
  override !== undefined && sweepOf(override) === undefined;

/** What the overrides that sweep over nothing change in the config, and with it the sweep that lives in it. */
export function singleEdits(given: readonly ReadArgument[], options: ExpandOptions): readonly ParamEdit[] {
  const single = given.filter((argument) => isSingle(composedOverride(argument, options)));
  return expandRead(single, options).points.flatMap(({ overrides }) => overrides.map(({ edit }) => edit));
}

/** The key of a value or group, whatever its prefix. */
const bareKey = ({ key, package: packageName }: EvaluatedOverride): string => `${key}@${packageName ?? ""}`;

interface Read {
  readonly argument: ReadArgument;
  readonly override: EvaluatedOverride | undefined;
}

/**
 * The overrides of the sweep and the given ones, which win: one of the same key takes the place of the sweep's own,
 * whatever the prefixes (Hydra keeps both where they differ). Settings of the sweeper have done their work and are left out.
 */
export function underGiven(
  params: readonly ReadArgument[],
  given: readonly ReadArgument[],
  options: ExpandOptions,
): readonly ReadArgument[] {
  const read = (argument: ReadArgument): Read => ({ argument, override: composedOverride(argument, options) });
  const rest = given.map(read).filter(({ override }) => !(isSingle(override) && isSweeperSetting(override)));
  const own = params.map(read);
  const replaces = ({ override }: Read, { override: replaced }: Read): boolean =>
    override !== undefined &&
    replaced !== undefined &&
    override.type !== "EXTEND_LIST" &&
    bareKey(override) === bareKey(replaced);
  const inPlace = own.flatMap((param) => {
    const winners = rest.filter((item) => replaces(item, param));
    return winners.length === 0 ? [param.argument] : winners.flatMap((winner) => replacement(param, winner, options));
  });
  const others = rest.filter((item) => !own.some((param) => replaces(item, param)));
  return [...inPlace, ...others.map(({ argument }) => argument)];
}

/** A key that only the sweep adds is added by what replaces it, too; deleted, it never was. */
function replacement(replaced: Read, { argument, override }: Read, options: ExpandOptions): readonly ReadArgument[] {
  const added = { ADD: "+", FORCE_ADD: "++", CHANGE: "", DEL: "", EXTEND_LIST: "" }[
    replaced.override?.type ?? "CHANGE"
  ];
  if (override === undefined || added === "") return [argument];
  if (override.type === "DEL") return [];
  return override.type === "CHANGE" ? [...readArguments([`${added}${override.text}`], options)] : [argument];
}
