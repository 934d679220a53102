/** `exp list` in each of its formats. */

import { pythonRepr } from "../base/python.ts";
import { jsonOf, visible } from "../base/text/visible.ts";
import { toPlain, type Value } from "../base/value.ts";
import type { ListedGroup } from "../experiments/show/list.ts";

export type ListFormat = "tree" | "names" | "ids" | "json";

/** By commit; undefined: they were not asked for. */
type Metrics = ReadonlyMap<string, ReadonlyMap<string, Value>> | undefined;

function metricsSuffix(metrics: Metrics, commit: string): string {
  const values = [...(metrics?.get(commit) ?? [])];
  const texts = values.map(([name, value]) => `${name}=${typeof value === "string" ? value : pythonRepr(value)}`);
  return texts.length === 0 ? "" : `  ${visible(texts.join(" "))}`;
}

function treeLines({ baseline, name, experiments }: ListedGroup, metrics: Metrics): readonly string[] {
  const lines = experiments.map((experiment) => {
    const title = experiment.isLocal
      ? `${experiment.commit.slice(0, 7)} [${visible(experiment.name)}]`
      : visible(experiment.name);
    return `\t${title}${metricsSuffix(metrics, experiment.commit)}`;
  });
  return [`${visible(name ?? baseline.slice(0, 7))}:`, ...lines];
}

function listJson(groups: readonly ListedGroup[], metrics: Metrics): string {
  const plain = groups.map(({ baseline, name, experiments }) => ({
    baseline,
    name,
    experiments: experiments.map(({ name: experiment, commit }) => ({
      name: experiment,
      rev: commit,
      ...(metrics === undefined ? {} : { metrics: toPlain(metrics.get(commit) ?? new Map()) }),
    })),
  }));
  return jsonOf(plain);
}

/** The text of `exp list`; nothing where there are no experiments. */
export function renderList(groups: readonly ListedGroup[], format: ListFormat, metrics?: Metrics): string {
  if (format === "json") return `${listJson(groups, metrics)}\n`;
  const lines = groups.flatMap((group) => {
    if (format === "tree") return treeLines(group, metrics);
    return group.experiments.map(({ name, commit }) => (format === "names" ? visible(name) : commit));
  });
  return lines.map((line) => `${line}\n`).join("");
}
