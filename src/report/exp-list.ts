/** `exp list` in each of its formats. */

import { pythonRepr } from "../base/python.ts";
import { jsonOf, visible } from "../base/text/visible.ts";
import { toPlain } from "../base/value.ts";
import type { CommitSummary } from "../experiments/share/summaries.ts";
import type { ListedGroup } from "../experiments/show/list.ts";

export type ListFormat = "tree" | "names" | "ids" | "json";

/** By commit; undefined: they were not asked for. */
type Summaries = ReadonlyMap<string, CommitSummary> | undefined;

function summarySuffix(summaries: Summaries, commit: string): string {
  const { metrics = [], trial } = summaries?.get(commit) ?? {};
  const named = trial === undefined ? [] : [`trial ${trial}`];
  const values = [...metrics].map(
    ([name, value]) => `${name}=${typeof value === "string" ? value : pythonRepr(value)}`,
  );
  const texts = [...named, ...values];
  return texts.length === 0 ? "" : `  ${visible(texts.join(" "))}`;
}

function treeLines({ baseline, name, experiments }: ListedGroup, summaries: Summaries): readonly string[] {
  const lines = experiments.map((experiment) => {
    const title = experiment.isLocal
      ? `${experiment.commit.slice(0, 7)} [${visible(experiment.name)}]`
      : visible(experiment.name);
    return `\t${title}${summarySuffix(summaries, experiment.commit)}`;
  });
  return [`${visible(name ?? baseline.slice(0, 7))}:`, ...lines];
}

function summaryFields(summaries: Summaries, commit: string) {
  if (summaries === undefined) return {};
  const { metrics = new Map(), trial } = summaries.get(commit) ?? {};
  return { ...(trial === undefined ? {} : { trial }), metrics: toPlain(metrics) };
}

function listJson(groups: readonly ListedGroup[], summaries: Summaries): string {
  const plain = groups.map(({ baseline, name, experiments }) => ({
    baseline,
    name,
    experiments: experiments.map(({ name: experiment, commit }) => ({
      name: experiment,
      rev: commit,
      ...summaryFields(summaries, commit),
    })),
  }));
  return jsonOf(plain);
}

/** The text of `exp list`; nothing where there are no experiments. */
export function renderList(groups: readonly ListedGroup[], format: ListFormat, summaries?: Summaries): string {
  if (format === "json") return `${listJson(groups, summaries)}\n`;
  const lines = groups.flatMap((group) => {
    if (format === "tree") return treeLines(group, summaries);
    return group.experiments.map(({ name, commit }) => (format === "names" ? visible(name) : commit));
  });
  return lines.map((line) => `${line}\n`).join("");
}
