/** Plots of the same projects: the same points, templates and anchors as real DVC prints. */
import { beforeAll, expect, test } from "vitest";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";
import { describeWithDvc, type PeerStep, runSteps } from "./peers.ts";

const log = (shift: number, rows = 4) =>
  `step,loss,acc\n${Array.from({ length: rows }, (_, at) => `${at},${(1 / (at + shift)).toFixed(3)},0.${at + shift}`).join("\n")}\n`;

const points = (shift: number) => JSON.stringify([1, 2, 3].map((x) => ({ x, y: x * x + shift, z: x / 2 })));

/** A picture of one pixel; the last byte tells two of them apart. */
const picture = (colour: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><rect fill="#${colour}${colour}${colour}"/></svg>`;

const filesOf = (shift: number): Files => ({
  // Of another size each time: Git sees that it changed, however soon that is.
  "logs.csv": log(shift, 3 + shift),
  "other.tsv": log(shift + 1, 3 + shift).replaceAll(",", "\t"),
  "bare.csv": "1,2\n3,4\n5,6\n",
  "points.json": points(shift),
  "nested.json": JSON.stringify({
    roc: [
      { fpr: 0, tpr: 0.5 + shift },
      { fpr: 1, tpr: 1 },
    ],
    auc: 0.5,
  }),
  "points.yaml": "- a: 1\n  b.c: 2.0\n- a: 2\n  b.c: 2.5\n",
  "conf.csv": "actual,predicted\ncat,cat\ncat,dog\ndog,dog\n",
  "uneven.json": '[{"a": 1}, {"a": 2}]',
  "live/train/acc.tsv": `step\tacc\n0\t0.${shift}\n1\t0.9\n`,
  "live/test/acc.tsv": `step\tacc\n0\t0.${shift + 1}\n1\t0.8\n`,
  "live/one.svg": picture(shift),
  "sub/scores.csv": `k,v\na,${shift}\nb,2\n`,
});

const template = {
  title: "<DVC_METRIC_TITLE> of <DVC_METRIC_X>",
  data: { values: "<DVC_METRIC_DATA>" },
  list: ["<DVC_METRIC_Y>", "at <DVC_METRIC_Y>", ["<DVC_METRIC_GROUP_BY>"]],
  pivot: "<DVC_METRIC_PIVOT_FIELD>",
  mark: "line",
};

const pipeline = `plots:
- logs.csv:
    x: step
    y: loss
    title: Loss over time
- both columns:
    template: simple
    x: step
    y:
      logs.csv: [loss, acc]
      other.tsv: acc
    y_label: value
- accuracies:
    x: step
    y:
      live/train/acc.tsv: acc
      live/test/acc.tsv: acc
- own axes:
    template: scatter
    x:
      points.json: x
      nested.json: fpr
    y:
      points.json: y
      nested.json: tpr
- columns apart:
    template: bar_horizontal
    x: z
    y:
      points.json: [x, y]
- conf.csv:
    template: confusion
    x: actual
    y: predicted
- no such column:
    y:
      uneven.json: nosuch
- gone.csv
- live
- mine:
    template: mine
    x: step
    y:
      logs.csv: acc
stages:
  score:
    cmd: echo
    plots:
    - points.json:
        cache: false
        x: x
        y: z
        template: scatter_jitter
    - nested.json:
        cache: false
    - bare.csv:
        cache: false
        header: false
        x: '0'
        y: '1'
    - points.yaml:
        cache: false
        y: b.c
`;

const sub =
  "plots:\n- scores.csv:\n    template: bar_horizontal_sorted\n    x: v\n    y: k\n- both:\n    y:\n      ../logs.csv: acc\n";

/** In what is printed beside the data: paths of pictures, which are of a repository, and words. */
function comparable(json: string): unknown {
  const text = json.slice(json.indexOf("{"));
  return JSON.parse(text, (key, value: unknown) => (key === "msg" ? "words" : value));
}

const commands: readonly (readonly string[])[] = [
  ["plots", "show", "--json"],
  ["plots", "show", "--json", "--split"],
  ["plots", "show", "--json", "logs.csv", "-y", "acc", "--title", "Other", "-t", "simple"],
  ["plots", "show", "--json", "both"],
  ["plots", "show", "--json", "points.json", "-x", "y", "-y", "x", "--x-label", "up"],
  ["plots", "show", "--json", "bare.csv", "--no-header"],
  ["plots", "show", "--json", "live/train/acc.tsv"],
  ["plots", "show", "--show-vega", "logs.csv"],
  ["plots", "show", "--show-vega", "conf.csv", "-t", "confusion_normalized"],
  ["plots", "diff", "--json"],
  ["plots", "diff", "--json", "first"],
  ["plots", "diff", "--json", "first", "second", "workspace"],
  ["plots", "diff", "--json", "second", "first", "--targets", "accuracies", "nested.json"],
  ["plots", "templates"],
  ...["simple", "linear", "confusion", "confusion_normalized", "scatter", "scatter_jitter", "smooth"].map((name) => [
    "plots",
    "templates",
    name,
  ]),
];

describeWithDvc("plots", () => {
  let repository: Repository;
  let theirs: ReadonlyMap<string, string>;

  beforeAll(async () => {
    repository = makeRepository({
      files: {
        ...filesOf(1),
        "dvc.yaml": pipeline,
        "sub/dvc.yaml": sub,
        ".dvc/plots/mine.json": JSON.stringify(template),
      },
    });
    repository.git("tag", "first");
    repository.write(filesOf(2));
    repository.git("commit", "--all", "--quiet", "--message", "second");
    repository.git("tag", "second");
    repository.write(filesOf(3));
    const steps = commands.map((words): PeerStep => ["dvc", ...words]);
    const answers = await runSteps(repository, steps);
    theirs = new Map(commands.map((words, at) => [words.join(" "), answers[at]?.stdout ?? ""]));
  });

  test.each(commands.map((words) => words.join(" ")))("%s", async (line) => {
    const ours = await repository.succeed(line.split(" "));
    const other = theirs.get(line) ?? "";
    if (line === "plots templates") expect(ours).toBe(other);
    else expect(comparable(ours)).toEqual(comparable(other));
  });

  test("modify writes the same lines into dvc.yaml", async () => {
    const files = { "dvc.yaml": pipeline };
    const [ours, other] = [makeRepository({ files }), makeRepository({ files })];
    const changes = [
      ["points.json", "-x", "y", "--x-label", "up", "-t", "simple"],
      ["points.json", "--unset", "template"],
      ["bare.csv", "--title", "Bare"],
    ];
    await runSteps(
      other,
      changes.map((words): PeerStep => ["dvc", "plots", "modify", ...words]),
    );
    for (const words of changes) await ours.succeed(["plots", "modify", ...words]);
    // DVC has an order of its own for the properties of one plot.
    const lines = (made: Repository) => made.read("dvc.yaml").split("\n").sort();
    expect(lines(ours)).toEqual(lines(other));
  });
});
