/** `exp run --queue`, `--run-all` and `sweep`: what is queued, what runs, what is refused, what failures leave. */
import { symlinkSync } from "node:fs";
import path from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Repository } from "../../rig/index.ts";
import { experimentNames, makeExperimentRepository, queueRefs, userState } from "../exp-project.ts";

const show = (repository: Repository, name: string, file: string) => {
  const ref = repository.experimentRefs().find((item) => item.endsWith(`/${name}`));
  return repository.git("show", `${ref}:${file}`);
};

describe("--queue", () => {
  let repository: Repository;
  beforeEach(() => {
    repository = makeExperimentRepository();
  });

  test("a sweep: names grid-1 to grid-n in the order of the product, DVC's lines, the user's state untouched", async () => {
    const before = userState(repository);
    const output = await repository.succeed(["exp", "run", "--queue", "-n", "grid", "-S", "x=10,11", "-S", "name=a,b"]);
    expect(output.trim().split("\n")).toEqual(
      [
        ["x=10", "name=a"],
        ["x=10", "name=b"],
        ["x=11", "name=a"],
        ["x=11", "name=b"],
      ].flatMap(([x, name], at) => [
        `Queueing with overrides '{'params.yaml': ['${x}', '${name}']}'.`,
        `Queued experiment 'grid-${at + 1}' for future execution.`,
      ]),
    );
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2", "queued/3", "queued/4"]);
    expect(userState(repository)).toBe(before);
  });

  test("the same sweep again queues nothing and says so; new points get the next numbers", async () => {
    const grid = ["exp", "run", "--queue", "-n", "grid", "-S", "x=10,11", "-S", "name=a,b"];
    await repository.succeed(grid);
    const again = await repository.succeed(grid);
    expect(again).toBe("Left alone: 4 already queued (grid-1, grid-2, grid-3, grid-4). --force runs them again.\n");
    const more = await repository.succeed(["exp", "run", "--queue", "-n", "grid", "-S", "x=11,12", "-S", "name=b"]);
    expect(more.match(/Queued experiment '[^']*'/g)).toEqual(["Queued experiment 'grid-5'"]);
    expect(queueRefs(repository)).toHaveLength(5);
  });

  test("the same point twice in one line is queued once", async () => {
    const output = await repository.succeed(["exp", "run", "--queue", "-n", "twice", "-S", "x=20,20,21"]);
    expect(output.match(/Queued experiment '[^']*'/g)).toEqual([
      "Queued experiment 'twice-1'",
      "Queued experiment 'twice-2'",
    ]);
  });

  test("a taken name is refused before anything is queued; --force replaces", async () => {
    await repository.succeed(["exp", "run", "--queue", "-n", "one", "-S", "x=30"]);
    const before = queueRefs(repository);
    const refused = await repository.run(["exp", "run", "--queue", "-n", "one", "-S", "x=31"]);
    expect(refused.exitCode).toBe(255);
    expect(refused.stderr).toContain("Experiment conflicts with queued experiment 'one'");
    expect(queueRefs(repository)).toEqual(before);
    await repository.succeed(["exp", "run", "--queue", "-f", "-n", "one", "-S", "x=31"]);
    expect(queueRefs(repository)).toHaveLength(before.length);
  });

  test("-C takes links as links, to folders too", async () => {
    repository.write({ "ignored-env/lib/x.txt": "extra\n" });
    symlinkSync("lib", path.join(repository.folder, "ignored-env/lib64"));
    symlinkSync("nowhere", path.join(repository.folder, "ignored-env/dangling"));
    repository.write({ "copy.sh": "readlink ignored-env/lib64 ignored-env/dangling > out.txt\necho '{}' > m.json\n" });
    const run = ["exp", "run", "--temp", "-n", "linked", "-C", "ignored-env"];
    await repository.succeed(run);
    expect(await repository.succeed(["exp", "logs", "linked"])).toContain("copy.sh");
    await repository.succeed(["exp", "apply", "linked"]);
    expect(repository.read("out.txt")).toBe("lib\nnowhere\n");
  });

  test("--run-all runs everything once, two at a time, and leaves the user's state alone", async () => {
    await repository.succeed(["exp", "run", "--queue", "-n", "grid", "-S", "x=10,11", "-S", "name=a,b"]);
    await repository.succeed(["exp", "run", "--queue", "-n", "one", "-S", "x=31"]);
    repository.write({ "notes.txt": "staged\n" });
    repository.git("add", "notes.txt");
    repository.write({ "notes.txt": "unstaged\n", "untracked.txt": "u\n" });
    const before = userState(repository);
    const output = await repository.succeed(["exp", "run", "--run-all", "-j", "2"]);
    expect(userState(repository)).toBe(before);
    const names = ["grid-1", "grid-2", "grid-3", "grid-4", "one"];
    expect(experimentNames(repository)).toEqual(names);
    expect(queueRefs(repository)).toEqual([]);
    expect(show(repository, "grid-4", "m.json")).toBe('{"score": 11}');
    // Queued before the change of notes.txt.
    expect(show(repository, "grid-4", "notes.txt")).toBe("one");
    expect(show(repository, "one", "m.json")).toBe('{"score": 31}');
    for (const name of names) expect(output).toContain(name);
    expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
    expect(await repository.succeed(["exp", "run", "--run-all"])).not.toContain("Ran experiment");
  });
});

describe("a dirty workspace", () => {
  test("staged and unstaged changes are queued; untracked and ignored files are not, except those that -C names", async () => {
    const repository = makeExperimentRepository({ "gone.txt": "gone\n" });
    repository.write({ "new.txt": "staged\n", "untracked.txt": "u\n", "ignored.txt": "i\n", "extra.txt": "extra\n" });
    repository.write({ "data/one.csv": "1\n", "data/deep/two.csv": "2\n" });
    repository.git("add", "new.txt");
    repository.git("rm", "--quiet", "gone.txt");
    repository.write({ "notes.txt": "unstaged\n", "new.txt": "later\n" });
    const before = userState(repository);
    await repository.succeed(["exp", "run", "--queue", "-n", "plain", "-S", "x=2"]);
    await repository.succeed([
      "exp",
      "run",
      "--queue",
      "-n",
      "copies",
      "-S",
      "x=99",
      "-C",
      "extra.txt",
      "-C",
      "data",
      "-C",
      "ignored.txt",
    ]);
    expect(userState(repository)).toBe(before);
    expect(queueRefs(repository)).toEqual(["queued/1", "queued/2"]);
    const missing = await repository.run(["exp", "run", "--queue", "-S", "x=3", "-C", "nosuch"]);
    expect(missing.exitCode).toBe(255);
    expect(missing.stderr).toContain("nosuch");
    const outside = await repository.run(["exp", "run", "--queue", "-S", "x=3", "-C", "../home"]);
    expect(outside.exitCode).toBe(255);
    await repository.succeed(["exp", "run", "--run-all"]);
    const files = (name: string) => {
      const ref = repository.experimentRefs().find((item) => item.endsWith(`/${name}`)) ?? "";
      return repository.git("ls-tree", "-r", "--name-only", ref).split("\n");
    };
    expect(show(repository, "plain", "new.txt")).toBe("later");
    expect(show(repository, "plain", "notes.txt")).toBe("unstaged");
    for (const name of ["plain", "copies"])
      for (const absent of ["gone.txt", "untracked.txt", "ignored.txt", "extra.txt", "data/one.csv"])
        expect(files(name), `${name}: ${absent}`).not.toContain(absent);
    expect(show(repository, "copies", "m.json")).toBe('{"score": 99}');
    expect(userState(repository)).toBe(before);
  });
});

describe("failures", () => {
  let queued: Repository;
  let repository: Repository;
  beforeAll(async () => {
    queued = makeExperimentRepository();
    await queued.succeed(["exp", "run", "--queue", "-n", "g", "-S", "x=1,13,2"]);
  });
  beforeEach(() => {
    repository = queued.copy();
  });

  test("the others finish, the exit code is 1, the log says why", async () => {
    const run = await repository.run(["exp", "run", "--run-all"]);
    expect(run.exitCode).toBe(1);
    expect(`${run.stdout}${run.stderr}`).toMatch(/g-2[\s\S]*exited with 7/);
    expect(experimentNames(repository)).toEqual(["g-1", "g-3"]);
    expect(queueRefs(repository)).toEqual(["failed/2"]);
    expect(await repository.succeed(["exp", "logs", "g-2"])).toContain("13 is no number for a stage");
    expect(await repository.succeed(["exp", "logs", "g-1"])).toContain("the stage sees x=1");
  });

  test("a failed point is queued again under its name, where it is asked for again", async () => {
    await repository.run(["exp", "run", "--run-all"]).then(({ exitCode }) => expect(exitCode).toBe(1));
    const output = await repository.succeed(["exp", "run", "--queue", "-n", "g", "-S", "x=1,13,2"]);
    expect(output.match(/Queued experiment '[^']*'/g)).toEqual(["Queued experiment 'g-2'"]);
    expect(queueRefs(repository)).toEqual(["queued/4"]);
  });

  test("--fail-fast starts nothing after the first failure", async () => {
    const run = await repository.run(["exp", "run", "--run-all", "--fail-fast"]);
    expect(run.exitCode).toBe(1);
    expect(experimentNames(repository)).toEqual(["g-1"]);
    expect(queueRefs(repository)).toEqual(["failed/2", "queued/3"]);
  });

  test("a run that fails over an untracked path is told of -C", async () => {
    repository.write({ "extra.txt": "extra\n" });
    const failed = await repository.run(["exp", "run", "--temp", "-n", "needs", "-S", "x=99"]);
    expect(failed.exitCode).toBe(255);
    expect(failed.stderr).toContain("'extra.txt' is in your workspace");
    expect(failed.stderr).toContain("-C extra.txt");
  });

  test("--json tells each event a line, the counts last", async () => {
    const jobs = await repository.run(["exp", "run", "--run-all", "--json"]);
    expect(jobs.exitCode).toBe(1);
    const events = jobs.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.at(-1)).toMatchObject({
      type: "summary",
      succeeded: ["g-1", "g-3"],
      failed: [{ name: "g-2" }],
      requeued: [],
    });
    expect(events.map((event) => event.type)).toEqual(
      expect.arrayContaining(["planned", "started", "stage", "finished"]),
    );
  });
});

describe("sweep", () => {
  let repository: Repository;
  beforeEach(() => {
    repository = makeExperimentRepository({
      "sweep.txt": "# the grid\nx=1,2\n\n  # one name\nname=a\n",
      "points.csv": "x,name\n5,a\n6,'b c'\n",
    });
  });

  test("queues, runs and shows; again, it runs only what is missing", async () => {
    const first = await repository.succeed(["sweep", "-n", "s", "x=1,2", "-j", "2"]);
    expect(first).toMatch(/^Sweep s-[0-9a-f]{12}: 2 points, 2 new\./);
    expect(first).toMatch(/s-2.*\b2\b/);
    expect(experimentNames(repository)).toEqual(["s-1", "s-2"]);
    const again = await repository.succeed(["sweep", "-n", "s", "x=1,2"]);
    expect(again).toContain("2 points, 0 new.");
    expect(again).toMatch(/s-1[\s\S]*s-2/);
    const more = await repository.succeed(["sweep", "-n", "s", "x=1,2,3"]);
    expect(more).toContain("3 points, 1 new.");
    expect(experimentNames(repository)).toEqual(["s-1", "s-2", "s-3"]);
  });

  test("a failed point is reported and counts, but runs again only with --retry-failed", async () => {
    const first = await repository.run(["sweep", "-n", "f", "x=13,14"]);
    expect(first.exitCode).toBe(1);
    expect(experimentNames(repository)).toContain("f-2");
    const again = await repository.run(["sweep", "-n", "f", "x=13,14"]);
    expect(again.exitCode).toBe(1);
    expect(again.stdout).toContain("0 new.");
    expect(again.stdout).toContain("--retry-failed runs those that failed again");
    const retried = await repository.run(["sweep", "-n", "f", "--retry-failed", "x=13,14"]);
    expect(retried.exitCode).toBe(1);
    expect(retried.stdout).toContain("0 new, 1 retried.");
    expect(queueRefs(repository).filter((ref) => ref.startsWith("failed"))).toHaveLength(1);
  });

  test("@file, --points of a CSV file, JSON lines on standard input", async () => {
    await repository.succeed(["sweep", "-n", "file", "@sweep.txt"]);
    expect(show(repository, "file-2", "params.yaml")).toContain("x: 2 ");
    await repository.succeed(["sweep", "-n", "csv", "--points", "points.csv"]);
    expect(show(repository, "csv-2", "m.json")).toBe('{"score": 6}');
    const stdin = '{"x": 7, "name": "$(touch pwned)"}\n{"x": 8, "list": [3]}\n';
    await repository.succeed(["sweep", "-n", "lines", "--points", "-"], { stdin });
    expect(show(repository, "lines-1", "params.yaml")).toContain("$(touch pwned)");
    expect(show(repository, "lines-2", "m.json")).toBe('{"score": 8}');
    expect(repository.exists("pwned")).toBe(false);
  });

  test.each<[string, readonly string[], number, string]>([
    ["no points", ["x=range(5,1)"], 255, "the sweep has no points"],
    ["no overrides", [], 254, "a sweep needs overrides"],
    ["overrides and --points", ["--points", "points.csv", "x=1"], 254, "--points excludes overrides"],
    ["a file that is not there", ["@nosuch.txt"], 255, "'nosuch.txt' does not exist"],
    ["an unknown parameter", ["nosuch.deep=1,2"], 255, "nosuch"],
    ["--dry", ["--dry", "x=1,2"], 254, "--dry"],
    ["a bad name", ["-n", "a/b", "x=1,2"], 255, "can't be the name"],
  ])("refused, with nothing queued: %s", async (_, args, exitCode, message) => {
    const before = repository.git("for-each-ref");
    const result = await repository.run(["sweep", ...args]);
    expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({
      exitCode,
      stderr: expect.stringContaining(message),
    });
    expect(repository.git("for-each-ref")).toBe(before);
  });
});
