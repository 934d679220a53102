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
