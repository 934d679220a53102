/** Pieces that several formats share. */
import { readableShellWord } from "../../base/text/shell-word.ts";
import { shardText } from "../shards.ts";
import type { Emission } from "./types.ts";

/** A YAML scalar that is text whatever it looks like; JSON's strings are YAML's. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function pointTexts({ shards }: Pick<Emission, "shards">): readonly string[] {
  return shards.map(shardText);
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** `12 points in 4 jobs` */
export function sizeText(points: number, jobs: number): string {
  return `${countText(points, "point")} in ${countText(jobs, "job")}`;
}

/** `Sweep s-...: 12 points in 4 jobs.` */
export function titleOf({ sweep, points, shards }: Emission): string {
  return `Sweep ${sweep}: ${sizeText(points, shards.length)}.`;
}

/** The command of one job; the point comes from the environment. */
export function pointCommand({ planFile }: Pick<Emission, "planFile">, variable = "$POINT"): string {
  return `sweepline matrix run --plan ${readableShellWord(planFile)} --point "${variable}"`;
}

/** Shell lines that go from the top of a clone to the project. */
export function enterProject({ folder }: Pick<Emission, "folder">): readonly string[] {
  return folder === "" ? [] : [`cd ${readableShellWord(folder)}`];
}

/** Shell lines that compute the job's points from its index, as packShards does: no list that could be too long. */
export function chooseByIndex({ points, shards }: Emission, index: string): readonly string[] {
  const jobs = shards.length;
  return [
    `first=$((${index} * ${points} / ${jobs}))`,
    `last=$(((${index} + 1) * ${points} / ${jobs} - 1))`,
    'POINT="$first-$last"',
    '[ "$first" != "$last" ] || POINT=$first',
  ];
}
