/** What a web server says of a file, and what it is not asked for. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { lookAtWebFile, readWebFile } from "../../src/store/web-file.ts";

let top: string;
const asked: string[] = [];

type Answer = readonly [status: number, headers: Record<string, string>, body?: string];

const modified = "Sun, 29 Nov 2026 12:51:39 GMT";
const answers: Readonly<Record<string, Answer>> = {
  "/etag": [200, { etag: '"abc"', "content-length": "2" }],
  "/weak": [200, { etag: 'W/"abc"', "content-length": "2" }],
  "/md5": [200, { "content-md5": "sCYyTGkEsqnLS4jW1hyB0Q==", "content-length": "2" }],
  "/plain": [200, { "content-type": "text/csv; charset=utf-8", "last-modified": modified, "content-length": "2" }],
  "/moved": [302, { location: "/etag", "content-length": "0" }],
  "/loop": [302, { location: "/loop", "content-length": "0" }],
  "/packed": [200, { etag: '"p"', "content-encoding": "gzip", "content-length": "20" }],
  "/denied": [403, { "content-length": "0" }],
};

function reply(request: IncomingMessage, response: ServerResponse): void {
  asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`.trim());
  if (request.url === "/torn") {
    response.writeHead(200, { "content-length": "5" });
    return void response.write("1\n", () => response.destroy());
  }
  const noHead = request.url === "/no-head";
  const [status, headers] = noHead
    ? [request.method === "HEAD" ? 405 : 200, { etag: '"g"', "content-length": "2" }]
    : (answers[request.url ?? ""] ?? [404, {}]);
  response.writeHead(status, headers);
  response.end(
    request.method === "GET" && "content-length" in headers ? "1\n".padEnd(Number(headers["content-length"])) : "",
  );
}

beforeAll(async () => {
  const server = createServer(reply);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  top = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => server.close();
});

test.each([
  ["/etag", '"abc"', 2],
  ["/weak", 'W/"abc"', 2],
  ["/md5", "sCYyTGkEsqnLS4jW1hyB0Q==", 2],
  ["/moved", '"abc"', 2],
  ["/no-head", '"g"', 2],
  ["/packed", '"p"', undefined],
])("%s", async (name, checksum, size) => {
  expect(await lookAtWebFile(`${top}${name}`)).toEqual({ file: { checksum, size } });
});

test("without a name of its version, all that is said of it counts, where the file lies too", async () => {
  const { file } = await lookAtWebFile(`${top}/plain`);
  expect(file).toEqual({ checksum: expect.stringMatching(/^\d{30,39}$/), size: 2 });
  expect((await lookAtWebFile(`${top}/plain?again`)).file).toBeUndefined();
});

test.each([
  ["/gone", { why: "the server says 404", status: 404 }],
  ["/denied", { why: "the server says 403", status: 403 }],
  ["/loop", { why: expect.stringMatching(/redirect|fetch failed/) }],
])("%s is not there", async (name, refusal) => {
  expect(await lookAtWebFile(`${top}${name}`)).toEqual({ file: undefined, ...refusal });
});

test("neither is a server that is gone, or an address that is none", async () => {
  expect(await lookAtWebFile("http://127.0.0.1:1/x")).toEqual({ file: undefined, why: expect.stringMatching(/./) });
  expect(await lookAtWebFile("http://[::bad/x")).toEqual({ file: undefined, why: expect.stringMatching(/URL/) });
});

test("a name and a password in the address are sent as such", async () => {
  await lookAtWebFile(`${top.replace("//", "//me:s%40me@")}/etag`);
  expect(asked.at(-1)).toBe(`HEAD /etag Basic ${Buffer.from("me:s@me").toString("base64")}`);
});

test("a file is handed over, with what the server says of it", async () => {
  const pieces: Uint8Array[] = [];
  const { file } = await readWebFile(`${top}/plain`, (piece) => pieces.push(piece));
  expect(Buffer.concat(pieces).toString()).toBe("1\n");
  expect({ file }).toEqual(await lookAtWebFile(`${top}/plain`));
  expect(await readWebFile(`${top}/gone`, () => undefined)).toMatchObject({ file: undefined, status: 404 });
});

test("of one that breaks off, how far it came", async () => {
  expect(await readWebFile(`${top}/torn`, () => undefined)).toEqual({
    file: undefined,
    why: "the transfer broke off after 2 bytes",
  });
});
