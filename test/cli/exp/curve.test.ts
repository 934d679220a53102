/** `exp show NAME... --curve KEY`: columns of plots files, and metrics over checkpoints, as curves. */
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { makeTraining, training } from "../checkpoint-project.ts";

const pipeline = [
  "stages:",
  "  train:",
  "    cmd: sh train.sh",
  "    params: [lr]",
  "    plots:",
  "      - live/metrics",
  "      - all.csv: {cache: false, x: epoch}",
  "plots:",
  "  - Both: {x: epoch, y: {all.csv: [acc]}}",
  "",
].join("\n");

const script = [
  "lr=$(sed -n 's/^lr: //p' params.yaml)",
  "mkdir -p live/metrics/train live/metrics/val",
  "printf 'step\\tloss\\n0\\t3\\n5\\t2\\n10\\t%s\\n' \"$lr\" > live/metrics/train/loss.tsv",
  "printf 'step\\tloss\\n0\\t4\\n10\\tnan\\n' > live/metrics/val/loss.tsv",
  "printf 'epoch,acc\\n1,0.5\\n2,0.%s\\n' \"$lr\" > all.csv",
  "echo '[{\"bad\": ' > live/metrics/broken.json",
  "",
].join("\n");

describe("curves of plots files", () => {
  let repository: Repository;

  beforeAll(async () => {
    repository = makeRepository({ files: { "params.yaml": "lr: 1\n", "dvc.yaml": pipeline, "train.sh": script } });
    await repository.succeed(["exp", "run", "-n", "one"]);
    await repository.succeed(["exp", "run", "--temp", "-n", "two", "-S", "lr=2"]);
  });

  const show = (...args: string[]) => repository.run(["exp", "show", ...args]);

  test("of several experiments over one another, out of the cache and out of Git", async () => {
    const drawn = (await show("one", "two", "--curve", "train/loss")).stdout.split("\n");
    expect(drawn[0]).toBe("train/loss");
    expect(drawn.slice(-4)).toEqual(["step: 0 to 10", "• one  3 … 1", "+ two  3 … 2", ""]);
    const rows = (await show("one", "two", "--curve", "acc", "--csv")).stdout.split("\r\n");
    expect(rows.slice(1, 5)).toEqual([
      "one,all.csv,epoch,1.0,0.5",
      "one,all.csv,epoch,2.0,0.1",
      "two,all.csv,epoch,1.0,0.5",
      "two,all.csv,epoch,2.0,0.2",
    ]);
    // As exp show names a metric of DVCLive's.
    expect((await show("workspace", "--curve", "train.loss")).stdout).toContain("• workspace  3 … 1");
  });

  test("a name that several files have is drawn for each; FILE:NAME chooses one", async () => {
    const both = JSON.parse((await show("one", "--curve", "loss", "--json")).stdout);
    expect(both.map(({ file, points }: { file: string; points: unknown }) => [file, points])).toEqual([
      [
        "live/metrics/train/loss.tsv",
        [
          [0, 3],
          [5, 2],
          [10, 1],
        ],
      ],
      ["live/metrics/val/loss.tsv", [[0, 4]]],
    ]);
    const one = await show("one", "--curve", "live/metrics/val/loss.tsv:loss", "--csv");
    expect(one.stdout.trim().split("\r\n")).toHaveLength(2);
  });

  test("experiments are found by what they are; what has no such column is named, and names need --curve", async () => {
    expect((await show("--where", "lr == 2", "--curve", "acc")).stdout).toContain("• two");
    const some = await show("one", "HEAD", "--curve", "acc");
    expect([some.exitCode, some.stderr]).toEqual([0, expect.stringContaining("no such numbers: HEAD")]);
    const none = await show("one", "--curve", "nosuch");
    expect([none.exitCode, none.stderr]).toEqual([255, expect.stringContaining("broken.json")]);
    expect(none.stderr).toContain("called 'nosuch'");
    const refused = [
      [["one"], 254, "only with --curve"],
      [["--curve", "loss"], 255, "Name experiments"],
      [["nosuch", "--curve", "loss"], 255, "unknown Git revision 'nosuch'"],
    ] as const;
    for (const [args, exitCode, words] of refused) {
      const result = await show(...args);
      expect([result.exitCode, result.stderr]).toEqual([exitCode, expect.stringContaining(words)]);
    }
  });
});

test("where no plots file has it, a metric over the checkpoints", async () => {
  const repository = makeTraining(training());
  await repository.succeed(["exp", "run", "-n", "c"]);
  const shown = await repository.succeed(["exp", "show", "c", "--curve", "epoch"]);
  expect(shown.split("\n").slice(-3)).toEqual(["checkpoint: 1 to 3", "• c  1 … 3", ""]);
});
