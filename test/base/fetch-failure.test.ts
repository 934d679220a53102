/** What `fetch` throws, by real failures of it. */
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchFailure } from "../../src/base/errno.ts";

let silent: Server;
let address: string;
beforeAll(async () => {
  silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const bound = silent.address();
  address = `http://127.0.0.1:${typeof bound === "object" ? bound?.port : ""}/`;
});
afterAll(() => void silent.close());

const failureOf = (url: string, signal?: AbortSignal) =>
  fetch(url, signal === undefined ? {} : { signal }).then(() => undefined, fetchFailure);

test("a time limit, giving up, nobody there, an address that is none", async () => {
  expect(await failureOf(address, AbortSignal.timeout(1))).toEqual({ kind: "late" });
  expect(await failureOf(address, AbortSignal.abort())).toEqual({ kind: "given up" });
  expect(await failureOf("http://127.0.0.1:1/")).toMatchObject({ kind: "network" });
  expect(
    fetchFailure(new TypeError("fetch failed", { cause: Object.assign(new Error(""), { code: "ECONNREFUSED" }) })),
  ).toEqual({
    kind: "network",
    code: "ECONNREFUSED",
    message: "fetch failed",
  });
});

test.each([new RangeError("a bug"), "text", undefined])("%s is none", (thrown) => {
  expect(fetchFailure(thrown)).toBeUndefined();
});
