/** What a checkout did, in DVC's words. */
import path from "node:path";
import { wordList } from "../../base/text/listing.ts";
import type { CheckedOut, CheckoutOutcome } from "../../pipeline/data/checkout.ts";
import { filesText } from "./plural.ts";

/** As the user sees it from the folder of the command. */
function shown(item: CheckedOut, folder: string): string {
  return path.relative(folder, item.path) + (item.kind === "folder" ? path.sep : "");
}

/** The same as data: what `--json` prints of it. */
export function checkoutJson({ changes, failed, counts }: CheckoutOutcome, folder: string) {
  const names = (items: readonly CheckedOut[]) => items.map((item) => shown(item, folder));
  return {
    modified: names(changes.modified),
    added: names(changes.added),
    deleted: names(changes.deleted),
    failed: failed.map((file) => path.relative(folder, file)),
    files: counts,
  };
}

const letters = [
  ["M", "modified"],
  ["A", "added"],
  ["D", "deleted"],
] as const;

/** One an output, aligned as DVC prints them. */
export function changeLines(outcome: CheckoutOutcome, folder: string): string[] {
  return letters.flatMap(([letter, change]) =>
    outcome.changes[change].map((item) => `${letter.padEnd(8)}${shown(item, folder)}`),
  );
}

/** `2 files added`, `1 file modified`, in DVC's order; none that are zero. */
export function countParts(counts: CheckoutOutcome["counts"]): string[] {
  return (["modified", "added", "deleted"] as const)
    .filter((change) => counts[change] > 0)
    .map((change) => filesText(counts[change], change));
}

export function summaryLine(counts: CheckoutOutcome["counts"]): string {
  return wordList(countParts(counts)) || "No changes.";
}
