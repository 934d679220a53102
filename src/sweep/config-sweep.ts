/** A sweep that lives in a config (hydra.sweeper.params) under the overrides of a command line. */
import type { ParamEdit } from "../params/types.ts";
import { type EvaluatedOverride, evaluateOverride, sweepOf } from "./evaluate.ts";
import { type ExpandOptions, expandPoints, splitFile, targetOf } from "./expand.ts";

const isSweeperSetting = (override: EvaluatedOverride): boolean => /^hydra[./]sweeper(\.|$)/.test(override.key);

/** Of the composed file; undefined for another file's, and for one that cannot be read: expandPoints says why. */
function composedOverride(argument: string, options: ExpandOptions): EvaluatedOverride | undefined {
  const { file, text } = splitFile(argument);
  const outcome = evaluateOverride(text, options);
  return outcome.ok && targetOf(file, options) === "config" ? outcome.override : undefined;
}

const isSingle = (override: EvaluatedOverride | undefined): override is EvaluatedOverride =>
  override !== undefined && sweepOf(override) === undefined;

/** What the overrides that sweep over nothing change in the config, and with it the sweep that lives in it. */
export function singleEdits(given: readonly string[], options: ExpandOptions): readonly ParamEdit[] {
  const single = given.filter((argument) => isSingle(composedOverride(argument, options)));
  return expandPoints(single, options).points.flatMap(({ overrides }) => overrides.map(({ edit }) => edit));
}

/** The key of a value or group, whatever its prefix. */
const bareKey = ({ key, package: packageName }: EvaluatedOverride): string => `${key}@${packageName ?? ""}`;

interface Read {
  readonly argument: string;
  readonly override: EvaluatedOverride | undefined;
}

/**
 * The overrides of the sweep and the given ones, which win: one of the same key takes the place of the sweep's own,
 * whatever the prefixes (Hydra keeps both where they differ). Settings of the sweeper have done their work and are left out.
 */
export function underGiven(
  params: readonly string[],
  given: readonly string[],
  options: ExpandOptions,
): readonly string[] {
  const read = (argument: string): Read => ({ argument, override: composedOverride(argument, options) });
  const rest = given.map(read).filter(({ override }) => !(isSingle(override) && isSweeperSetting(override)));
  const own = params.map(read);
  const replaces = ({ override }: Read, { override: replaced }: Read): boolean =>
    override !== undefined &&
    replaced !== undefined &&
    override.type !== "EXTEND_LIST" &&
    bareKey(override) === bareKey(replaced);
  const inPlace = own.flatMap((param) => {
    const winners = rest.filter((item) => replaces(item, param));
    return winners.length === 0 ? [param.argument] : winners.flatMap((winner) => replacement(param, winner));
  });
  const others = rest.filter((item) => !own.some((param) => replaces(item, param)));
  return [...inPlace, ...others.map(({ argument }) => argument)];
}

/** A key that only the sweep adds is added by what replaces it, too; deleted, it never was. */
function replacement(replaced: Read, { argument, override }: Read): readonly string[] {
  const added = { ADD: "+", FORCE_ADD: "++", CHANGE: "", DEL: "", EXTEND_LIST: "" }[
    replaced.override?.type ?? "CHANGE"
  ];
  if (override === undefined || added === "") return [argument];
  if (override.type === "DEL") return [];
  return [override.type === "CHANGE" ? `${added}${override.text}` : argument];
}
