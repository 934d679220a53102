/** What every kind of storage remote has to do; each kind's test file runs it on a remote of its own. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { StorageRemote } from "../../../src/store/remotes/types.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

export function testsOfRemote(kind: string, makeRemote: () => StorageRemote): void {
  describe(`a ${kind} as storage remote`, () => {
    const file = (text: string | Uint8Array) => {
      const name = path.join(makeTemporaryFolder(), "file");
      writeFileSync(name, text);
      return name;
    };
    const target = () => path.join(makeTemporaryFolder(), "target");

    it("is empty at first, and lists what was stored by folder", async () => {
      const remote = makeRemote();
      expect(await remote.list("files/md5/ab")).toEqual([]);
      await remote.upload(file("one"), "files/md5/ab/1");
      await remote.upload(file("two"), "files/md5/ab/2.dir");
      await remote.upload(file("three"), "files/md5/cd/3");
      expect([...(await remote.list("files/md5/ab"))].sort()).toEqual(["1", "2.dir"]);
      expect([...(await remote.list("files/md5"))].sort()).toEqual(["ab", "cd"]);
    });

    it("gives back the same bytes, also none and many", async () => {
      const remote = makeRemote();
      for (const [at, bytes] of [new Uint8Array(), new Uint8Array(3_000_000).fill(7)].entries()) {
        await remote.upload(file(bytes), `files/md5/ab/${at}`);
        const to = target();
        await remote.download(`files/md5/ab/${at}`, to);
        expect(readFileSync(to).equals(bytes)).toBe(true);
      }
    });

    it("takes the same file again, from many at a time", async () => {
      const remote = makeRemote();
      await Promise.all(Array.from({ length: 20 }, () => remote.upload(file("same"), "files/md5/ab/1")));
      expect(await remote.list("files/md5/ab")).toEqual(["1"]);
    });

    it("says what it has not, and writes nothing", async () => {
      const to = target();
      await expect(makeRemote().download("files/md5/ab/1", to)).rejects.toMatchObject({ code: "REMOTE_FILE_MISSING" });
      expect(existsSync(to)).toBe(false);
    });

    it("fails on a file that it can't read, and keeps what it had", async () => {
      const remote = makeRemote();
      await remote.upload(file("old"), "files/md5/ab/1");
      const folder = target();
      mkdirSync(folder);
      await expect(remote.upload(folder, "files/md5/ab/1")).rejects.toThrow();
      expect(await remote.list("files/md5/ab")).toEqual(["1"]);
    });
  });
}
