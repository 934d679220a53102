/** Buckets that let nobody in, or are not there: words, nothing half written, and the same command finishes once that is mended. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";
import { hasRclone, type Server, startServer } from "../../rig/servers.ts";
import { describeWithDvc, findPeers, runPython, runSteps } from "../peers.ts";

const s3Server = path.join(findPeers() ?? "", "moto_server");
const hasAll = hasRclone && existsSync(s3Server);

/** Makes a user who may do everything and answers the key; the server looks at keys from the fifth request on. */
const makeUser = `
import boto3, json, sys
for line in sys.stdin:
    where = {"endpoint_url": json.loads(line), "region_name": "us-east-1"}
    client = lambda kind: boto3.client(kind, aws_access_key_id="x", aws_secret_access_key="y", **where)
    client("s3").create_bucket(Bucket="bucket")
    client("iam").create_user(UserName="u")
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    client("iam").put_user_policy(UserName="u", PolicyName="all", PolicyDocument=json.dumps(everything))
    key = client("iam").create_access_key(UserName="u")["AccessKey"]
    print(json.dumps([key["AccessKeyId"], key["SecretAccessKey"]]))
`;

const makeBucket = `
import boto3, json, sys
for line in sys.stdin:
    endpoint, key, secret, name = json.loads(line)
    where = {"endpoint_url": endpoint, "region_name": "us-east-1"}
    boto3.client("s3", aws_access_key_id=key, aws_secret_access_key=secret, **where).create_bucket(Bucket=name)
    print("null")
`;

const files = { "d/a": "1\n", "d/e/b": "2\n", f: "x\n" };

function forget(repository: Repository): void {
  for (const name of [".dvc/cache", "d", "f"])
    rmSync(path.join(repository.folder, name), { recursive: true, force: true });
}

describeWithDvc("a bucket", () => {
  describe.skipIf(!hasAll)(hasAll ? "of moto" : "of moto (skipped: rclone or moto is missing)", () => {
    let repository: Repository;
    let endpoint: string;
    let right: readonly [id: string, secret: string];
    beforeAll(async () => {
      const server: Server = await startServer(s3Server, ["-p", "0"], {
        folder: makeTemporaryFolder(),
        env: { INITIAL_NO_AUTH_ACTION_COUNT: "4" },
      });
      endpoint = `http://127.0.0.1:${server.port}`;
      [right] = runPython(makeUser, [endpoint]) as [typeof right];
      repository = makeRepository({ files: {} });
      repository.write(files);
      await repository.succeed(["add", "-q", "d", "f"]);
      await repository.succeed(["remote", "add", "-d", "store", "s3://bucket/project"]);
      await repository.succeed(["remote", "modify", "store", "endpointurl", endpoint]);
      await repository.succeed(["remote", "add", "later", "s3://made-later/project"]);
      await repository.succeed(["remote", "modify", "later", "endpointurl", endpoint]);
    });

    const envOf = ([id, secret]: readonly [string, string]) => ({
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_DEFAULT_REGION: "us-east-1",
    });
    const wrong = (): readonly [string, string] => [right[0], "not-this-secret"];

    async function refused(words: readonly string[], key: readonly [string, string]): Promise<string> {
      const { exitCode, stderr } = await repository.run(words, { env: envOf(key) });
      expect(exitCode).toBe(255);
      expect(stderr).not.toContain(key[1]);
      return stderr;
    }
    const ours = (...words: string[]) => repository.succeed(words, { env: envOf(right) });
    const deniedWords = /^ERROR: .*remote 'store' \(s3:\/\/bucket\/project\): .*(Forbidden|SignatureDoesNotMatch)/m;

    test("of a wrong key is not pushed to; with the right one the same command is enough, for DVC too", async () => {
      expect(await ours("status", "-c")).toContain("new:");
      for (const words of [["push"], ["push", "f.dvc"], ["status", "-c"], ["gc", "-w", "-c", "-f"]]) {
        const stderr = await refused(words, wrong());
        expect(stderr).toMatch(deniedWords);
        expect(stderr).toContain("HINT: Check the key or password");
        expect(stderr).not.toContain("request id");
      }
      expect(await ours("push")).toBe("4 files pushed\n");
      const [status] = await runSteps(repository, [["dvc", "status", "-c"]], { env: envOf(right) });
      expect(status?.stdout).toContain("in sync");
    });

    test("of a wrong key is not pulled from; with the right one the same command is enough", async () => {
      forget(repository);
      expect(await refused(["pull"], wrong())).toMatch(deniedWords);
      expect(await refused(["fetch", "f.dvc"], wrong())).toMatch(deniedWords);
      expect(existsSync(path.join(repository.folder, "f"))).toBe(false);
      const objects = path.join(repository.folder, ".dvc/cache/files/md5");
      expect(existsSync(objects) ? readdirSync(objects, { recursive: true }) : []).toEqual([]);
      expect(await ours("pull")).toContain("4 files fetched");
      expect(repository.read("d/e/b")).toBe("2\n");
    });

    test("that is not there is neither pushed to nor pulled from; once it is, the same command is enough", async () => {
      for (const command of ["push", "status -c", "gc -w -c -f", "fetch"]) {
        if (command === "fetch") forget(repository);
        const stderr = await refused([...command.split(" "), "-r", "later"], right);
        expect(stderr).toContain("the bucket 'made-later' does not exist");
        expect(stderr).toContain("Make the bucket first");
      }
      runPython(makeBucket, [[endpoint, ...right, "made-later"]]);
      await ours("pull");
      expect(await ours("push", "-r", "later")).toBe("4 files pushed\n");
      forget(repository);
      const [pull] = await runSteps(repository, [["dvc", "pull", "-r", "later"]], { env: envOf(right) });
      expect(pull?.exitCode).toBe(0);
      expect(repository.read("d/a")).toBe("1\n");
    });
  });
});
