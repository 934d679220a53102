import path from "node:path";
import { readIfExists, writeAtomic } from "../../base/files.ts";
import type { Stage } from "../types.ts";

/** Adds outputs that live in the cache to the .gitignore beside them; answers the files that were written. */
export function ignoreOutputs(stage: Stage): string[] {
  const written: string[] = [];
  for (const output of stage.outs) {
    if (!output.cache) continue;
    const target = path.resolve(stage.workingFolder, output.path);
    const file = path.join(path.dirname(target), ".gitignore");
    const text = readIfExists(file)?.toString("utf8") ?? "";
    const line = `/${path.basename(target)}`;
    if (text.split("\n").includes(line)) continue;
    writeAtomic(file, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${line}\n`);
    written.push(file);
  }
  return written;
}
