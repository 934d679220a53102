/** Tells when something changes in folders, without looking at them again and again. */
import * as fs from "node:fs";
import { isSystemError } from "../errors.ts";
import { lstatIfExists } from "../files.ts";

/** Of a change, the folder and the name in it; undefined where the system does not say. */
type OnChange = (folder: string, name: string | undefined) => void;

/**
 * The entries of some folders themselves, not what lies deeper: each inner folder is one to be named. A folder that is not there, or
 * for which the system has no watch left, is looked after by whoever looks from time to time.
 */
export class FolderWatch {
  readonly #watchers = new Map<string, { readonly watcher: fs.FSWatcher; readonly inode: number }>();

  constructor(private readonly onChange: OnChange) {}

  /** Watches these and no others. */
  set(folders: ReadonlySet<string>): void {
    for (const [folder, { watcher, inode }] of this.#watchers) {
      // One that went away and came back is another folder.
      if (folders.has(folder) && lstatIfExists(folder)?.ino === inode) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) if (!this.#watchers.has(folder)) this.#add(folder);
  }

  close(): void {
    this.set(new Set());
  }

  #add(folder: string): void {
    const inode = lstatIfExists(folder)?.ino;
    if (inode === undefined) return;
    try {
      const watcher = fs.watch(folder, { persistent: false });
      this.#watchers.set(folder, { watcher, inode });
      watcher.on("change", (_, name) => this.onChange(folder, name === null ? undefined : String(name)));
      // It went away, or the watch did: made anew where it is named again.
      watcher.on("error", () => this.#forget(folder, watcher));
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  #forget(folder: string, watcher: fs.FSWatcher): void {
    watcher.close();
    if (this.#watchers.get(folder)?.watcher === watcher) this.#watchers.delete(folder);
    this.onChange(folder, undefined);
  }
}
