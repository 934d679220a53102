/** What every kind of storage remote has to do; each kind's test file runs it on a remote of its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { StorageRemote } from "../../../src/store/remotes/types.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

function localFile(text: string | Uint8Array): string {
  const name = path.join(makeTemporaryFolder(), "file");
  writeFileSync(name, text);
  return name;
}

interface Ended {
  readonly stored: string[];
  readonly failures: (readonly [key: string, failure: Error])[];
}

function ended(): Ended & { readonly done: (key: string, failure?: Error) => void } {
  const stored: string[] = [];
  const failures: (readonly [string, Error])[] = [];
  return {
    stored,
    failures,
    done(key, failure) {
      if (failure === undefined) stored.push(key);
      else failures.push([key, failure]);
    },
  };
}

/** Uploads texts by key; answers what became of them. */
export async function put(remote: StorageRemote, files: Readonly<Record<string, string | Uint8Array>>): Promise<Ended> {
  const outcome = ended();
  const uploads = Object.entries(files).map(([key, text]) => ({ key, file: localFile(text) }));
  await remote.upload(uploads, { jobs: 4, done: outcome.done });
  return outcome;
}

/** Downloads these keys; answers what became of them, and the folder. */
export async function take(remote: StorageRemote, keys: readonly string[]): Promise<Ended & { readonly into: string }> {
  const outcome = ended();
  const into = path.join(makeTemporaryFolder(), "into");
  await remote.download(keys, { jobs: 4, into, done: outcome.done });
  return { ...outcome, into };
}

const objects = { folder: "files/md5", names: ["[0-9a-f][0-9a-f]", "*"] };

export function testsOfRemote(kind: string, makeRemote: () => StorageRemote): void {
  describe(`a ${kind} as storage remote`, () => {
    it("is empty at first, and tells what was stored", async () => {
      const remote = makeRemote();
      expect(await remote.list(objects)).toEqual([]);
      expect([...(await remote.existing(["files/md5/ab/1"]))]).toEqual([]);
      const keys = ["files/md5/ab/1", "files/md5/ab/2.dir", "files/md5/cd/3"];
      const { stored } = await put(remote, {
        [keys[0] ?? ""]: "one",
        [keys[1] ?? ""]: "two",
        [keys[2] ?? ""]: "three",
      });
      expect(stored.sort()).toEqual(keys);
      await put(remote, { "files/md5/xyz/1": "elsewhere", "ab/4": "of DVC 2" });
      expect([...(await remote.list(objects))].sort()).toEqual(keys);
      expect(await remote.list({ folder: "", names: ["[0-9a-f][0-9a-f]", "*"] })).toEqual(["ab/4"]);
      expect([...(await remote.existing([...keys, "files/md5/ab/9", "files/md5/00/1"])).keys()].sort()).toEqual(keys);
      expect([...(await remote.sizes(["files/md5/cd/3", "files/md5/ab/9"]))]).toEqual([["files/md5/cd/3", 5]]);
      await remote.remove(["files/md5/ab/1", "files/md5/ab/9"], 2);
      expect([...(await remote.list(objects))].sort()).toEqual(keys.slice(1));
    });

    it("gives back the same bytes, also none and many", async () => {
      const remote = makeRemote();
      const files = { "files/md5/ab/0": new Uint8Array(), "runs/ab/c/1": new Uint8Array(3_000_000).fill(7) };
      await put(remote, files);
      const { into, stored } = await take(remote, Object.keys(files));
      expect(stored.sort()).toEqual(Object.keys(files));
      for (const [key, bytes] of Object.entries(files))
        expect(readFileSync(path.join(into, key)).equals(bytes)).toBe(true);
    });

    it("takes the same file again, from many at a time", async () => {
      const remote = makeRemote();
      await Promise.all(Array.from({ length: 2 }, () => put(remote, { "files/md5/ab/1": "same" })));
      expect(await remote.list(objects)).toEqual(["files/md5/ab/1"]);
    });

    it("says what it has not, and writes nothing", async () => {
      const { into, stored, failures } = await take(makeRemote(), ["files/md5/ab/1"]);
      expect(stored).toEqual([]);
      expect(failures).toMatchObject([["files/md5/ab/1", { code: "REMOTE_FILE_MISSING" }]]);
      expect(existsSync(path.join(into, "files/md5/ab/1"))).toBe(false);
    });

    it("fails on a file that it can't read, keeps what it had, and goes on with the others", async () => {
      const remote = makeRemote();
      await put(remote, { "files/md5/ab/1": "old" });
      const folder = path.join(makeTemporaryFolder(), "folder");
      mkdirSync(folder);
      const uploads = [
        { file: folder, key: "files/md5/ab/1" },
        { file: localFile("new"), key: "files/md5/ab/2" },
      ];
      const outcome = ended();
      await remote.upload(uploads, { jobs: 1, done: outcome.done });
      expect(outcome.stored).toEqual(["files/md5/ab/2"]);
      expect(outcome.failures.map(([key]) => key)).toEqual(["files/md5/ab/1"]);
      expect([...(await remote.sizes(["files/md5/ab/1", "files/md5/ab/2"]))].sort()).toEqual([
        ["files/md5/ab/1", 3],
        ["files/md5/ab/2", 3],
      ]);
    });
  });
}
