/** exp push and exp pull over smart HTTP: refusals, connections that break, and many who push at once. */
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Fate, GitServer, hasGitServer } from "../../rig/git-server.ts";
import { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository } from "../exp-project.ts";

let prepared: Repository;
let server: GitServer;

beforeAll(async () => {
  prepared = makeExperimentRepository();
  await prepared.succeed(["exp", "run", "--temp", "-n", "one", "-S", "x=5"]);
  await prepared.succeed(["exp", "run", "--temp", "-n", "two", "-S", "x=6"]);
  server = await GitServer.start(prepared.root);
});

afterAll(() => server.close());

/** An empty bare repository at the server, with main in it. */
function remote(name: string): string {
  const bare = path.join(prepared.root, name);
  execFileSync("git", ["init", "--quiet", "--bare", bare], { env: prepared.env });
  execFileSync("git", ["-C", bare, "config", "http.receivepack", "true"], { env: prepared.env });
  prepared.git("push", "--quiet", bare, "main");
  return `${server.url}/${name}`;
}

function clone(name: string, url: string): Repository {
  const root = path.join(prepared.root, name);
  mkdirSync(root);
  const copy = new Repository(root);
  execFileSync("git", ["clone", "--quiet", path.join(prepared.root, path.basename(url)), copy.folder], {
    env: copy.env,
  });
  return copy;
}

const namesAt = (url: string) =>
  [
    ...prepared
      .git("-C", path.join(prepared.root, path.basename(url)), "for-each-ref", "refs/exps")
      .matchAll(/[^/]+$/gm),
  ]
    .map(([name]) => name)
    .sort();

describe.skipIf(!hasGitServer)("over smart HTTP (skipped where Git has no http-backend)", () => {
  it("says what the server refuses, and the same command finishes", async () => {
    const url = remote("refusals.git");
    for (const status of [401, 403, 429, 500]) {
      server.fate = () => status;
      const push = await prepared.run(["exp", "push", url, "--no-cache"]);
      const pull = await prepared.run(["exp", "pull", url, "--no-cache"]);
      expect([status, push.exitCode, pull.exitCode, push.stdout, pull.stdout]).toEqual([status, 255, 255, "", ""]);
      expect(namesAt(url)).toEqual([]);
    }
    server.fate = () => "serve";
    await prepared.succeed(["exp", "push", url, "--no-cache"]);
    expect(namesAt(url)).toEqual(["one", "two"]);
  });

  it("leaves both sides sound where a connection breaks, and the same command finishes", async () => {
    const url = remote("cuts.git");
    const cuts: readonly (readonly [service: string, fate: Fate])[] = [
      ["info/refs", "cut answer"],
      ["git-receive-pack", "cut request"],
      ["git-receive-pack", "cut answer"],
    ];
    for (const [service, fate] of cuts) {
      server.fate = (method, at) =>
        at.includes(service) && (service === "info/refs" || method === "POST") ? fate : "serve";
      const push = await prepared.run(["exp", "push", url, "--no-cache"]);
      expect([service, fate, push.exitCode]).toEqual([service, fate, 255]);
      prepared.git("-C", path.join(prepared.root, "cuts.git"), "fsck", "--connectivity-only");
    }
    server.fate = () => "serve";
    await prepared.succeed(["exp", "push", url, "--no-cache"]);
    expect(namesAt(url)).toEqual(["one", "two"]);
    const copy = clone("puller", url);
    server.fate = (method, at) => (method === "POST" && at.includes("upload-pack") ? "cut answer" : "serve");
    const pull = await copy.run(["exp", "pull", url, "--no-cache"]);
    expect([pull.exitCode, experimentNames(copy)]).toEqual([255, []]);
    server.fate = () => "serve";
    await copy.succeed(["exp", "pull", url, "--no-cache"]);
    expect(experimentNames(copy)).toEqual(["one", "two"]);
    copy.git("fsck", "--connectivity-only");
  });

  it("loses none of what many clones push at once", async () => {
    const url = remote("many.git");
    const head = prepared.git("rev-parse", "HEAD").trim();
    const clones = Array.from({ length: 8 }, (_unused, at) => clone(`many-${at}`, url));
    for (const [at, copy] of clones.entries()) {
      const commit = copy.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", `of ${at}`).trim();
      copy.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/exp-${at}`, commit);
    }
    const pushes = await Promise.all(clones.map((copy) => copy.run(["exp", "push", url, "--no-cache"])));
    expect(pushes.map(({ exitCode }) => exitCode)).toEqual(clones.map(() => 0));
    expect(namesAt(url)).toEqual(clones.map((_, at) => `exp-${at}`));
  });
});
