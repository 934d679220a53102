import path from "node:path";
import { lstatIfExists, readdirSync, removeTree, setMode } from "../base/files.ts";

/** Removes a folder even where a stage took the rights to write away. */
export function removeStubborn(target: string): void {
  try {
    removeTree(target);
  } catch {
    allowWriting(target);
    removeTree(target);
  }
}

function allowWriting(target: string): void {
  if (lstatIfExists(target)?.isDirectory() !== true) return;
  setMode(target, 0o700);
  for (const entry of readdirSync(target, { withFileTypes: true }))
    if (entry.isDirectory()) allowWriting(path.join(target, entry.name));
}
