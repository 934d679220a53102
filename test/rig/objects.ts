/** Objects of caches and storage remotes, as files. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";

export function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Whether each object there is what its name says, and nothing else is beside them. */
export function expectWhole(store: string): void {
  for (const file of filesBelow(path.join(store, "files"))) {
    const hash = createHash("md5").update(readFileSync(file)).digest("hex");
    expect(path.basename(path.dirname(file)) + path.basename(file).replace(".dir", "")).toBe(hash);
  }
}
