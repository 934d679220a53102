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

  it("lists the remote where many files are asked for, and finds the same", async () => {
    const remote = atSftp("many");
    const hex = (at: number) => at.toString(16).padStart(2, "0");
    const keys = Array.from({ length: 300 }, (_, at) => `files/md5/${hex(at % 256)}/${at}`);
    await put(remote, Object.fromEntries(keys.slice(0, 260).map((key) => [key, key])));
    expect([...(await remote.existing(keys)).keys()].sort()).toEqual(keys.slice(0, 260).sort());
    const { stored } = await take(remote, keys.slice(0, 260));
    expect(stored).toHaveLength(260);
  });

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
