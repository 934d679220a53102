/** Trees that say more than anybody can write down. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { deflateSync } from "node:zlib";
import type { Repository } from "../rig/index.ts";
import { gitWith } from "./repositories.ts";

/** Nine trees of ten entries each, the same tree below: a billion paths. */
export function bomb(repository: Repository, tree: string): string {
  let inner = tree;
  for (let level = 0; level < 9; level++) {
    const entries = Array.from({ length: 10 }, (_, at) => `040000 tree ${inner}\td${at}\n`);
    inner = gitWith(repository, ["mktree"], entries.join(""));
  }
  return inner;
}

/** Trees within each other, written without Git: it refuses none, but takes a process for each. */
export function deep(repository: Repository, tree: string, levels: number): string {
  let id = Buffer.from(tree, "hex");
  for (let level = 0; level < levels; level++) {
    const body = Buffer.concat([Buffer.from("40000 d\0"), id]);
    const object = Buffer.concat([Buffer.from(`tree ${body.length}\0`), body]);
    id = createHash("sha1").update(object).digest();
    const name = id.toString("hex");
    const folder = path.join(repository.folder, ".git/objects", name.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, name.slice(2)), deflateSync(object));
  }
  return id.toString("hex");
}
