/** Bytes by key that outlive the process: npm `lmdb`, below .dvc/tmp. For what only saves time; deleting it loses nothing. */
import { createRequire } from "node:module";
import path from "node:path";
import type { RootDatabase } from "lmdb";
import { makeFolder } from "../base/files.ts";
import type { Project } from "./project.ts";
import { removeUnsoundDatabase } from "./sound-database.ts";
import { isOnNetwork } from "./state-database.ts";

export interface ByteStore {
  /** undefined where there is none, or where it can't be read. */
  get(key: string): Buffer | undefined;
  /** All in one transaction; a failure to store is none of the command's. */
  putAll(entries: Iterable<readonly [string, Buffer]>): Promise<void>;
  close(): Promise<void>;
}

function openDatabase(file: string): RootDatabase<Buffer, string> {
  const load = createRequire(import.meta.url);
  const lmdb: typeof import("lmdb") = load("lmdb");
  makeFolder(path.dirname(file));
  removeUnsoundDatabase(file);
  return lmdb.open<Buffer, string>({ path: file, encoding: "binary" });
}

/** The project's store of that name; undefined where there can't be one (a network file system, no right to write). */
export function openByteStore(project: Project, name: string): ByteStore | undefined {
  try {
    if (isOnNetwork(project.dvcDir)) return undefined;
    return byteStore(openDatabase(path.join(project.tmpDir, "sweepline", "state", `${name}.mdb`)));
  } catch {
    return undefined;
  }
}

function byteStore(database: RootDatabase<Buffer, string>): ByteStore {
  return {
    get(key) {
      try {
        return database.getBinary(key);
      } catch {
        return undefined;
      }
    },
    async putAll(entries) {
      try {
        await database.transaction(() => {
          for (const [key, bytes] of entries) database.putSync(key, bytes);
        });
      } catch {
        // A full disk, say: what was not stored is worked out again.
      }
    },
    close: () => database.close().catch(() => undefined),
  };
}
