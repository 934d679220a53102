/** `exp show` on a terminal: what is seen at each width, and what is marked. */
import { describe, expect, test } from "vitest";
import type { Value } from "../../../src/base/value.ts";
import type { Baseline, Experiment, ExperimentData, FileResult } from "../../../src/experiments/reading/types.ts";
import { experimentView, type ViewOptions } from "../../../src/report/view/exp-view.ts";

const id = (letter: string) => letter.repeat(40);

interface Files {
  readonly params?: Record<string, Value>;
  readonly metrics?: Record<string, Value>;
}

function data({ params, metrics }: Files): ExperimentData {
  const results = (file: string, values: Record<string, Value> | undefined) =>
    new Map<string, FileResult>(
      values === undefined ? [] : [[file, { kind: "data", data: new Map(Object.entries(values)) }]],
    );
  const deps = new Map([["train.py", { hash: "0123456789abcdef0123456789abcdef", size: 1, nfiles: null }]]);
  return { params: results("params.yaml", params), metrics: results("m.json", metrics), deps, outs: new Map() };
}

const success: Experiment["executor"] = { state: "success", name: "dvc-task", local: null };

function experiment(name: string, letter: string, files: Files): Experiment {
  const tip = { rev: id(letter), name, timestamp: 1_700_000_000, data: data(files), error: null };
  return { name, executor: success, sweep: undefined, revs: [tip] };
}

const fixed = { "data.folder": "/srv/data/2026", "train.epochs": 20n, "train.sleep": 0n };
const point = (lr: number, hidden: bigint, activation: string): Record<string, Value> => ({
  "train.lr": lr,
  "train.hidden": hidden,
  "train.activation": activation,
  ...fixed,
});
const scores = (accuracy: number, loss: number): Record<string, Value> => ({
  accuracy,
  loss,
  "validation.accuracy": accuracy - 0.01,
  "validation.loss": loss + 0.1,
});

const sweep: Baseline = {
  rev: id("a"),
  name: "main",
  timestamp: 1_700_000_000,
  data: data({ params: point(0.1, 3n, "relu") }),
  error: null,
  experiments: [
    experiment("brave-ibex", "b", { params: point(0.1, 4n, "tanh"), metrics: scores(0.91234567, 0.4) }),
    experiment("medical-mosquito", "c", { params: point(0.2, 4n, "relu"), metrics: scores(0.95, 0.2) }),
    experiment("calm-crow", "d", { params: point(0.2, 8n, "tanh"), metrics: scores(0.89, 0.5) }),
  ],
};

const options = (width: number, rest: Partial<ViewOptions> = {}): ViewOptions => ({
  columns: { onlyChanged: false, drop: [], keep: [] },
  sort: { by: "accuracy", order: "desc", missing: "last" },
  precision: undefined,
  terminal: { width, colours: false },
  now: new Date(0),
  ...rest,
});

const view = (width: number, rest: Partial<ViewOptions> = {}, baseline = sweep) =>
  experimentView([baseline], options(width, rest));

describe("widths", () => {
  test.each([60, 80, 100, 160, 250])("%d columns show the sorted metric and all that was swept", (width) => {
    const text = view(width);
    expect(text).toMatchSnapshot();
    const header = text.slice(0, text.indexOf("─"));
    for (const name of ["accuracy", "lr", "hidden", "activation"]) expect(header.split(/\s+/)).toContain(name);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(width);
  });

  const long = ["model.encoder.hidden_dimension", "model.decoder.hidden_dimension", "train.learning_rate_of_optimizer"];
  const combinations = [64n, 128n].flatMap((a) => [64n, 128n].flatMap((b) => [0.01, 0.1].map((c) => [a, b, c])));

  test.each([60, 80, 100])("%d columns tell points of three long names apart, with their metric", (width) => {
    const experiments = combinations.map((values, at) => {
      const params = Object.fromEntries(long.map((name, place) => [name, values[place] ?? null]));
      return experiment(`parliamentary-orangutan-${at}`, "b", { params, metrics: scores(0.9 + at / 100, 0.1) });
    });
    const lines = view(width, {}, { ...sweep, data: null, experiments }).split("\n");
    const rows = lines.filter((line) => /^[├└]/.test(line));
    const points = rows.map((row) =>
      row
        .match(/ (?:64|128)\b.*?(?:64|128)\b.*?0\.0?1\b/)?.[0]
        .split(/ +/)
        .join(" "),
    );
    expect(new Set(points)).toHaveProperty("size", 8);
    expect(rows.every((row) => / 0\.9\d* /.test(row))).toBe(true);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });

  test("a terminal of 8 columns is no reason to fail", () => {
    expect(view(8)).toContain("m…to");
  });
});

test("of a few that were chosen, what was swept among all of them is shown first", () => {
  const [best] = sweep.experiments.slice(1, 2);
  const chosen = { ...sweep, data: null, experiments: best === undefined ? [] : [best] };
  const header = view(80, { all: [sweep] }, chosen).split("\n")[0] ?? "";
  expect(header).toMatch(/^Experiment +State +accuracy.* lr +hidden +activation/);
});

describe("marks", () => {
  test("the best by a name that tells, whichever end the order puts it at", () => {
    const sort = { by: "loss", order: "desc", missing: "last" } as const;
    expect(view(100, { sort })).toMatch(/└─▸ medical-mosquito[\s\S]*▸ best loss \(lowest\)/);
  });

  test("none without a sorted metric", () => {
    expect(view(100, { sort: undefined })).not.toContain("▸");
    expect(view(100, { sort: { by: "lr", order: "asc", missing: "last" } })).not.toContain("▸");
  });
});

describe("columns", () => {
  test("those that are named, in this order; hashes of dependencies where they are asked for", () => {
    const named = { ...options(100).columns, only: ["lr", "train.py", "created", "accuracy"] };
    expect(view(100, { columns: named }).split("\n")[0]).toBe(
      "Experiment             lr  train.py  Created       accuracy",
    );
    expect(view(250)).not.toContain("train.py");
    expect(view(250, { columns: { ...options(100).columns, keep: [/^train.py/] } })).toContain("0123456");
  });

  test("an unknown one is refused, with what may be meant", () => {
    const named = { ...options(100).columns, only: ["acuracy"] };
    expect(() => view(100, { columns: named })).toThrow(expect.objectContaining({ code: "UNKNOWN_COLUMN" }));
  });

  test("one of a setting that is not here is passed over; without any left it is as if there were no setting", () => {
    const preferred = (only: readonly string[]) => ({ ...options(100).columns, only, unknown: "passed over" as const });
    expect(view(100, { columns: preferred(["State", "nosuch", "Tags", "lr"]) }).split("\n")[0]).toBe(
      "Experiment            State    Tags   lr",
    );
    expect(view(100, { columns: preferred(["nosuch"]) })).toBe(view(100));
  });

  test("labels may be named where there is nothing to stand below them", () => {
    const empty = { ...sweep, experiments: [] };
    const named = { ...options(100).columns, only: ["state", "tags", "lr"] };
    expect(view(100, { columns: named, sort: undefined }, empty).split("\n")[0]).toMatch(/^Experiment .*lr$/);
  });

  test("names that end alike stay apart", () => {
    const both: Record<string, Value> = { "a.lr": 1n, "b.lr": 2n, "a.c.x": 1n };
    const header = experimentView([{ ...sweep, experiments: [], data: data({ params: both }) }], {
      ...options(100),
      sort: undefined,
    });
    expect(header.split("\n")[0]).toMatch(/a\.lr +b\.lr +x/);
  });

  test.each(["/", ""])(
    "of values that begin alike for 70 letters '%s' the ends are left, beside a short one",
    (end) => {
      const folder = (at: number) => ({ folder: `${"a".repeat(70)}${end}${at}` });
      const experiments = [1, 2].map((at) => experiment(`e${at}`, "bc"[at - 1] ?? "", { params: folder(at) }));
      const baseline = { ...sweep, data: data({ params: { folder: "x" } }), experiments };
      const text = experimentView([baseline], options(80, { sort: undefined }));
      expect(text).toMatch(/e1 .*…a*\/?1\b/);
      expect(text).toMatch(/e2 .*…a*\/?2\b/);
    },
  );

  test("long values lose what they all begin with, never what differs", () => {
    const path = (end: string) => ({ folder: `/srv/very/long/path/of/data/sets/${end}` });
    const experiments = ["one.csv", "two.csv"].map((end, at) =>
      experiment(`e${at}`, "bc"[at] ?? "", { params: path(end) }),
    );
    const text = experimentView([{ ...sweep, data: null, experiments }], options(80, { sort: undefined }));
    expect(text).toContain("…one.csv");
    expect(text).toContain("…two.csv");
  });
});

test("names and values of anybody's are shown, not obeyed", () => {
  const hostile = experiment("x\u001b[2Jy", "b", { params: { "k\u0007ey": "v\u001b]0;t\u0007" } });
  const text = experimentView([{ ...sweep, data: null, experiments: [hostile] }], options(100, { sort: undefined }));
  expect(text).toContain("x\\x1b[2Jy");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
  expect(text).not.toMatch(/[\u0007\u001b]/);
});
