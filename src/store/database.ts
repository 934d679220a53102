import { createRequire } from "node:module";
import path from "node:path";
import type { RootDatabase } from "lmdb";
import { beforeEffect } from "../base/effects.ts";
import { makeFolder } from "../base/files.ts";
import { removeUnsoundDatabase } from "./sound-database.ts";

function openDatabase<V>(folder: string, name: string, encoding: "string" | "binary"): RootDatabase<V, string> {
  // Loaded at the first use: most commands need no database.
  const load = createRequire(import.meta.url);
  const lmdb: typeof import("lmdb") = load("lmdb");
  makeFolder(folder);
  const file = path.join(folder, name);
  removeUnsoundDatabase(file);
  beforeEffect("database", file);
  return lmdb.open<V, string>({ path: file, encoding });
}

/** Opens or makes a database of texts; a file that LMDB would not survive is made anew. Throws LMDB's errors. */
export function openTextDatabase(folder: string, name: string): RootDatabase<string, string> {
  return openDatabase<string>(folder, name, "string");
}

/** The same, of bytes. */
export function openBytesDatabase(folder: string, name: string): BytesDatabase {
  return openDatabase<Buffer>(folder, name, "binary");
}

export type BytesDatabase = RootDatabase<Buffer, string>;
