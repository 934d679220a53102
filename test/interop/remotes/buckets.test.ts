/** Data in a bucket that stages depend on and imports come from: recorded as the real DVC records it. */
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder, type Repository } from "../../rig/index.ts";
import { hasRclone, startServer } from "../../rig/servers.ts";
import { describeWithDvc, findPeers, runPython, runSteps } from "../peers.ts";

const s3Server = path.join(findPeers() ?? "", "moto_server");
const hasAll = hasRclone && existsSync(s3Server);

const putObjects = `
import boto3, json, sys
for line in sys.stdin:
    endpoint, objects = json.loads(line)
    key = {"aws_access_key_id": "x", "aws_secret_access_key": "y"}
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **key)
    client.create_bucket(Bucket="bucket")
    for name, text in objects.items():
        if not isinstance(text, int):
            client.put_object(Bucket="bucket", Key=name, Body=text.encode())
            continue
        # In two parts, so that its ETag is no MD5 of it.
        part = client.create_multipart_upload(Bucket="bucket", Key=name)
        where = {"Bucket": "bucket", "Key": name, "UploadId": part["UploadId"]}
        tags = [client.upload_part(**where, PartNumber=n, Body=b"x" * text)["ETag"] for n in (1, 2)]
        parts = [{"PartNumber": n + 1, "ETag": tag} for n, tag in enumerate(tags)]
        client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
    print("null")
`;

const pipeline = `stages:
  a:
    cmd: echo a > a.txt
    deps:
    - s3://bucket/data/f.csv
    - s3://bucket/data/sub
    - remote://named/empty
    outs: [a.txt]
`;

describeWithDvc("data in a bucket", () => {
  describe.skipIf(!hasAll)(hasAll ? "of moto" : "of moto (skipped: rclone or moto is missing)", () => {
    let repository: Repository;
    let env: Record<string, string>;
    let put: (objects: Readonly<Record<string, string | number>>) => void;
    beforeAll(async () => {
      const { port } = await startServer(s3Server, ["-p", "0"], { folder: makeTemporaryFolder() });
      const endpoint = `http://127.0.0.1:${port}`;
      env = { AWS_ACCESS_KEY_ID: "k", AWS_SECRET_ACCESS_KEY: "s", AWS_DEFAULT_REGION: "us-east-1" };
      env = { ...env, AWS_ENDPOINT_URL: endpoint };
      put = (objects) => void runPython(putObjects, [[endpoint, objects]]);
      put({ "data/f.csv": "1\n", "data/sub/g": "g\n", "data/sub/h/ü b": "i\n", "data/empty": "", "data/big": 5 << 20 });
      repository = makeRepository({ files: {} });
      repository.write({ "dvc.yaml": pipeline });
      await repository.succeed(["remote", "add", "named", "s3://bucket/data"]);
      await repository.succeed(["remote", "modify", "named", "endpointurl", endpoint]);
    });

    const ours = (...words: string[]) => repository.succeed(words, { env });
    async function theirs(...words: string[]): Promise<string> {
      const [answer] = await runSteps(repository, [["dvc", ...words]], { env });
      expect(answer?.exitCode).toBe(0);
      return answer?.stdout ?? "";
    }
    const plain = (file: string) => repository.read(file).replace(/^md5: .*$|path: (ours|theirs)$/gm, "");

    const places = ["s3://bucket/data/f.csv", "s3://bucket/data/sub", "s3://bucket/data/big", "remote://named/f.csv"];
    test.each(places.flatMap((place) => [[place], [place, "--no-download"]]))(
      "is imported: %s %s",
      async (...words) => {
        const [place = "", ...flags] = words.filter((word) => word !== undefined);
        await theirs("import-url", place, "theirs", ...flags);
        await ours("import-url", place, "ours", ...flags);
        expect(plain("ours.dvc")).toBe(plain("theirs.dvc"));
        expect(await ours("update", "theirs.dvc", ...flags)).toContain(
          flags.length > 0 ? "" : "didn't change, skipping",
        );
        if (flags.length === 0) expect(await theirs("update", "ours.dvc")).toContain("didn't change, skipping");
        const folder = repository.folder;
        for (const each of ["ours", "theirs"])
          for (const file of [each, `${each}.dvc`]) rmSync(path.join(folder, file), { recursive: true, force: true });
      },
    );

    test("is brought up to date, and that it is missing is said", async () => {
      for (const [tool, name] of [
        [theirs, "theirs"],
        [ours, "ours"],
      ] as const)
        await tool("import-url", "s3://bucket/data/sub", name);
      put({ "data/sub/new": "new\n" });
      await theirs("update", "theirs.dvc");
      await ours("update", "ours.dvc");
      expect(plain("ours.dvc")).toBe(plain("theirs.dvc"));
      expect(repository.read("ours/new")).toBe("new\n");
      expect(repository.read("ours/h/ü b")).toBe("i\n");
      const { exitCode, stderr } = await repository.run(["import-url", "s3://bucket/data/none"], { env });
      expect(exitCode).toBe(1);
      expect(stderr).toContain("dependency 's3://bucket/data/none' does not exist");
    });

    test("is what a stage depends on", async () => {
      await ours("repro", "a");
      const lock = repository.read("dvc.lock");
      expect(await theirs("status", "a")).toContain("up to date");
      rmSync(path.join(repository.folder, "dvc.lock"));
      await theirs("commit", "-f", "a");
      expect(lock).toBe(repository.read("dvc.lock"));
      expect(await ours("repro", "a")).toContain("Stage 'a' didn't change, skipping");
      put({ "data/f.csv": "2\n", "data/sub/new": "newer\n" });
      const changed = (text: string) => text.match(/modified: +\S+$/gm)?.map((line) => line.replace(/ +/, " "));
      expect(changed(await ours("status", "a"))).toEqual(changed(await theirs("status", "a")));
      expect(await ours("repro", "a")).toContain("Running stage 'a'");
      expect(await theirs("status", "a")).toContain("up to date");
    });
  });
});
