/** The same remotes with the real DVC: what one pushes, the other finds and pulls, from servers on this machine. */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";
import { hasRclone, type Server, serveFolder, startServer } from "../../rig/servers.ts";
import { describeWithDvc, findPeers, runSteps } from "../peers.ts";

const peers = findPeers();
const s3Server = peers === undefined ? undefined : path.join(peers, "moto_server");
const hasKinds = s3Server !== undefined && existsSync(s3Server);
const missing = !hasRclone
  ? "rclone is not installed"
  : hasKinds
    ? ""
    : "dvc-s3, dvc-ssh, dvc-webdav or moto is missing";

interface Kind {
  readonly url: string;
  readonly options: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

const files = { "d/a": "1\n", "d/e/b": "2\n", "d/empty": "", f: "x\n" };
const awsEnv = { AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "a-secret", AWS_DEFAULT_REGION: "us-east-1" };

async function makeKind(name: string): Promise<Kind> {
  if (name === "s3") {
    const { port }: Server = await startServer(s3Server ?? "", ["-p", "0"], { folder: makeTemporaryFolder() });
    const endpoint = `http://127.0.0.1:${port}`;
    await fetch(`${endpoint}/bucket`, { method: "PUT" });
    return { url: "s3://bucket/project/store", options: { endpointurl: endpoint }, env: awsEnv };
  }
  const { port, home, folder } = await serveFolder(name === "ssh" ? "sftp" : "webdav");
  // DVC does not make it on a WebDAV server.
  mkdirSync(path.join(folder, "project", "store"), { recursive: true });
  const options = { user: "u", password: "secret-p" };
  return { url: `${name}://127.0.0.1:${port}/project/store`, options, env: { HOME: home } };
}

/** Takes away the data, as a fresh clone is without. */
function forget(repository: Repository): void {
  for (const name of [".dvc/cache", "d", "f"])
    rmSync(path.join(repository.folder, name), { recursive: true, force: true });
}

describeWithDvc("remotes on servers", () => {
  describe.skipIf(missing !== "")(missing === "" ? "by rclone" : `by rclone (skipped: ${missing})`, () => {
    describe.each(["ssh", "webdav", "s3"])("%s", (name) => {
      let repository: Repository;
      let kind: Kind;
      beforeAll(async () => {
        kind = await makeKind(name);
        repository = makeRepository({ files: {} });
        repository.write(files);
        await repository.succeed(["add", "-q", "d", "f"]);
        await repository.succeed(["remote", "add", "-d", "store", kind.url]);
        for (const [option, value] of Object.entries(kind.options))
          await repository.succeed(["remote", "modify", "--local", "store", option, value]);
      });

      async function theirs(...commands: readonly (readonly string[])[]) {
        const steps = commands.map((words) => ["dvc", ...words] as const);
        const answers = await runSteps(repository, steps, { env: kind.env });
        expect(answers.map(({ exitCode }) => exitCode)).toEqual(commands.map(() => 0));
        return answers;
      }
      const ours = (...words: string[]) => repository.succeed(words, { env: kind.env });

      test("what DVC pushes is pulled", async () => {
        expect(await ours("status", "-c")).toContain("new:");
        await theirs(["push"]);
        expect(await ours("status", "-c")).toContain("in sync");
        forget(repository);
        expect(await ours("pull")).toContain("5 files fetched");
        for (const [file, text] of Object.entries(files)) expect(repository.read(file)).toBe(text);
        expect(await ours("push")).toBe("Everything is up to date.\n");
      });

      test("what is pushed DVC pulls", async () => {
        repository.write({ "d/new": "3\n" });
        await ours("add", "-q", "d");
        expect(await ours("push")).toBe("2 files pushed\n");
        forget(repository);
        const [status, , after] = await theirs(["status", "-c"], ["pull"], ["status", "-c"]);
        expect(status?.stdout).toContain("deleted:");
        expect(after?.stdout).toContain("in sync");
        expect(repository.read("d/new")).toBe("3\n");
        expect(readdirSync(path.join(repository.folder, "d")).sort()).toEqual(["a", "e", "empty", "new"]);
      });

      test("what nothing needs goes from there", async () => {
        repository.write({ f: "y\n" });
        await ours("add", "-q", "f");
        await ours("push");
        expect(await ours("gc", "-w", "-c", "-f")).toMatch(/Removed \d objects from remote/);
        forget(repository);
        await theirs(["pull"]);
        expect(repository.read("f")).toBe("y\n");
      });
    });
  });
});
