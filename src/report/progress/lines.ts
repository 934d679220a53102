/** The words of progress: one line an event, the same on a terminal and in a pipe. Everything that comes from outside is made visible here: no terminal obeys it. */

import { quotedList } from "../../base/text/listing.ts";
import { visible } from "../../base/text/visible.ts";
import type { Value } from "../../base/value.ts";
import type { ExperimentLabel, RunEvent } from "../../experiments/events.ts";
import { cellText, significantFloats } from "../cells.ts";
import { durationText } from "./duration.ts";

export type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { type: Type }>;

/** `lively-otter (lr=0.1 units=64)`. */
export function labelText(label: ExperimentLabel): string {
  const name = visible(label.name);
  return label.overrides.length === 0 ? name : `${name} (${overridesText(label.overrides)})`;
}

export function overridesText(overrides: readonly string[]): string {
  return visible(overrides.join(" "));
}

/** The key and the value of `params.yaml:train.lr=0.1`; a text without a value is all key. */
function partsOf(override: string): readonly [key: string, value: string] {
  const end = override.indexOf("=");
  return end < 0 ? [override, ""] : [override.slice(0, end), override.slice(end)];
}

/** `lr=0.1` for `train.lr=0.1`, where no other override of the point ends so: a terminal has little room. */
export function shortOverrides(overrides: readonly string[]): readonly string[] {
  const parts = overrides.map(partsOf);
  const endingsOf = (key: string) => {
    const words = key.slice(key.lastIndexOf(":") + 1).split(".");
    return words.map((_, at) => words.slice(words.length - 1 - at).join("."));
  };
  const times = new Map<string, number>();
  for (const [key] of parts) for (const ending of endingsOf(key)) times.set(ending, (times.get(ending) ?? 0) + 1);
  return parts.map(([key, value]) => {
    const short = endingsOf(key).find((ending) => ending !== "" && times.get(ending) === 1);
    return (short ?? key) + value;
  });
}

/** As in the table of `exp show`; the exact value is in the metrics file and in `--json`. */
const metricFloats = significantFloats(5);

export function metricsText(metrics: ReadonlyMap<string, Value>): string {
  return visible([...metrics].map(([name, value]) => `${name}=${cellText(value, metricFloats)}`).join(" "));
}

/** The metrics come before the overrides: where a terminal cuts the line, they are still there. */
export function finishedText({ experiment, metrics, warning, stopped, elapsedMs }: EventOf<"finished">): string {
  const results = metrics.size === 0 ? "" : `: ${metricsText(metrics)}`;
  const overrides = experiment.overrides.length === 0 ? "" : ` (${overridesText(experiment.overrides)})`;
  const doubt = warning === undefined ? "" : ` (WARNING: ${visible(warning)})`;
  const early = stopped === undefined ? "" : `, stopped early by ${visible(stopped.rule)} after step ${stopped.step}`;
  return `${visible(experiment.name)} in ${durationText(elapsedMs)}${early}${doubt}${results}${overrides}`;
}

/** `trial 5 of 60, keen-owl: loss=0.3 (best 0.21 of wavy-ibex), about 3m 20s left` */
export function trialText(event: EventOf<"trial">): string {
  const { name, number, total, values, violated, lacks = [], stopped, best } = event;
  const results =
    values === undefined
      ? "nothing to compare"
      : Object.entries(values)
          .map(([metric, value]) => `${metric}=${cellText(value, metricFloats)}`)
          .join(" ");
  const doubt = violated === "some" ? ", breaks a constraint" : "";
  const lacking = lacks.length === 0 ? "" : `, has no metric ${quotedList(lacks)}`;
  const known = best === undefined ? "" : ` (best ${cellText(best.value, metricFloats)} of ${best.name})`;
  const early = stopped === undefined ? "" : `, stopped early by ${stopped.rule} after step ${stopped.step}`;
  const of = total === undefined ? "" : ` of ${total}`;
  return visible(`trial ${number}${of}, ${name}: ${results}${doubt}${lacking}${early}${known}${leftText(event)}`);
}

function leftText({ left }: EventOf<"trial">): string {
  if (left === undefined || left.ms === 0) return "";
  return `, ${left.by === "trials" ? "about " : ""}${durationText(left.ms)} left`;
}

export function requeuedText(event: EventOf<"requeued">): string {
  return `${visible(event.experiment.name)}: ${visible(event.reason)}`;
}

export function interruptingText({ cause, failures = 1 }: EventOf<"interrupting">): string {
  const what = "running stages are being stopped";
  if (cause === "request") return `interrupted: ${what}; once more ends them at once`;
  if (cause === "limit") return `the time of this job is nearly over: ${what}`;
  const why = cause === "error" ? "an error" : failures === 1 ? "the first failure" : `${failures} failures`;
  return `stopping after ${why}: ${what}`;
}

const countsOf = (event: EventOf<"summary">) => [
  event.succeeded.length,
  event.failed.length,
  event.queued,
  event.elsewhere.running,
  event.elsewhere.failed,
  event.elsewhere.succeeded,
];

/** What is left to do, and what others did, one line each. */
function restLines({ queued, elsewhere }: EventOf<"summary">): string[] {
  const lines: string[] = [];
  if (queued > 0) lines.push(`${queued} still queued: the same command, or exp run --run-all, goes on`);
  if (elsewhere.running > 0)
    lines.push(`${elsewhere.running} ${elsewhere.running === 1 ? "is" : "are"} run by another process`);
  if (elsewhere.succeeded > 0) lines.push(`${elsewhere.succeeded} succeeded in another process`);
  if (elsewhere.failed > 0) lines.push(`${elsewhere.failed} failed in another process`);
  return lines;
}

/** The counts and what is left; undefined where there was nothing to do. */
export function countsText(event: EventOf<"summary">): string | undefined {
  if (countsOf(event).every((count) => count === 0)) return undefined;
  const counts = [`${event.succeeded.length} succeeded`, `${event.failed.length} failed`];
  if (event.requeued.length > 0) counts.push(`${event.requeued.length} put back into the queue`);
  return [`${counts.join(", ")} in ${durationText(event.elapsedMs)}`, ...restLines(event)].join("\n");
}
