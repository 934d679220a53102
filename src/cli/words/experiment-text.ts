/** Experiments in one line each. */
import { pythonRepr } from "../../base/python.ts";
import type { Value } from "../../base/value.ts";
import type { Difference } from "../../experiments/share/summaries.ts";
import type { FilesDiff } from "../../experiments/show/diff.ts";

const most = 8;

function shown(value: Value): string {
  if (value === null) return "nothing";
  return typeof value === "string" ? value : pythonRepr(value);
}

function changeTexts(diff: FilesDiff): readonly string[] {
  return [...diff].flatMap(([file, changes]) =>
    [...changes].map(
      ([name, change]) => `${name === "" ? file : name} is ${shown(change.new)} here and ${shown(change.old)} there`,
    ),
  );
}

/** `one: lr is 0.6 here and 0.5 there` */
export function differenceText({ experiment: { name }, params, metrics }: Difference): string {
  const texts = [...changeTexts(params), ...changeTexts(metrics)];
  if (texts.length === 0) return `${name}: the parameters and metrics are the same, the commits are not`;
  const more = texts.length > most ? ` and ${texts.length - most} more` : "";
  return `${name}: ${texts.slice(0, most).join(", ")}${more}`;
}

/** `loss=0.5 acc=0.9`; empty for none. */
export function metricsLine(metrics: ReadonlyMap<string, Value> | undefined): string {
  return [...(metrics ?? [])]
    .slice(0, most)
    .map(([name, value]) => `${name}=${shown(value)}`)
    .join(" ");
}
