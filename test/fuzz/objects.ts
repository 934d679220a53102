/** Writes Git's objects and refs without Git, which refuses what a fuzzer is after. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deflateSync } from "node:zlib";
import type { FuzzCommit, TreeEntry } from "./change.ts";

export class ObjectWriter {
  readonly #folder: string;

  /** @param folder .git */
  constructor(folder: string) {
    this.#folder = folder;
  }

  write(type: "blob" | "tree" | "commit", body: Buffer): string {
    const whole = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
    const id = createHash("sha1").update(whole).digest("hex");
    const file = path.join(this.#folder, "objects", id.slice(0, 2), id.slice(2));
    if (existsSync(file)) return id;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, deflateSync(whole));
    return id;
  }

  tree(entries: readonly TreeEntry[]): string {
    const parts = entries.map((entry) => {
      const id = entry.entries === undefined ? this.#blob(entry.text) : this.tree(entry.entries);
      return Buffer.concat([Buffer.from(`${entry.mode} ${entry.name}\0`), Buffer.from(id, "hex")]);
    });
    return this.write("tree", Buffer.concat(parts));
  }

  #blob(text: string | undefined): string {
    return text === undefined ? "2".repeat(40) : this.write("blob", Buffer.from(text));
  }

  commit({ message, headers, parents }: FuzzCommit, tree: string): string {
    const who = "Fuzz <fuzz@example.com> 1700000000 +0000";
    const more = Object.entries(headers).map(([key, value]) => `${key} ${value.replaceAll("\n", "\n ")}`);
    const head = [`tree ${tree}`, ...parents.map((id) => `parent ${id}`), `author ${who}`, `committer ${who}`, ...more];
    return this.write("commit", Buffer.from(`${head.join("\n")}\n\n${message}`));
  }

  ref(name: string, text: string): void {
    const file = path.join(this.#folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
