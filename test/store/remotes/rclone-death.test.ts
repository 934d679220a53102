/** Uploads whose server or process dies in the middle: nothing half written is under an object's name, and the same command ends the work. */
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder, type Repository, within } from "../../rig/index.ts";
import { expectWhole, filesBelow } from "../../rig/objects.ts";
import { type FolderServer, hasRclone, serveFolder } from "../../rig/servers.ts";

/** Slow enough to die in the middle of. */
const slowly = { RCLONE_BWLIMIT: "1M" };

async function until(what: string, isThere: () => boolean): Promise<void> {
  let isOver = false;
  const look = async () => {
    while (!isOver && !isThere()) await pause(10);
  };
  await within(look(), what).finally(() => {
    isOver = true;
  });
}

function script(search: string, told: string): string {
  return `#!/bin/sh
exec 3<&0
PATH='${search}'
rclone "$@" <&3 &
trap 'kill $!; : >"${told}"' TERM
wait $!
`;
}

describe.skipIf(!hasRclone)(
  `an upload that breaks off${hasRclone ? "" : " (skipped: rclone is not installed)"}`,
  () => {
    let made: Repository;
    beforeAll(async () => {
      made = makeRepository();
      made.write({ big: Buffer.alloc(8 << 20, "big"), "d/a": "1\n", "d/b": "2\n" });
      await made.succeed(["add", "-q", "big", "d"]);
    });

    async function connect(repository: Repository, server: FolderServer): Promise<void> {
      await repository.succeed(["remote", "add", "-f", "-d", "store", `ssh://u@127.0.0.1:${server.port}/store`]);
      await repository.succeed(["remote", "modify", "store", "password", "secret-p"]);
    }

    async function expectFinished(repository: Repository, server: FolderServer): Promise<void> {
      const env = { HOME: server.home };
      await repository.succeed(["push"], { env });
      expectWhole(path.join(server.folder, "store"));
      rmSync(path.join(repository.folder, ".dvc/cache"), { recursive: true });
      rmSync(path.join(repository.folder, "d"), { recursive: true });
      await repository.succeed(["pull"], { env });
      expect(repository.read("d/b")).toBe("2\n");
    }

    /** Pushes all, forgets it here, and begins to fetch it again. */
    async function slowFetch(repository: Repository, server: FolderServer) {
      const env = { HOME: server.home };
      await connect(repository, server);
      await repository.succeed(["push"], { env });
      const cache = path.join(repository.folder, ".dvc/cache");
      rmSync(cache, { recursive: true });
      rmSync(path.join(repository.folder, "big"));
      mkdirSync(cache);
      const pull = repository.start(["fetch"], { env: { ...env, ...slowly } });
      await until("the download", () => filesBelow(cache).length > 0);
      return { cache, pull };
    }

    test("since the server dies", async () => {
      const repository = made.copy();
      const folder = makeTemporaryFolder();
      const server = await serveFolder("sftp", folder);
      await connect(repository, server);
      const push = repository.start(["push"], { env: { HOME: server.home, ...slowly } });
      await until("the upload", () => filesBelow(path.join(folder, "store", ".sweepline")).length > 0);
      await server.stop();
      const { exitCode, stderr } = await push.result();
      expect(exitCode).toBe(255);
      expect(stderr).toContain("failed to push data to the cloud");
      expect(stderr).not.toContain("secret-p");
      expectWhole(path.join(folder, "store"));
      const next = await serveFolder("sftp", folder);
      await connect(repository, next);
      // What the first one left is of a process that has ended.
      await expectFinished(repository, next);
      expect(filesBelow(path.join(folder, "store", ".sweepline"))).toEqual([]);
    });

    test("since we are killed", async () => {
      const repository = made.copy();
      const server = await serveFolder("sftp");
      await connect(repository, server);
      const push = repository.start(["push"], { env: { HOME: server.home, ...slowly } });
      await until("the upload", () => filesBelow(path.join(server.folder, "store", ".sweepline")).length > 0);
      expect((await push.kill("SIGKILL")).signal).toBe("SIGKILL");
      expectWhole(path.join(server.folder, "store"));
      await expectFinished(repository, server);
    });

    test.each([
      { flags: [], setting: "3", told: "--transfers=3 " },
      { flags: ["-j", "2"], setting: "3", told: "--transfers=2 " },
    ])(
      "files at a time are $setting by the remote's settings, or as asked: $flags",
      async ({ flags, setting, told }) => {
        const repository = made.copy();
        const server = await serveFolder("sftp");
        await connect(repository, server);
        await repository.succeed(["remote", "modify", "store", "jobs", setting]);
        const { stderr } = await repository.run(["push", ...flags, "d"], {
          env: { HOME: server.home, SWEEPLINE_DEBUG: "requests" },
        });
        expect(stderr).toContain(told);
      },
    );

    test("a signal to us ends rclone too", async () => {
      const repository = made.copy();
      const server = await serveFolder("sftp");
      await connect(repository, server);
      // The real one, beside who notes that it was told to end.
      const bin = path.join(repository.root, "bin");
      repository.write({ "../bin/rclone": script(process.env.PATH ?? "", path.join(bin, "told")) });
      chmodSync(path.join(bin, "rclone"), 0o755);
      const env = { HOME: server.home, ...slowly, PATH: `${bin}:${process.env.PATH}` };
      const push = repository.start(["push"], { env });
      await until("the upload", () => filesBelow(path.join(server.folder, "store", ".sweepline")).length > 0);
      expect((await push.kill("SIGTERM")).signal).toBe("SIGTERM");
      await until("the end of rclone", () => existsSync(path.join(bin, "told")));
      await expectFinished(repository, server);
    });

    test("a pull whose server dies leaves nothing half written, and goes on with the next", async () => {
      const repository = made.copy();
      const folder = makeTemporaryFolder();
      const server = await serveFolder("sftp", folder);
      const { cache, pull } = await slowFetch(repository, server);
      await server.stop();
      const { exitCode, stderr } = await pull.result();
      expect(exitCode).toBe(255);
      expect(stderr).not.toContain("secret-p");
      expectWhole(cache);
      const next = await serveFolder("sftp", folder);
      await connect(repository, next);
      await repository.succeed(["pull"], { env: { HOME: next.home } });
      expect(repository.exists("big")).toBe(true);
    });

    test("a pull that is killed leaves nothing under an object's name", async () => {
      const repository = made.copy();
      const server = await serveFolder("sftp");
      const { cache, pull } = await slowFetch(repository, server);
      expect((await pull.kill("SIGKILL")).signal).toBe("SIGKILL");
      for (const file of filesBelow(path.join(cache, "files")).filter((name) => !name.includes(".pull.")))
        expect(path.basename(path.dirname(file)) + path.basename(file).replace(".dir", "")).toBe(
          createHash("md5").update(readFileSync(file)).digest("hex"),
        );
      await repository.succeed(["pull"], { env: { HOME: server.home } });
      expect(repository.exists("big")).toBe(true);
    });
  },
);
