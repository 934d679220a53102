/**
 * Notifications on their way: one file each below .dvc/tmp, written before it is sent and removed when it has arrived. What is not
 * delivered when a run ends is tried again by the next one, and dropped after an hour. One process at a time sends.
 */
import { randomUUID } from "node:crypto";
import path from "node:path";
import { existsSync, makeFolder, readdirSync, readIfExists, removeFile, writeAtomic } from "../../base/files.ts";
import { isCount, isText, oneOf, parseJson, shaped } from "../../base/json.ts";
import type { StateLayout } from "../layout.ts";

export interface Letter {
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The JSON to be sent. */
  readonly body: string;
}

const isLetter = shaped<{ readonly v: 1; readonly at: number; readonly body: string }>({
  v: oneOf(1),
  at: isCount,
  body: isText,
});

/** No more wait; a run of ten thousand failures is told by its first ones. */
const mostLetters = 1_000;

export class Outbox {
  readonly #folder: string;

  constructor(state: StateLayout) {
    this.#folder = state.outbox;
  }

  /** False where there is no room. */
  put(body: string, at: number): boolean {
    makeFolder(this.#folder);
    const names = this.#names();
    if (names.length >= mostLetters) return false;
    const name = `${String(at).padStart(15, "0")}-${String(names.length).padStart(4, "0")}-${randomUUID()}.json`;
    writeAtomic(path.join(this.#folder, name), JSON.stringify({ v: 1, at, body }), { mode: 0o600 });
    return true;
  }

  /** In the order of their events. What can't be read is none, and is removed. */
  letters(): readonly Letter[] {
    return this.#names().flatMap((name) => {
      const file = path.join(this.#folder, name);
      const letter = parseJson(readIfExists(file)?.toString() ?? "");
      if (isLetter(letter)) return [{ file, at: letter.at, body: letter.body }];
      removeFile(file);
      return [];
    });
  }

  remove({ file }: Letter): void {
    removeFile(file);
  }

  #names(): readonly string[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .map(String)
      .filter((name) => /^\d{15}-\d{4,}-[0-9a-f-]{36}\.json$/.test(name))
      .sort();
  }
}
