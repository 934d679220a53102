/** Live updates: what a recording server gets while experiments run, and what becomes of runs whose server is of no use. */
import { statSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Environment, type Files, makeRepository, type Repository, scriptStage } from "../../rig/index.ts";
import { type Posted, RecordingServer } from "../../rig/recording-server.ts";

const files: Files = {
  "params.yaml": "lr: 0.1\n",
  "dvc.yaml": scriptStage("train", "train.sh").replace(/params:[\s\S]*?(?=\n {4}\w|$)/, "params: [lr]"),
  // What a DVCLive in the stage would find.
  "train.sh": `echo "{\\"loss\\": 0.5}" > m.json
cp params.yaml out.txt
printf '%s\\n' "$DVC_EXP_NAME" "$DVC_EXP_BASELINE_REV" "$DVC_ROOT" "$DVC_STUDIO_URL" "$DVC_STUDIO_REPO_URL" "$DVC_STUDIO_TOKEN" > "$SEEN"
`,
  ".gitignore": "/out.txt\n",
};

let prepared: Repository;
let server: RecordingServer;

beforeAll(() => {
  prepared = makeRepository({ files });
  prepared.git("remote", "add", "origin", "https://somebody:hidden@git.example.com/team/project.git");
});

beforeEach(async () => {
  server = await RecordingServer.start();
});

afterEach(() => server.close());

function studio(repository: Repository): Environment {
  return {
    DVC_STUDIO_OFFLINE: "",
    DVC_STUDIO_TOKEN: "isat_secret",
    DVC_STUDIO_URL: server.url,
    // To end a hang only.
    SWEEPLINE_LIVE_WAIT: "300",
    SEEN: path.join(repository.root, "seen.txt"),
  };
}

const types = (posts: readonly Posted[], name: string) =>
  posts.filter(({ body }) => body.name === name).map(({ body }) => body.type);

describe("live updates", () => {
  it("tells start and done of experiments in copies, as real DVC does", async () => {
    const repository = prepared.copy();
    const head = repository.git("rev-parse", "HEAD").trim();
    await repository.succeed(["sweep", "-n", "s", "lr=0.2,0.3", "-m", "tried\nat length"], { env: studio(repository) });
    expect(server.posts.length).toBe(4);
    expect([types(server.posts, "s-1"), types(server.posts, "s-2")]).toEqual([
      ["start", "done"],
      ["start", "done"],
    ]);
    const [start, done] = server.posts.filter(({ body }) => body.name === "s-2");
    const common = {
      repo_url: "https://git.example.com/team/project.git",
      baseline_sha: head,
      name: "s-2",
      client: "dvc",
    };
    expect(start?.path).toBe("/api/live");
    expect(start?.headers).toMatchObject({ authorization: "token isat_secret", "content-type": "application/json" });
    expect(start?.body).toEqual({
      type: "start",
      ...common,
      params: { "params.yaml": { lr: 0.3 } },
      message: "tried\nat length",
    });
    const [ref = ""] = repository.experimentRefs().filter((each) => each.endsWith("/s-2"));
    const commit = repository.git("rev-parse", ref).trim();
    expect(done?.body).toEqual({
      type: "done",
      ...common,
      experiment_rev: commit,
      metrics: { "m.json": { data: { loss: 0.5 } } },
    });
  });

  it("gives stages in copies and in the workspace what a DVCLive needs, with the user's project as its root", async () => {
    const repository = prepared.copy();
    const env = studio(repository);
    const seen = () => repository.read("../seen.txt").trim().split("\n");
    const head = repository.git("rev-parse", "HEAD").trim();
    const told = [head, repository.folder, server.url, "https://git.example.com/team/project.git", "isat_secret"];
    await repository.succeed(["exp", "run", "--temp", "-n", "apart", "-S", "lr=0.4"], { env });
    expect(seen()).toEqual(["apart", ...told]);
    await repository.succeed(["exp", "run", "-n", "here", "-S", "lr=0.5"], { env });
    expect(seen()).toEqual(["here", ...told]);
    expect(types(server.posts, "here")).toEqual(["start", "done"]);
    const [start, done] = server.posts.filter(({ body }) => body.name === "here");
    expect(start?.body.params).toEqual({ "params.yaml": { lr: 0.5 } });
    expect(done?.body).toMatchObject({ experiment_rev: expect.stringMatching(/^[0-9a-f]{40}$/) as string });
  });

  it("tells the end of a failed one without a commit", async () => {
    const repository = prepared.copy();
    repository.write({ "train.sh": "exit 3\n" });
    repository.commit("fails");
    const run = await repository.run(["exp", "run", "--temp", "-n", "bad"], { env: studio(repository) });
    expect(run.exitCode).toBe(255);
    expect(types(server.posts, "bad")).toEqual(["start", "done"]);
    expect(server.posts.at(-1)?.body).not.toHaveProperty("experiment_rev");
  });

  it("lets no server break a run, sends no token elsewhere, and says so once", async () => {
    const repository = prepared.copy();
    const other = await RecordingServer.start();
    const ways = {
      redirects: (response) => void response.writeHead(307, { location: `${other.url}/api/live` }).end(),
      denies: (response) => void response.writeHead(401).end("no"),
      breaks: (response) => void response.destroy(),
      floods: (response) => void response.writeHead(500).end("x".repeat(1 << 20)),
      silent: () => undefined,
    } satisfies Record<string, Parameters<RecordingServer["answer"]>[0]>;
    try {
      for (const [name, way] of Object.entries(ways)) {
        server.answer(way);
        const run = await repository.run(["exp", "run", "--temp", "-n", name, "-f"], {
          // Who never answers is waited for.
          env: { ...studio(repository), ...(name === "silent" ? { SWEEPLINE_LIVE_WAIT: "1" } : {}) },
        });
        expect([name, run.exitCode]).toEqual([name, 0]);
        expect(run.stderr).not.toContain("isat_secret");
      }
      expect(other.posts).toEqual([]);
    } finally {
      other.close();
    }
    expect(repository.experimentRefs().length).toBe(5);
  });

  it("sends again, in order, what a server in trouble did not take", async () => {
    const repository = prepared.copy();
    const taken: unknown[] = [];
    const fates = [503, undefined, 200, 429, 200];
    server.answer((response, { body }) => {
      const fate = fates.shift();
      if (fate === 200) taken.push(body.type);
      if (fate === undefined) response.destroy();
      else response.writeHead(fate).end("{}");
    });
    const run = await repository.run(["exp", "run", "--temp", "-n", "one"], { env: studio(repository) });
    expect([run.exitCode, run.stderr]).toEqual([0, expect.not.stringContaining("live updates")]);
    expect(taken).toEqual(["start", "done"]);
  });

  it("says in words that a token is none, and runs", async () => {
    const repository = prepared.copy();
    const env = { ...studio(repository), DVC_STUDIO_TOKEN: "isat\nsecret" };
    const run = await repository.run(["exp", "run", "--temp", "-n", "one"], { env });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toContain("the token has characters that no header may have");
    expect(run.stderr).not.toContain("secret");
    expect(server.posts).toEqual([]);
  });

  it("sends the user's token to no server that the repository names", async () => {
    const repository = prepared.copy();
    await repository.succeed(["config", "studio.url", server.url]);
    repository.commit("studio");
    const env = { ...studio(repository), DVC_STUDIO_URL: "" };
    const run = await repository.run(["exp", "run", "--temp", "-n", "one"], { env });
    expect(run.stderr).toContain(`no live updates: the project names the Studio at ${server.url}`);
    expect(server.posts).toEqual([]);
    await repository.succeed(["config", "--local", "studio.url", server.url]);
    await repository.succeed(["exp", "run", "--temp", "-n", "two"], { env });
    expect(types(server.posts, "two")).toEqual(["start", "done"]);
    // As if a clone had brought it.
    repository.git("add", "--force", ".dvc/config.local");
    const third = await repository.run(["exp", "run", "--temp", "-n", "three"], { env });
    expect(third.stderr).toContain("no live updates");
    expect(types(server.posts, "three")).toEqual([]);
  });

  it("tells what a push brought and a removal took", async () => {
    const repository = prepared.copy();
    const bare = path.join(repository.root, "remote.git");
    repository.git("init", "--quiet", "--bare", bare);
    repository.git("remote", "set-url", "origin", bare);
    repository.git("push", "--quiet", "origin", "main");
    await repository.succeed(["exp", "run", "--temp", "-n", "one"], { env: { SEEN: "/dev/null" } });
    server.answer((response) => response.end('{"url": "https://studio.example.com/x"}'));
    const env = studio(repository);
    const pushed = await repository.succeed(["exp", "push", "origin", "--no-cache"], { env });
    expect(pushed).toContain("View your experiments at https://studio.example.com/x\n");
    const [ref] = repository.experimentRefs();
    expect(server.posts[0]).toMatchObject({
      path: "/webhook/dvc",
      body: { repo_url: bare, client: "dvc", refs: { pushed: [ref] } },
    });
    server.answer((response) => response.writeHead(500).end());
    const removed = await repository.run(["exp", "remove", "-g", "origin", "one"], { env });
    expect([removed.exitCode, removed.stderr]).toEqual([0, "WARNING: failed to notify Studio: the server says 500\n"]);
    expect(server.posts[1]?.body.refs).toEqual({ removed: [ref] });
  });
});

describe("studio", () => {
  it("keeps a token where DVC does, for its user only, and never takes it from the command line", async () => {
    const repository = prepared.copy();
    const none = await repository.run(["studio", "token", "-v"]);
    expect([none.exitCode, none.stderr]).toEqual([255, expect.stringContaining("NOT_LOGGED_IN")]);
    const login = ["studio", "login", "-H", server.url];
    const said = await repository.succeed(login, { stdin: "isat_kept\n" });
    const file = path.join(repository.env.HOME ?? "", ".config/dvc/config");
    expect(said).toBe(`Saved the token for ${server.url} to ${file}, which only you can read.\n`);
    expect(repository.read(path.relative(repository.folder, file))).toBe(
      `[studio]\n    token = isat_kept\n    url = ${server.url}\n`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await repository.run([...login, "-v"], { stdin: "other\n" });
    expect([again.exitCode, again.stderr]).toEqual([255, expect.stringContaining("LOGGED_IN")]);
    expect(await repository.succeed(["studio", "token"])).toBe("isat_kept\n");
    const online = { DVC_STUDIO_OFFLINE: "", SWEEPLINE_LIVE_WAIT: "300" };
    expect(JSON.parse(await repository.succeed(["studio", "status", "--json"], { env: online }))).toEqual({
      loggedIn: true,
      live: true,
      url: `${server.url}/`,
      repoUrl: "https://git.example.com/team/project.git",
    });
    expect(await repository.succeed(["config", "-l"])).toContain("studio.token=***");
    await repository.succeed(["exp", "run", "--temp", "-n", "one"], { env: { ...online, SEEN: "/dev/null" } });
    expect(server.posts.map(({ headers }) => headers.authorization)).toEqual(["token isat_kept", "token isat_kept"]);
    expect(await repository.succeed(["studio", "logout"])).toContain("Logged out from Studio");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const out = await repository.run(["studio", "logout"]);
    expect(out.exitCode).toBe(255);
    const bad = await repository.run(["studio", "login", "-v"], { stdin: "two words\n" });
    expect([bad.exitCode, bad.stderr]).toEqual([255, expect.stringContaining("NO_TOKEN")]);
    expect(bad.stderr).not.toContain("two words");
  });
});
