/** A folder that real DVC pushed to, behind a web server: read only. */
import { rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { hasRclone, type Server, serveFolder, startServer } from "../../rig/servers.ts";
import { describeWithDvc, dvc, runSteps } from "../peers.ts";

const files = { "d/a b": "1\n", "d/e/ü": "2\n", "d/empty": "", f: "x\n" };

function forget(repository: Repository): void {
  for (const name of [".dvc/cache", "d", "f"])
    rmSync(path.join(repository.folder, name), { recursive: true, force: true });
}

const servers: Readonly<Record<string, (folder: string) => Promise<Server>>> = {
  "rclone serve http": (folder) => serveFolder("http", folder),
  "Python's http.server": (folder) =>
    startServer("python3", ["-u", "-m", "http.server", "0", "-b", "127.0.0.1", "-d", folder], { folder }),
};

describeWithDvc("a remote behind a web server", () => {
  describe.skipIf(!hasRclone).each(Object.entries(servers))("%s", (kind, start) => {
    let repository: Repository;
    let folder: string;
    let server: Server;

    async function serve(): Promise<void> {
      server = await start(folder);
      const url = `http://127.0.0.1:${server.port}/project`;
      await repository.succeed(["remote", "add", "-d", "-f", "web", url]);
      if (kind !== "rclone serve http") return;
      const login = { auth: "basic", user: "u", password: "secret-p" };
      for (const [option, value] of Object.entries(login))
        await repository.succeed(["remote", "modify", "--local", "web", option, value]);
    }

    beforeAll(async () => {
      repository = makeRepository({ files: {} });
      repository.write(files);
      folder = path.join(repository.root, "served");
      await repository.succeed(["remote", "add", "folder", path.join(folder, "project")]);
      await dvc(repository, "add", "-q", "d", "f");
      await dvc(repository, "push", "-q", "-r", "folder");
      await serve();
    });

    test("is pulled from, and both see that nothing is missing", async () => {
      expect(await repository.succeed(["status", "-c"])).toContain("in sync");
      const [status] = await runSteps(repository, [["dvc", "status", "-c"]]);
      expect(status?.stdout).toContain("in sync");
      forget(repository);
      expect(await repository.succeed(["pull"])).toContain("5 files fetched");
      for (const [file, text] of Object.entries(files)) expect(repository.read(file)).toBe(text);
    });

    test("is not pushed to", async () => {
      repository.write({ f: "y\n" });
      await repository.succeed(["add", "-q", "f"]);
      expect(await repository.succeed(["status", "-c"])).toContain("new:");
      const { exitCode, stderr } = await repository.run(["push"]);
      expect(exitCode).toBe(255);
      expect(stderr).toContain("is for reading only");
    });

    test("whose server is down is told of; once it is up the same command is enough", async () => {
      await repository.succeed(["push", "-q", "-r", "folder"]);
      forget(repository);
      await server.stop();
      const { exitCode, stderr } = await repository.run(["pull"]);
      expect(exitCode).toBe(255);
      expect(stderr).toContain("connection refused");
      expect(stderr).not.toContain("secret-p");
      await serve();
      await repository.succeed(["pull"]);
      expect(repository.read("f")).toBe("y\n");
    });
  });
});
