/** The queues of both in one repository: neither tool loses, runs or breaks what the other has queued. */
import { beforeAll, expect, test } from "vitest";
import { makePipelineRepository, pipelineFiles, type Repository } from "../rig/index.ts";
import { describeWithDvc, dvc, experiments } from "./peers.ts";

const train = { "src/train.sh": `grep -q "lr: 9" params.yaml && exit 3\n${pipelineFiles["src/train.sh"]}` };

function lossOf(repository: Repository, name: string): number {
  const text = repository.git("show", `${experiments(repository).get(name)}:metrics.json`);
  return (JSON.parse(text) as { loss: number }).loss;
}

interface Shown {
  readonly experiments:
    | readonly { readonly name: string; readonly executor: { readonly state: string } | null }[]
    | null;
}

async function states(repository: Repository): Promise<Readonly<Record<string, string>>> {
  const rows = JSON.parse(await repository.succeed(["exp", "show", "--json"])) as Shown[];
  const ranges = rows.flatMap((row) => row.experiments ?? []);
  return Object.fromEntries(ranges.map(({ name, executor }) => [name, executor?.state ?? "none"]));
}

describeWithDvc("our queue, while DVC is used", () => {
  let repository: Repository;
  let queued: string;
  const entries = () =>
    repository.git("for-each-ref", "--format=%(refname) %(objectname) %(tree)", "refs/exps/celery/sweepline");

  beforeAll(async () => {
    repository = makePipelineRepository({ files: train });
    await repository.succeed(["exp", "run", "--queue", "--name", "wrong", "-S", "train.lr=9"]);
    expect((await repository.run(["exp", "run", "--run-all"])).exitCode).toBe(1);
    await repository.succeed(["exp", "run", "--queue", "--name", "q", "-S", "train.lr=0.1,0.2,0.4"]);
    queued = entries();
    expect(queued.match(/\/queued\//g)).toHaveLength(3);
    expect(queued.match(/\/failed\//g)).toHaveLength(1);
    const bare = `${repository.root}/bare`;
    repository.git("init", "--quiet", "--bare", bare);
    repository.git("remote", "add", "origin", bare);
  });

  test.each([
    "exp run --name here -S train.lr=0.3",
    "exp run --temp --name temp -S train.lr=0.6",
    "exp run --run-all",
    "exp list --all-commits",
    "exp show --all-commits --json",
    "exp push --all-commits --no-cache origin",
    "exp remove --all-commits",
    "exp remove --queue",
    "exp clean",
    "queue status",
    "queue remove --all",
    "queue stop",
    "gc --workspace --force",
    "gc --all-experiments --force",
  ])("dvc %s", async (words) => {
    const said = await dvc(repository, ...words.split(" "));
    expect(said).not.toMatch(/sweepline|queued|\bq-\d|wrong/i);
    expect(entries()).toBe(queued);
  });

  test("git gc", () => {
    repository.git("reflog", "expire", "--expire=now", "--expire-unreachable=now", "--all");
    repository.git("gc", "--quiet", "--prune=now");
    expect(entries()).toBe(queued);
    expect(repository.git("fsck", "--strict", "--no-dangling")).toBe("");
  });

  test("the entries then run, with the right results", async () => {
    expect(await states(repository)).toEqual({ wrong: "failed", "q-1": "queued", "q-2": "queued", "q-3": "queued" });
    await repository.succeed(["exp", "run", "--run-all", "--jobs", "2"]);
    expect([1, 2, 3].map((point) => lossOf(repository, `q-${point}`))).toEqual([0.6667, 0.5, 0.3333]);
    expect(entries()).toMatch(/^\S+\/failed\/\d+ \S+ \S+$/);
  });
});

describeWithDvc("DVC's queue, while sweepline is used", () => {
  let repository: Repository;
  const entries = () => repository.git("reflog", "show", "--format=%H %gs", "refs/exps/celery/stash");

  beforeAll(async () => {
    repository = makePipelineRepository({ files: train });
    await dvc(repository, "exp", "run", "--queue", "--name", "d", "-S", "train.lr=0.1,0.2");
  });

  test("it is shown, and neither run nor changed", async () => {
    const before = entries();
    expect(before.split("\n")).toHaveLength(2);
    expect(await states(repository)).toMatchObject({ "d-1": "queued", "d-2": "queued" });
    await repository.succeed(["exp", "run", "--run-all"]);
    await repository.succeed(["exp", "run", "--name", "here", "-S", "train.lr=0.3"]);
    await repository.succeed(["exp", "run", "--temp", "--name", "temp", "-S", "train.lr=0.4"]);
    await repository.succeed(["sweep", "--name", "grid", "train.lr=0.5,0.6"]);
    await repository.succeed(["exp", "apply", "temp"]);
    await repository.succeed(["exp", "remove", "--queue"]);
    expect([...experiments(repository).keys()].sort()).toEqual(["grid-1", "grid-2", "here", "temp"]);
    await repository.succeed(["exp", "remove", "--all-commits"]);
    expect(experiments(repository).size).toBe(0);
    expect(entries()).toBe(before);
    expect(await states(repository)).toEqual({ "d-1": "queued", "d-2": "queued" });
  });

  test("its names are taken", async () => {
    const taken = await repository.run(["exp", "run", "--queue", "--name", "d-1", "-S", "train.lr=0.7"]);
    expect(taken.exitCode).toBe(255);
    expect(taken.stderr).toContain("conflicts with queued experiment 'd-1'");
    await repository.succeed(["exp", "run", "--queue", "--name", "d", "-S", "train.lr=0.1,0.7"]);
    expect(Object.keys(await states(repository)).sort()).toEqual(["d-1", "d-2", "d-3", "d-4"]);
    await repository.succeed(["exp", "remove", "--queue"]);
  });

  test("DVC then runs it, and sweepline shows and applies the results", async () => {
    await dvc(repository, "exp", "run", "--run-all", "--jobs", "2");
    expect([1, 2].map((point) => lossOf(repository, `d-${point}`))).toEqual([0.6667, 0.5]);
    expect(Object.keys(await states(repository)).sort()).toEqual(["d-1", "d-2"]);
    await repository.succeed(["exp", "apply", "d-2"]);
    expect(await dvc(repository, "status")).toBe("Data and pipelines are up to date.\n");
  });
});
