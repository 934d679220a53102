/** Who is let in by `sweepline ui`, and who is not; what is asked for there is done. The page itself is tested in test/page. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LivePage, type PageAction, paths, tokenHeader } from "../../src/report/page/live-contract.ts";
import { experimentNames, makeExperimentRepository } from "../cli/exp-project.ts";
import { type Repository, waitLimitMs } from "../rig/index.ts";
import { ask, enter, type OpenUi, startUi } from "./rig.ts";

let repository: Repository;
let ui: OpenUi;
let cookie: string;
let page: LivePage;

const post = (action: unknown, headers: Readonly<Record<string, string>> = {}, at = ui) =>
  ask(at, {
    method: "POST",
    path: paths.act,
    headers: { cookie, "content-type": "application/json", [tokenHeader]: page.token, ...headers },
    body: JSON.stringify(action),
  });

async function rows(): Promise<LivePage["page"]["rows"]> {
  const { text } = await ask(ui, { path: paths.page, headers: { cookie } });
  return (JSON.parse(text) as LivePage).page.rows;
}

async function idOf(name: string): Promise<string> {
  return (await rows()).find((row) => row.name === name)?.id ?? `no ${name}`;
}

const refused = { kind: "exp remove", ids: ["x"] } as const;

beforeAll(async () => {
  repository = makeExperimentRepository();
  await repository.run(["sweep", "-n", "s", "x=1,2,3,13"]).then(({ exitCode }) => expect(exitCode).toBe(1));
  await repository.succeed(["exp", "run", "--queue", "-n", "later", "-S", "x=7,8"]);
  ui = await startUi(repository);
  cookie = await enter(ui);
  page = JSON.parse((await ask(ui, { path: paths.page, headers: { cookie } })).text) as LivePage;
});
afterAll(async () => {
  expect((await ui.command.kill("SIGINT")).exitCode).toBe(252);
});

test("it listens on 127.0.0.1, and its answers keep to themselves", async () => {
  expect(ui.address.hostname).toBe("127.0.0.1");
  const { headers, status } = await ask(ui, { path: "/" });
  expect(status).toBe(200);
  expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
  expect(String(headers["content-security-policy"])).not.toMatch(/unsafe/);
  expect(headers).toMatchObject({
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
});

test("the word of the address lets one browser in", async () => {
  const { pathname, search } = ui.address;
  expect((await ask(ui, { path: pathname + search })).status).toBe(403);
  expect((await ask(ui, { path: pathname + search, headers: { cookie } })).status).toBe(200);
  expect((await ask(ui, { path: "/?t=wrong" })).status).toBe(403);
  expect(page.page.rows).toHaveLength(6);
});

test("the cookie is for no script, no other site and no other path", async () => {
  const other = await startUi(repository);
  const { headers } = await ask(other, { path: other.address.pathname + other.address.search });
  expect(String(headers["set-cookie"])).toMatch(/^sweepline-ui-\d+=[\w-]{32}; Path=\/; .*HttpOnly; SameSite=Strict$/);
  // That of one server is none of another one.
  expect((await ask(other, { path: paths.page, headers: { cookie } })).status).toBe(403);
  expect((await other.command.kill("SIGTERM")).exitCode).toBe(252);
});

test.each(Object.values(paths).filter((path) => path !== paths.act))("%s is for who was let in", async (path) => {
  for (const given of [
    {},
    { cookie: "sweepline-ui-1=x" },
    { cookie: `${cookie}x` },
    { cookie, "sec-fetch-site": "cross-site" },
  ])
    expect((await ask(ui, { path, headers: given })).status).toBe(403);
});

test.each(["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example"])(
  "the host %j is another server's",
  async (host) => {
    for (const path of ["/", "/ui.js", paths.page]) {
      const { status, text } = await ask(ui, { path, headers: { host, cookie } });
      // Without any, Node itself refuses.
      expect([421, 400]).toContain(status);
      expect(text).not.toContain("later");
    }
  },
);

test.each([
  ["another site's Origin", { origin: "http://evil.example" }, 403],
  ["an Origin of another port", { origin: "http://127.0.0.1:1" }, 403],
  ["no origin that can be named", { origin: "null" }, 403],
  ["a cross-site request", { "sec-fetch-site": "cross-site" }, 403],
  ["a request of the same site", { "sec-fetch-site": "same-site" }, 403],
  ["no cookie", { cookie: "" }, 403],
  ["a wrong token", { [tokenHeader]: "wrong" }, 403],
  ["no token", { [tokenHeader]: "" }, 403],
  ["a form", { "content-type": "application/x-www-form-urlencoded" }, 415],
  ["plain text", { "content-type": "text/plain" }, 415],
] as const)("nothing is changed by %s", async (_, headers, status) => {
  const before = experimentNames(repository);
  const action = { kind: "exp remove", ids: [await idOf("s-1")] };
  expect((await post(action, headers)).status).toBe(status);
  expect(experimentNames(repository)).toEqual(before);
});

test.each([
  "/../../etc/passwd",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/.git/config",
  "/params.yaml",
  "//etc/passwd",
  "/api/log?id=../../../../etc/passwd",
  "/api/log?id=%2Fetc%2Fpasswd",
  "/api/compare?id=..&id=..",
  "/plots?id=../x",
  "/ui.js/../../package.json",
  "http://evil.example/api/page",
])("no path leads to a file: %s", async (path) => {
  const { status, text } = await ask(ui, { path, headers: { cookie } });
  expect([400, 404, 409, 421]).toContain(status);
  expect(text).not.toMatch(/root:|\[core\]|the header/);
});

test("what is no action, or too much, is refused in words", async () => {
  for (const action of [
    {},
    [],
    "x",
    { kind: "constructor" },
    { kind: "exp remove", ids: "x" },
    { kind: "queue start", jobs: -1 },
  ])
    expect(JSON.parse((await post(action)).text)).toMatchObject({ error: { code: "REQUEST_FIELD" } });
  expect(JSON.parse((await post({ kind: "exp note", id: "x".repeat(300_000), text: "" })).text)).toMatchObject({
    error: { code: "REQUEST_NOT_JSON" },
  });
  expect(JSON.parse((await post(refused)).text)).toMatchObject({ error: { code: "NOT_AN_EXPERIMENT" } });
  for (const method of ["PUT", "DELETE", "OPTIONS", "HEAD"])
    expect((await ask(ui, { method, path: paths.page, headers: { cookie } })).status).toBe(405);
});

test("with --read-only nothing can be changed, whoever asks", async () => {
  const shown = await startUi(repository, "--read-only");
  const own = await enter(shown);
  const told = JSON.parse((await ask(shown, { path: paths.page, headers: { cookie: own } })).text) as LivePage;
  expect(told).toMatchObject({ access: "read only", token: "" });
  expect((await post(refused, { cookie: own, [tokenHeader]: "" }, shown)).status).toBe(403);
  expect((await shown.command.kill("SIGTERM")).exitCode).toBe(252);
});

test("a port that is in use is refused", async () => {
  const { exitCode, stderr } = await repository.run(["ui", "-v", "--port", ui.address.port]);
  expect(exitCode).toBe(255);
  expect(stderr).toContain("something listens there");
  expect(stderr).toContain("CODE: PORT_REFUSED");
});

async function done(action: PageAction): Promise<string> {
  const { text } = await post(action);
  const answer = JSON.parse(text) as { done?: string };
  expect(answer, text).toHaveProperty("done");
  return answer.done ?? "";
}

test("each action does what the command does", async () => {
  const [one, two, failed] = [await idOf("s-1"), await idOf("s-2"), await idOf("s-4")];
  await done({ kind: "exp note", id: one, text: "the <b>best</b>" });
  await done({ kind: "exp tag", id: one, tags: ["paper", "a"] });
  await done({ kind: "exp star", ids: [one, two], star: "on" });
  expect((await rows()).find(({ id }) => id === one)).toMatchObject({
    note: "the <b>best</b>",
    tags: ["a", "paper"],
    starred: true,
  });
  expect(await done({ kind: "exp branch", id: two, branch: "kept" })).toContain("kept");
  expect(repository.git("rev-parse", "kept").trim()).toBe((await rows()).find(({ id }) => id === two)?.commit);
  await done({ kind: "exp rename", id: two, name: "renamed" });
  expect(experimentNames(repository)).toContain("renamed");
  expect(JSON.parse((await post({ kind: "exp rename", id: await idOf("renamed"), name: "s-1" })).text)).toMatchObject({
    error: { code: "NAME_TAKEN", hint: expect.any(String) },
  });
  expect(await done({ kind: "exp apply", id: await idOf("s-3") })).toContain("'s-3' have been applied");
  expect(repository.read("m.json")).toContain("3");
  await done({ kind: "exp remove", ids: [await idOf("s-3")] });
  expect(experimentNames(repository)).not.toContain("s-3");
  await done({ kind: "queue retry", ids: [failed] });
  await done({ kind: "queue move", ids: [failed], place: "first" });
  const told = JSON.parse((await ask(ui, { path: paths.page, headers: { cookie } })).text) as LivePage;
  expect(told.queue.waiting[0]).toBe(failed);
  await done({ kind: "queue remove", ids: [failed] });
  expect(await idOf("s-4")).toBe("no s-4");
  expect(await done({ kind: "queue start", jobs: 2 })).toContain("2 workers");
  await expect.poll(() => experimentNames(repository).length, { timeout: waitLimitMs }).toBe(4);
  await done({ kind: "queue stop", manner: "kill" });
});
