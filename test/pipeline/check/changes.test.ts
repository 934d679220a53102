/** Dependencies that are files of a web server: looked at, recorded as DVC 3 does. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { run, type TestProject, testProject } from "../project.ts";

let top: string;
let version = "1";

beforeAll(async () => {
  const server = createServer((request, response) => {
    const isThere = request.url === "/data.csv" && version !== "";
    response.writeHead(isThere ? 200 : 404, { etag: `"${version}"`, "content-length": isThere ? "2" : "0" });
    response.end(isThere && request.method === "GET" ? "1\n" : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  top = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => server.close();
});

async function changedStages(project: TestProject): Promise<readonly string[]> {
  const { result } = await run(project);
  if (result.kind !== "done") throw new Error(JSON.stringify(result));
  return result.changedStages;
}

const pipeline = (address: string) => `stages:\n  get:\n    cmd: echo x >o\n    deps: ['${address}']\n    outs: [o]\n`;

test("a stage runs when its file is another one, and only then", async () => {
  version = "1";
  const project = testProject({ "dvc.yaml": pipeline(`${top}/data.csv`) });
  expect(await changedStages(project)).toEqual(["get"]);
  expect(project.read("dvc.lock")).toContain(
    `    deps:\n    - path: ${top}/data.csv\n      hash: md5\n      checksum: '"1"'\n      size: 2\n    outs:\n`,
  );
  expect(await changedStages(project)).toEqual([]);
  version = "2";
  expect(await changedStages(project)).toEqual(["get"]);
  expect(project.read("dvc.lock")).toContain(`checksum: '"2"'`);
});

test("one that is gone is told with the reason, and without the password of its address", async () => {
  version = "";
  const project = testProject({ "dvc.yaml": pipeline(`${top.replace("//", "//me:secret@")}/data.csv`) });
  const { result } = await run(project);
  expect(result).toMatchObject({
    kind: "failed",
    failures: [{ message: `dependency '${top.replace("//", "//***@")}/data.csv' does not exist: the server says 404` }],
  });
});

test("a file that changes while the stage runs is told", async () => {
  version = "1";
  const project = testProject({ "dvc.yaml": pipeline(`${top}/data.csv`) });
  const { result } = await run(project, {}, { processStarted: () => (version = "2") });
  expect(result).toMatchObject({ kind: "failed", failures: [{ message: expect.stringContaining("changed while") }] });
});
