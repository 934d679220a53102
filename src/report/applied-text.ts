/** What `exp apply` did, in words. */
import path from "node:path";
import { someLines } from "../base/text/listing.ts";
import { visibleText } from "../base/text/visible.ts";
import type { Applied } from "../experiments/results/apply.ts";
import type { CheckoutOutcome, KeptFile } from "../pipeline/data/checkout.ts";

/** Where the workspace's changes and files went. */
function keptLines({ stash, untracked, older }: Applied): readonly string[] {
  const [first] = untracked;
  const lines: string[] = [];
  if (stash !== undefined)
    lines.push("The changes that you had are kept: git reset --hard && git stash apply refs/exps/apply/stash");
  if (first !== undefined)
    lines.push(
      untracked.length === 1
        ? `1 untracked file was replaced; it is kept: git checkout refs/exps/apply/untracked -- ${first}`
        : `${untracked.length} untracked files were replaced; they are kept: git checkout refs/exps/apply/untracked -- FILE`,
    );
  if (untracked.length > 1) lines.push(...untracked.map((file) => `  ${file}`));
  for (const ref of older) lines.push(`What an earlier apply kept is now at ${ref}`);
  return lines.length === 0 ? [] : ["", ...lines];
}

const mostFiles = 10;

/** An experiment of another commit brings that commit's files. */
function foreignLines({ foreign }: Applied): readonly string[] {
  if (foreign === undefined) return [];
  const { baseline, files } = foreign;
  const derives = `It derives from ${baseline.slice(0, 7)}, not from HEAD`;
  if (files.length === 0) return [`${derives}.`];
  const count = files.length === 1 ? "1 file that has" : `${files.length} files that have`;
  return [
    `${derives}: ${count} changed since came with it as of there:`,
    ...someLines(files, mostFiles).map((file) => `  ${file}`),
  ];
}

/** Outputs that were replaced and that nothing else had. */
function keptOutputLines(kept: readonly KeptFile[], folder: string): readonly string[] {
  if (kept.length === 0) return [];
  const count = kept.length === 1 ? "1 output file that was" : `${kept.length} output files that were`;
  const copies = kept.map(({ file, object }) => `  cp ${path.relative(folder, object)} ${path.relative(folder, file)}`);
  return ["", `${count} in no cache yet: kept there until the cache is cleaned, to be had back by`, ...copies];
}

/** @param folder where the reader is: files are named as seen from there */
export function appliedLines(applied: Applied, outcome: CheckoutOutcome, folder: string): readonly string[] {
  return [
    `Changes for experiment '${applied.name}' have been applied to your current workspace.`,
    ...foreignLines(applied).map(visibleText),
    ...keptLines(applied).map(visibleText),
    ...keptOutputLines(outcome.kept, folder).map(visibleText),
  ];
}
