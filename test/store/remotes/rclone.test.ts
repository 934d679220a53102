/** Remotes by rclone, against its own servers on this machine. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { rcloneTarget } from "../../../src/store/rclone/targets.ts";
import { rcloneRemote } from "../../../src/store/remotes/rclone.ts";
import type { StorageRemote } from "../../../src/store/remotes/types.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";
import { type FolderServer, hasRclone, serveFolder } from "../../rig/servers.ts";
import { put, take, testsOfRemote } from "./conformance.ts";

interface Made {
  readonly options?: Readonly<Record<string, string>>;
  readonly home?: string;
}

function open(url: string, { options = {}, home = makeTemporaryFolder() }: Made = {}): StorageRemote {
  const env = { ...process.env, HOME: home };
  const scheme = url.slice(0, url.indexOf(":"));
  const remote = { name: "store", url, env, option: (key: string) => options[key] };
  return rcloneRemote({ ...remote, scratch: makeTemporaryFolder() }, rcloneTarget(remote, scheme, ["/work-tree"]));
}

let sftp: FolderServer;
let webdav: FolderServer;
const atSftp = (inside: string, options = { user: "u", password: "secret-p" }) =>
  open(`ssh://127.0.0.1:${sftp.port}/${inside}`, { options, home: sftp.home });
const atWebdav = (inside: string) =>
  open(`webdav://u@127.0.0.1:${webdav.port}/${inside}`, { options: { password: "secret-p" } });

describe.skipIf(!hasRclone)(`rclone${hasRclone ? "" : " (skipped: it is not installed)"}`, () => {
  beforeAll(async () => {
    [sftp, webdav] = await Promise.all([serveFolder("sftp"), serveFolder("webdav")]);
    mkdirSync(path.join(sftp.folder, "there"));
  });

  let count = 0;
  testsOfRemote("SFTP server", () => atSftp(`new-${count++}/store`));
  testsOfRemote("WebDAV server", () => atWebdav(`new-${count++}/store`));

  it("leaves nothing beside what was stored", async () => {
    const remote = atSftp("clean");
    await put(remote, { "files/md5/ab/1": "one", "runs/ab/c/d": "two" });
    const waiting = path.join(sftp.folder, "clean", ".sweepline");
    expect(existsSync(waiting) ? readdirSync(waiting) : []).toEqual([]);
  });

  it.each([
    ["SFTP", () => atSftp("many"), () => sftp.folder],
    ["WebDAV", () => atWebdav("many"), () => webdav.folder],
  ] as const)(
    "moves many files at once to where there are none, and others beside them: %s",
    async (_name, at, top) => {
      const remote = at();
      const hex = (index: number) => index.toString(16).padStart(2, "0");
      const keys = Array.from({ length: 300 }, (_, index) => `files/md5/${hex(index % 256)}/${index}`);
      const some = keys.slice(0, 280);
      // All of them, which is a listing: nothing is there yet.
      expect((await remote.existing(keys)).size).toBe(0);
      await put(remote, Object.fromEntries(some.map((key) => [key, key])));
      expect([...(await remote.existing(keys)).keys()].sort()).toEqual([...some].sort());
      // As if another machine had stored most of them meanwhile.
      await put(remote, Object.fromEntries(keys.map((key) => [key, key])));
      expect((await remote.existing(keys)).size).toBe(keys.length);
      const { stored } = await take(remote, keys);
      expect(stored).toHaveLength(keys.length);
      const waiting = path.join(top(), "many", ".sweepline");
      expect(existsSync(waiting) ? readdirSync(waiting) : []).toEqual([]);
    },
  );

  it("says that a password is wrong, and not which", async () => {
    const remote = atSftp("there", { user: "u", password: "wrong-secret" });
    const failure = await remote.existing(["files/md5/ab/1"]).then(String, (error: Error) => error);
    expect(failure).toMatchObject({ code: "REMOTE_DENIED" });
    expect(JSON.stringify(failure)).not.toContain("wrong-secret");
  });

  it("says that nobody answers", async () => {
    const remote = open("webdav://127.0.0.1:1/there");
    await expect(remote.existing(["files/md5/ab/1"])).rejects.toMatchObject({ code: "REMOTE_FAILED" });
  });

  it("does not talk to a server that ssh does not know", async () => {
    const remote = open(`ssh://u@127.0.0.1:${sftp.port}/there`, { options: { password: "secret-p" } });
    await expect(remote.existing(["files/md5/ab/1"])).rejects.toMatchObject({ code: "REMOTE_DENIED" });
  });
});
