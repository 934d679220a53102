/** notify.url and notify.command: who is told of a run, and what becomes of words that do not arrive. */
import { createHmac } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { type Posted, RecordingServer } from "../../rig/recording-server.ts";
import { makeExperimentRepository } from "../exp-project.ts";

const env = { SWEEPLINE_LIVE_WAIT: "300" };
const outbox = ".dvc/tmp/exps/sweepline/outbox";

let prepared: Repository;
let server: RecordingServer;

beforeAll(() => {
  prepared = makeExperimentRepository();
});

beforeEach(async () => {
  server = await RecordingServer.start();
});

afterEach(() => server.close());

function signature({ headers, text }: Posted, secret: string): string {
  const time = String(headers["x-sweepline-time"]);
  return `sha256=${createHmac("sha256", secret).update(`${time}.${text}`).digest("hex")}`;
}

it("tells a web server of the start, each failure and the end, signed", async () => {
  const repository = prepared.copy();
  await repository.succeed(["config", "notify.url", `${server.url}/hook?key=1`]);
  await repository.succeed(["config", "--global", "notify.secret", "between us"]);
  expect(await repository.succeed(["config", "notify.url"])).toBe(`${server.url}/hook?key=1\n`);
  const run = await repository.run(["sweep", "-n", "s", "x=5,13"], { env });
  expect(run.exitCode).toBe(1);
  expect(server.posts.map(({ body }) => body.type)).toEqual(["planned", "failed", "summary"]);
  const [planned, failed, summary] = server.posts;
  for (const posted of server.posts) {
    expect(posted.path).toBe("/hook?key=1");
    expect(posted.headers["x-sweepline-signature"]).toBe(signature(posted, "between us"));
  }
  const sweep = String(planned?.body.sweep);
  expect(planned?.body).toMatchObject({
    schema: 1,
    total: 2,
    project: "repository",
    see: `sweepline sweep show ${sweep}`,
  });
  expect(failed?.body).toMatchObject({ code: "STAGE_FAILED", exitCode: 7, see: "sweepline exp logs s-2" });
  expect(summary?.body).toMatchObject({ succeeded: ["s-1"], failed: [{ name: "s-2" }] });
  expect(readdirSync(path.join(repository.folder, outbox))).toEqual([]);
});

it("gives the event to a command on its input, and says where that fails", async () => {
  const repository = prepared.copy();
  const told = path.join(repository.root, "told.jsonl");
  await repository.succeed(["config", "notify.command", `cat >> '${told}'; echo >> '${told}'`]);
  await repository.succeed(["exp", "run", "--temp", "-n", "one", "-S", "x=2"], { env });
  const events = readFileSync(told, "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(events).toEqual(["planned", "summary"]);
  await repository.succeed(["config", "notify.command", "exit 9"]);
  const bad = await repository.run(["exp", "run", "--temp", "-n", "two", "-S", "x=3"], { env });
  expect([bad.exitCode, bad.stderr]).toEqual([
    0,
    expect.stringContaining("WARNING: notify.command failed: exit code 9\n"),
  ]);
});

it("keeps what did not arrive for the next run, and drops what is an hour old with a word", async () => {
  const repository = prepared.copy();
  await repository.succeed(["config", "notify.url", server.url]);
  server.answer((response) => response.writeHead(503).end());
  const lost = await repository.run(["exp", "run", "--temp", "-n", "one", "-S", "x=2"], {
    env: { SWEEPLINE_LIVE_WAIT: "0" },
  });
  expect([lost.exitCode, lost.stderr]).toEqual([
    0,
    expect.stringContaining("2 notifications did not reach 127.0.0.1:"),
  ]);
  expect(readdirSync(path.join(repository.folder, outbox)).length).toBe(2);
  const old = Date.now() - 3_700_000;
  const name = `${String(old).padStart(15, "0")}-0000-00000000-0000-4000-8000-000000000000.json`;
  writeFileSync(path.join(repository.folder, outbox, name), JSON.stringify({ v: 1, at: old, body: "{}" }));
  server.answer((response) => response.end());
  server.posts.length = 0;
  const next = await repository.run(["exp", "run", "--temp", "-n", "two", "-S", "x=3"], { env });
  expect(next.stderr).toContain("1 notifications were dropped: they could not be delivered for an hour");
  expect(server.posts.map(({ body }) => body.type)).toEqual(["planned", "summary", "planned", "summary"]);
});

it("takes neither a command nor an address from what a repository brings", async () => {
  const repository = prepared.copy();
  mkdirSync(path.join(repository.folder, ".dvc"), { recursive: true });
  const refused = await repository.run(["config", "--project", "notify.link", "x"]);
  expect(refused.exitCode).toBe(251);
  writeFileSync(path.join(repository.folder, ".dvc/config"), "[notify]\n    command = touch ran\n");
  const run = await repository.run(["exp", "run", "--temp", "-n", "one"], { env });
  expect(run.exitCode).toBe(251);
  expect(repository.exists("ran")).toBe(false);
});
