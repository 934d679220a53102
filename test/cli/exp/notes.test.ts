/** Notes, tags and stars through the binary: shown, found, shared, and gone with the experiment. */
import { beforeAll, expect, test } from "vitest";
import { makeTemporaryFolder, Repository } from "../../rig/index.ts";
import { makeExperimentRepository } from "../exp-project.ts";

let made: Repository;
let bare: string;

beforeAll(async () => {
  made = makeExperimentRepository();
  await made.succeed(["exp", "run", "--temp", "-n", "one", "-S", "x=2"]);
  await made.succeed(["exp", "run", "--temp", "-n", "two", "-S", "x=3"]);
  bare = makeTemporaryFolder();
  made.git("init", "--quiet", "--bare", bare);
  made.git("remote", "add", "origin", bare);
  made.git("push", "--quiet", "origin", "main");
});

/** A repository with a Git remote of its own, which has both experiments, one with a tag. */
async function shared(): Promise<{ readonly repository: Repository; readonly remote: string }> {
  const repository = made.copy();
  const remote = makeTemporaryFolder();
  repository.git("init", "--quiet", "--bare", remote);
  repository.git("remote", "set-url", "origin", remote);
  await repository.succeed(["exp", "tag", "one", "ours"]);
  await repository.succeed(["exp", "push", "origin", "one", "two", "--no-cache"]);
  return { repository, remote };
}

const noteRefs = (repository: Repository) => repository.git("for-each-ref", "--format=%(refname)", "refs/sweepline");

test("are written, printed, shown where they are asked for, found, and gone with the experiment", async () => {
  const repository = made.copy();
  const before = await repository.succeed(["exp", "show", "--csv"]);
  expect(await repository.succeed(["exp", "note", "one", "=1+1 <b>\u001b[2J"])).toBe("Noted on 'one'.\n");
  expect(await repository.succeed(["exp", "note", "one"])).toBe("=1+1 <b>\\x1b[2J\n");
  expect(await repository.succeed(["exp", "tag", "one", "paper", "good"])).toBe("good\npaper\n");
  expect(await repository.succeed(["exp", "star", "one", "two"])).toBe("Starred: 'one' and 'two'\n");
  await repository.succeed(["exp", "star", "-d", "two"]);
  // DVC's own output has none of it, to the byte.
  expect(await repository.succeed(["exp", "show", "--csv"])).toBe(before);
  const asked = await repository.succeed(["exp", "show", "--csv", "--columns", "star,tags,note", "--where", "starred"]);
  expect(asked).toMatch(/^Experiment,Star,Tags,Note\r\n[\s\S]*\r\none,★,good paper,'=1\+1 <b>\\x1b\[2J\r\n$/);
  expect(await repository.succeed(["exp", "list", "--name-only", "--where", "'paper' in tags or note == 'x'"])).toBe(
    "one\n",
  );
  const refused = await repository.run(["exp", "tag", "one", "a b"]);
  expect({ exitCode: refused.exitCode, stderr: refused.stderr }).toEqual({
    exitCode: 254,
    stderr: expect.stringContaining("'a b' can't be a tag"),
  });
  await repository.succeed(["exp", "rename", "one", "uno"]);
  expect(JSON.parse(await repository.succeed(["exp", "note", "uno", "--json"]))).toMatchObject({ starred: true });
  expect(await repository.succeed(["exp", "remove", "uno"])).toBe("Removed experiments: 'uno'\n");
  expect(noteRefs(repository).split("\n")).toHaveLength(1);
  // The point is the same as it was, whatever was said of it.
  expect(await repository.succeed(["sweep", "x=3", "--dry-run"])).toMatch(/two/);
});

test("are pushed and pulled with their experiments; what two wrote apart is merged", async () => {
  const repository = made.copy();
  await repository.succeed(["exp", "tag", "one", "ours"]);
  await repository.succeed(["exp", "push", "origin", "one", "--no-cache"]);
  const clone = new Repository(makeTemporaryFolder());
  clone.git("clone", "--quiet", bare, ".");
  await clone.succeed(["exp", "pull", "origin", "one", "--no-cache"]);
  expect(await clone.succeed(["exp", "tag", "one"])).toBe("ours\n");
  await clone.succeed(["exp", "tag", "one", "theirs"]);
  await repository.succeed(["exp", "note", "one", "ours, too"]);
  await clone.succeed(["exp", "push", "origin", "one", "--no-cache"]);
  await repository.succeed(["exp", "push", "origin", "one", "--no-cache"]);
  await clone.succeed(["exp", "pull", "origin", "one", "--no-cache"]);
  for (const each of [repository, clone])
    expect(JSON.parse(await each.succeed(["exp", "note", "one", "--json"]))).toEqual({
      text: "ours, too",
      tags: ["ours", "theirs"],
      starred: false,
    });
});

test("that went alone are told of: pushed, pulled, and both where two wrote", async () => {
  const { repository, remote } = await shared();
  const clone = new Repository(makeTemporaryFolder());
  clone.git("clone", "--quiet", bare, ".");
  const pull = ["exp", "pull", remote, "--no-cache", "--json"];
  expect(JSON.parse(await clone.succeed(pull))).toMatchObject({ notesPulled: ["one"] });
  expect(JSON.parse(await clone.succeed(pull))).toMatchObject({ pulled: [], notesPulled: [] });
  await clone.succeed(["exp", "star", "two"]);
  const push = ["exp", "push", "origin", "--no-cache"];
  clone.git("remote", "set-url", "origin", remote);
  const upToDate = "Experiment one and two are up to date on Git remote 'origin'.\n";
  const alone = "To push the data of experiments to the storage remote, run the command again without '--no-cache'.\n";
  expect(await clone.succeed(push)).toBe(
    `${upToDate}Pushed the notes of experiment two to Git remote 'origin'.\n${alone}`,
  );
  expect(await clone.succeed(push)).toBe(`${upToDate}${alone}`);
  expect(await repository.succeed(["exp", "pull", "origin"])).toBe(
    "Pulled the notes of experiment two from Git remote 'origin'.\n",
  );
  expect(await repository.succeed(["exp", "pull", "origin"])).toBe("No experiments to pull.\n");
  await clone.succeed(["exp", "note", "one", "theirs"]);
  await clone.succeed(push);
  await repository.succeed(["exp", "tag", "one", "late"]);
  expect(JSON.parse(await repository.succeed([...push, "--json"]))).toMatchObject({
    notesPushed: ["one"],
    notesPulled: ["one"],
  });
});

test("--where finds experiments of a Git remote by what they hold and what is said of them there", async () => {
  const { remote } = await shared();
  const clone = new Repository(makeTemporaryFolder());
  clone.git("clone", "--quiet", bare, ".");
  const list = async (where: string) =>
    (await clone.succeed(["exp", "list", remote, "--name-only", "--where", where])).split("\n").filter(Boolean);
  expect(await list("x == 3")).toEqual(["two"]);
  expect(await list("'ours' in tags and score < 3")).toEqual(["one"]);
  expect(await list("name =~ '^nobody'")).toEqual([]);
  expect(clone.experimentRefs()).toEqual([]);
  expect(await clone.succeed(["exp", "pull", remote, "--no-cache", "--where", "x == 3"])).toContain(
    "Pulled experiment two",
  );
  const removed = ["exp", "remove", "-g", remote, "--json", "--where", "score >= 3"];
  expect(JSON.parse(await clone.succeed(removed))).toEqual({ removed: ["two"], running: [] });
  expect(await list("x > 0")).toEqual(["one"]);
  const all = ["exp", "pull", remote, "-A", "--no-cache", "--where"];
  expect(await clone.succeed([...all, "x == 3"])).not.toContain("Pulled");
  expect(await clone.succeed([...all, "x > 0"])).toContain("Pulled experiment one");
  const wrong = await clone.run(["exp", "list", remote, "--where", "nosuch > 3"]);
  expect([wrong.exitCode, wrong.stderr]).toEqual([255, expect.stringContaining("nosuch")]);
});

test("are gone from a Git remote with the experiment, unless another name of it stays", async () => {
  const { repository, remote } = await shared();
  const there = () => repository.git("ls-remote", remote, "refs/sweepline/*");
  await repository.succeed(["exp", "remove", "-g", "origin", "two"]);
  expect(there()).not.toBe("");
  const [, ref = ""] = /(refs\/exps\/\S+\/)one/.exec(repository.git("ls-remote", remote)) ?? [];
  const commit = repository.git("rev-parse", `${ref}one`);
  repository.git("push", "--quiet", remote, `${commit}:${ref}same`);
  await repository.succeed(["exp", "remove", "-g", "origin", "one"]);
  expect(there()).not.toBe("");
  await repository.succeed(["exp", "remove", "-g", "origin", "same"]);
  expect(there()).toBe("");
  // Here all is as it was.
  expect(await repository.succeed(["exp", "tag", "one"])).toBe("ours\n");
});
