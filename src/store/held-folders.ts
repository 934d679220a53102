/** The folders of data in the workspace, held open while files in them are changed. */
import path from "node:path";
import { lstatIfExists, readdirSync, removeEmptyFolder } from "../base/files.ts";
import { type HeldFolder, holdFolder } from "../project/gate.ts";

export interface DataPlace {
  /** Absolute. */
  readonly destination: string;
  /** The destination, links on the way to it resolved: where files are changed. */
  readonly real: string;
}

/** The folder of a plan's file, opened. The one before is closed: files of one folder stand together. */
export class HeldFolders {
  private now: { readonly folder: string; readonly held: HeldFolder | undefined } | undefined;

  constructor(
    private readonly root: string,
    private readonly data: DataPlace,
  ) {}

  /** A path to a file at or below the destination that no link leads astray; undefined where its folder is missing. */
  to(file: string, missing: "make" | "skip"): string | undefined {
    const { destination, real } = this.data;
    const folder = path.dirname(real + file.slice(destination.length));
    if (this.now?.folder !== folder || this.now.held === undefined) {
      this.close();
      this.now = { folder, held: holdFolder(folder, { root: this.root, top: real, missing }) };
    }
    return this.now.held?.at(path.basename(file));
  }

  close(): void {
    this.now?.held?.close();
    this.now = undefined;
  }
}

/** Removes folders that have become empty, up to the destination itself, which stays. */
export function removeEmptyFolders(top: string, removed: readonly string[], held: HeldFolders): void {
  const folders = new Set(removed.map((file) => path.dirname(file)));
  for (const start of folders)
    for (let folder = start; folder !== top && folder.startsWith(top); folder = path.dirname(folder)) {
      const at = held.to(folder, "skip");
      if (at === undefined || lstatIfExists(at)?.isDirectory() !== true) continue;
      if (readdirSync(at).length > 0 || !removeEmptyFolder(at)) break;
    }
}
