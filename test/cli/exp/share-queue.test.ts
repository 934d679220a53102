/** exp push --queued and exp pull --queued: a queue that travels through a bare Git remote. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

interface Shared {
  readonly repository: Repository;
  readonly bare: string;
}

let prepared: Repository;

beforeAll(() => {
  prepared = makeExperimentRepository();
});

async function makeShared(): Promise<Shared> {
  const repository = prepared.copy();
  const bare = path.join(repository.root, "remote.git");
  execFileSync("git", ["init", "--quiet", "--bare", bare], { env: repository.env });
  repository.git("remote", "add", "origin", bare);
  await repository.succeed(["remote", "add", "-d", "store", path.join(repository.root, "store")]);
  repository.commit("remote");
  repository.git("push", "--quiet", "origin", "main");
  return { repository, bare };
}

function clone({ repository, bare }: Shared, name: string): Repository {
  const root = path.join(repository.root, name);
  mkdirSync(root);
  const copy = new Repository(root);
  execFileSync("git", ["clone", "--quiet", bare, copy.folder], { env: copy.env, stdio: "pipe" });
  return copy;
}

const remoteQueue = (repository: Repository) =>
  repository
    .git("ls-remote", "origin", "refs/sweepline/queue/*")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(line.lastIndexOf("/") + 1));

async function queueThree(repository: Repository) {
  await repository.succeed(["exp", "run", "--queue", "-n", "grid", "-S", "x=1,2,3"]);
}

describe("a queue that travels", () => {
  it("is run elsewhere, and its results come back, each once", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await queueThree(repository);
    const pushed = await repository.run(["exp", "push", "origin", "--queued"]);
    expect(pushed.stdout).toContain("Pushed queued experiment grid-1, grid-2 and grid-3 to Git remote 'origin'.\n");
    expect([queueRefs(repository), remoteQueue(repository)]).toEqual([[], ["grid-1", "grid-2", "grid-3"]]);

    const runner = clone(shared, "runner");
    const second = clone(shared, "second");
    expect(await runner.succeed(["exp", "pull", "origin", "--queued", "grid-1", "grid-2"])).toContain(
      "Pulled queued experiment grid-1 and grid-2 from Git remote 'origin'.\n",
    );
    const told = await second.run(["exp", "pull", "origin", "--queued"]);
    expect(told.stdout).toContain("Pulled queued experiment grid-3 from");
    expect(told.stderr).toMatch(/WARNING: 'grid-1' was not pulled: taken by .+ at 20.+; --force takes it over\n/);
    expect([queueRefs(runner), queueRefs(second)]).toEqual([["queued/1", "queued/2"], ["queued/1"]]);
    const again = await runner.run(["exp", "pull", "origin", "--queued"]);
    expect(again.stderr).toContain("'grid-1' was not pulled: it is in this queue already");

    await runner.succeed(["exp", "run", "--run-all"]);
    await second.succeed(["exp", "run", "--run-all"]);
    await runner.succeed(["exp", "push", "origin"]);
    await second.succeed(["exp", "push", "origin"]);
    expect(remoteQueue(repository)).toEqual([]);
    await repository.succeed(["exp", "pull", "origin"]);
    expect(experimentNames(repository)).toEqual(["grid-1", "grid-2", "grid-3"]);
    await repository.succeed(["exp", "apply", "grid-3"]);
    expect(repository.read("m.json")).toBe('{"score": 3}\n');
  });

  it("tells the second of two that ran the same entry", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await repository.succeed(["exp", "run", "--queue", "-n", "one", "-S", "x=5"]);
    await repository.succeed(["exp", "push", "origin", "--queued"]);
    const [first, second] = [clone(shared, "first"), clone(shared, "second")];
    await first.succeed(["exp", "pull", "origin", "--queued"]);
    await second.succeed(["exp", "pull", "origin", "--queued", "--force"]);
    await second.succeed(["exp", "run", "--run-all"]);
    await second.succeed(["exp", "push", "origin"]);
    // Its commit is another one, by its author.
    first.git("config", "user.name", "Somebody Else");
    await first.succeed(["exp", "run", "--run-all"]);
    const late = await first.run(["exp", "push", "origin"]);
    expect(late.stderr).toContain("Local experiment one has diverged from remote experiment with the same name.");
    const third = await clone(shared, "third").run(["exp", "pull", "origin", "--queued"]);
    expect(third.stdout).toBe("No queued experiments to pull.\n");
  });

  it("is listed and cleared there: without names what nobody took", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await queueThree(repository);
    const head = repository.git("rev-parse", "HEAD").trim();
    expect(await repository.succeed(["exp", "list", "origin", "--queued"])).toBe(
      "Nothing waits in Git remote 'origin'.\n",
    );
    await repository.succeed(["exp", "push", "origin", "--queued"]);
    await clone(shared, "runner").succeed(["exp", "pull", "origin", "--queued", "grid-2"]);
    const lines = (await repository.succeed(["exp", "list", "origin", "--queued"])).trim().split("\n");
    const at = head.slice(0, 7);
    expect(lines).toEqual([
      `grid-1 (${at}, x=1)`,
      expect.stringMatching(`^grid-2 \\(${at}, x=2\\), taken by .+ at 20`),
      `grid-3 (${at}, x=3)`,
    ]);
    expect(JSON.parse(await repository.succeed(["exp", "list", "origin", "--queued", "--json"]))).toMatchObject([
      { name: "grid-1", baseline: head, overrides: ["x=1"], taken: null },
      { name: "grid-2", taken: { at: expect.any(Number) as number } },
      { name: "grid-3" },
    ]);
    expect((await repository.run(["exp", "list", "--queued"])).exitCode).toBe(254);
    repository.git(
      "push",
      "--quiet",
      "origin",
      `${head}:refs/sweepline/queue/${at.slice(0, 2)}/${head.slice(2)}/strange`,
    );
    const cleared = await repository.run(["exp", "remove", "-g", "origin", "--queue"]);
    expect([cleared.exitCode, cleared.stderr]).toEqual([0, "WARNING: left, because they were taken: 'grid-2'\n"]);
    expect(remoteQueue(repository)).toEqual(["grid-2"]);
    const unknown = await repository.run(["exp", "remove", "-g", "origin", "--queue", "grid-1"]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([255, expect.stringContaining("not queued there: 'grid-1'")]);
    await repository.succeed(["exp", "remove", "-g", "origin", "--queue", "grid-2"]);
    expect(remoteQueue(repository)).toEqual([]);
  });

  it("goes back to who gave it away, and leaves what has a result", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    await queueThree(repository);
    await repository.succeed(["exp", "push", "origin", "--queued", "grid-2", "grid-3"]);
    expect(queueRefs(repository)).toEqual(["queued/1"]);
    await repository.succeed(["exp", "pull", "origin", "--queued"]);
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/4", "queued/5"]);
    const given = await repository.run(["exp", "push", "origin", "--queued", "--json"]);
    expect(JSON.parse(given.stdout)).toMatchObject({ pushed: ["grid-1", "grid-2", "grid-3"], left: [] });
    const runner = clone(shared, "runner");
    await runner.succeed(["exp", "run", "--temp", "-n", "grid-1", "-S", "x=8"]);
    await runner.succeed(["exp", "push", "origin", "grid-1"]);
    const left = await runner.run(["exp", "pull", "origin", "--queued", "grid-1"]);
    expect(left.stderr).toContain("'grid-1' was not pulled: there is a result");
    const unknown = await runner.run(["exp", "pull", "origin", "--queued", "nosuch"]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([255, expect.stringContaining("not queued there: 'nosuch'")]);
  });

  it("lets one of many that pull at once have an entry", async () => {
    const shared = await makeShared();
    await queueThree(shared.repository);
    await shared.repository.succeed(["exp", "push", "origin", "--queued"]);
    const clones = ["a", "b", "c"].map((name) => clone(shared, name));
    await Promise.all(clones.map((each) => each.run(["exp", "pull", "origin", "--queued"])));
    // Who was told "somebody else took it" has nothing of it.
    const had = clones.map((each) => queueRefs(each).length);
    expect(had.reduce((sum, count) => sum + count, 0)).toBe(3);
  });

  it("takes nothing that is no entry of its name", async () => {
    const shared = await makeShared();
    const { repository } = shared;
    const head = repository.git("rev-parse", "HEAD").trim();
    await repository.succeed(["exp", "run", "--queue", "-n", "good", "-S", "x=2"]);
    const entry = repository.git("rev-parse", "refs/exps/celery/sweepline/queued/0000000001").trim();
    const place = `refs/sweepline/queue/${head.slice(0, 2)}/${head.slice(2)}`;
    const commit = (message: string) =>
      repository.git("commit-tree", `${head}^{tree}`, "-p", head, "-m", message).trim();
    const record = JSON.stringify({
      v: 1,
      sequence: 1,
      folder: "../..",
      identity: "",
      overrides: [],
      targets: [],
      flags: {},
    });
    const bad = {
      other: entry,
      blob: repository.git("rev-parse", "HEAD:params.yaml").trim(),
      outside: commit(`dvc-exp:${head}:${head}:outside\n\n${record}`),
      plain: commit("nothing"),
      claim: commit(`sweepline: taken from the queue\n\n{"v":1,"clone":"${"0".repeat(32)}"}`),
    };
    for (const [name, id] of Object.entries(bad)) repository.git("push", "--quiet", "origin", `${id}:${place}/${name}`);
    const runner = clone(shared, "runner");
    writeFileSync(path.join(runner.folder, "kept.txt"), "kept\n");
    const pulled = await runner.run(["exp", "pull", "origin", "--queued"]);
    expect(pulled.exitCode).toBe(0);
    expect(pulled.stderr).toContain("passed over, because no queued experiment can be read there:");
    expect(queueRefs(runner)).toEqual([]);
  });
});
