/** Sharing experiments: the same calls by each tool on equal repositories, what they say and what the remotes hold after. */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, test } from "vitest";
import { makePipelineRepository, type Repository } from "../rig/index.ts";
import { copyRepository, describeWithDvc, runDvc } from "./peers.ts";

type Run = (repository: Repository, args: readonly string[]) => Promise<{ exitCode: number | null; stdout: string }>;

interface Side {
  readonly repository: Repository;
  readonly run: Run;
}

/** Each side has remotes of its own, at the same place relative to its root. */
async function withRemotes(repository: Repository): Promise<Repository> {
  for (const name of ["origin", "other"]) {
    const bare = path.join(repository.root, `${name}.git`);
    execFileSync("git", ["init", "--quiet", "--bare", bare], { env: repository.env });
    repository.git("remote", "add", name, `../${name}.git`);
  }
  repository.git("push", "--quiet", "origin", "main");
  // DVC takes a relative path, where it reads other commits, as relative to the root of the machine.
  await repository.succeed(["remote", "add", "--local", "-d", "store", path.join(repository.root, "store")]);
  return repository;
}

function refsOf(repository: Repository, remote: string): string {
  return repository.git("ls-remote", remote, "refs/exps/*");
}

const calls: readonly (readonly string[])[] = [
  ["exp", "push", "origin", "one"],
  ["exp", "push", "origin", "one", "two", "--no-cache"],
  ["exp", "push", "origin"],
  ["exp", "push", "origin", "-A"],
  ["exp", "push", "origin", "--rev", "HEAD~1"],
  ["exp", "push", "other", "--rev", "HEAD", "-n", "2"],
  ["exp", "list", "origin"],
  ["exp", "list", "origin", "-A", "--name-only"],
  ["exp", "push", "origin", "nosuch"],
  ["exp", "remove", "-g", "origin", "nosuch"],
  ["exp", "remove", "-g", "origin", "two"],
  ["exp", "remove", "-g", "other", "--rev", "HEAD"],
  ["exp", "remove", "-g", "other", "-A"],
  ["exp", "remove", "-g", "other", "-A"],
  ["exp", "remove", "one", "two", "old"],
  ["exp", "pull", "origin", "one"],
  ["exp", "pull", "origin", "-A"],
  ["exp", "pull", "origin", "-A"],
  ["exp", "list", "-A", "--name-only"],
];

describeWithDvc("sharing by each tool", () => {
  test("the same words, the same refs, the same files", async () => {
    const made = makePipelineRepository();
    await made.succeed(["exp", "run", "--temp", "-n", "old", "-S", "train.lr=0.3"]);
    made.write({ "notes.txt": "later\n" });
    made.commit("later");
    for (const [name, rate] of [
      ["one", "0.5"],
      ["two", "0.25"],
    ])
      await made.succeed(["exp", "run", "--temp", "-n", `${name}`, "-S", `train.lr=${rate}`]);
    const dvcs: Side = { repository: await withRemotes(copyRepository(made)), run: runDvc };
    const ours: Side = { repository: await withRemotes(made), run: (repository, args) => repository.run(args) };
    const [theirs, own]: [unknown[], unknown[]] = [[], []];
    for (const call of calls) {
      theirs.push(await transcribe(dvcs, call));
      own.push(await transcribe(ours, call));
    }
    expect(own).toEqual(theirs);
    const files = (side: Side) =>
      execFileSync("find", ["store", "-type", "f"], { cwd: side.repository.root, encoding: "utf8" }).split("\n").sort();
    expect(files(ours)).toEqual(files(dvcs));
  });
});

async function transcribe({ repository, run }: Side, call: readonly string[]) {
  const { exitCode, stdout } = await run(repository, call);
  const remotes = ["origin", "other"].map((remote) => refsOf(repository, remote));
  // Ours says what is new in what came, in lines of its own.
  const words = stdout.replace(/^\t\w+: .*\n/gm, "");
  return { call: call.join(" "), exitCode, stdout: sorted(words), remotes, here: repository.experimentRefs() };
}

/** DVC takes names from sets, in any order, and writes lists of them as Python does. */
function sorted(text: string): string {
  const lines = text.replace(/'\['|'\]'/g, "").split("\n");
  const same = lines.map((line) => line.replace(/^To (?:push|pull) .*'--no-cache'\.$/, "how to move data"));
  const words = same.map((line) =>
    line
      .split(/,? (?:and )?/)
      .sort()
      .join(" "),
  );
  return words.sort().join("\n");
}
