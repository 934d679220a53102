/** `exp list` in each of its formats. */

import { visible, visibleJson } from "../base/text/visible.ts";
import type { ListedGroup } from "../experiments/show/list.ts";

export type ListFormat = "tree" | "names" | "ids" | "json";

function treeLines({ baseline, name, experiments }: ListedGroup): readonly string[] {
  const lines = experiments.map((experiment) =>
    experiment.isLocal
      ? `\t${experiment.commit.slice(0, 7)} [${visible(experiment.name)}]`
      : `\t${visible(experiment.name)}`,
  );
  return [`${visible(name ?? baseline.slice(0, 7))}:`, ...lines];
}

function listJson(groups: readonly ListedGroup[]): string {
  const plain = groups.map(({ baseline, name, experiments }) => ({
    baseline,
    name,
    experiments: experiments.map(({ name: experiment, commit }) => ({ name: experiment, rev: commit })),
  }));
  return JSON.stringify(plain);
}

/** The text of `exp list`; nothing where there are no experiments. */
export function renderList(groups: readonly ListedGroup[], format: ListFormat): string {
  if (format === "json") return `${visibleJson(listJson(groups))}\n`;
  const lines = groups.flatMap((group) => {
    if (format === "tree") return treeLines(group);
    return group.experiments.map(({ name, commit }) => (format === "names" ? visible(name) : commit));
  });
  return lines.map((line) => `${line}\n`).join("");
}
