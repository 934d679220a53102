/** Which rows a view shows: by condition, search and brush, and in which order. */
import { expect, test } from "vitest";
import {
  bestSoFar,
  brushedRows,
  type Condition,
  commandOf,
  conditionOf,
  foundRows,
  metricOf,
  shownCell,
  sortedRows,
} from "../../src/page/rows.ts";
import { startView, type View } from "../../src/page/view.ts";
import { pageFacts } from "./page-facts.ts";

const data = pageFacts(20);
const names = (view: Partial<View>) => {
  const whole = { ...startView, ...view };
  const found = foundRows(data, whole.search, conditionOf(whole.where, data, data.madeAt));
  return sortedRows(data, brushedRows(data, found, whole.brush), whole).map(({ name }) => name?.replace("point-", ""));
};

test("a condition is one of --where, and says what is wrong with it", () => {
  expect(names({ where: "lr == 1 and optimizer == 'adam'" })).toEqual(["3", "15"]);
  expect(names({ where: "state == failed" })).toEqual(["9", "19"]);
  expect(names({ where: "starred" })).toEqual(["3"]);
  expect(names({ where: "name =~ '-1[0-2]$'" })).toEqual(["10", "11", "12"]);
  const refused = (where: string) => {
    const condition: Condition = conditionOf(where, data, 0);
    return condition.kind === "refused" ? condition.message : "";
  };
  expect(refused("nosuch > 1")).toContain("no metric, parameter or fact is called 'nosuch'");
  expect(refused("lr >")).toContain("found the end");
});

test("search looks at names, states and values", () => {
  expect(names({ search: "FAILED sgd" })).toEqual(["19"]);
  expect(names({ search: "point-1 adam" })).toEqual(["12", "15", "18"]);
});

test("a brush takes what lies in one of its intervals; of texts by their place on the axis", () => {
  const lr = "params.yaml:lr";
  expect(
    names({
      brush: new Map([
        [
          lr,
          [
            [0.05, 0.5],
            [0.9, 1],
          ],
        ],
      ]),
      where: "units == 8",
    }),
  ).toEqual(["10", "15"]);
  expect(names({ brush: new Map([["params.yaml:optimizer", [[-0.4, 0.4]]]]) })).toEqual([
    "0",
    "3",
    "6",
    "9",
    "12",
    "15",
    "18",
  ]);
});

test("missing values come last in both orders", () => {
  const sort = "metrics.json:accuracy";
  expect(names({ sort, order: "asc" }).slice(-2)).toEqual(["9", "19"]);
  expect(names({ sort, order: "desc" }).slice(-2)).toEqual(["9", "19"]);
  expect(names({ sort: "created", order: "desc" })[0]).toBe("19");
});

test("the best so far only gets better", () => {
  expect(bestSoFar([3, 1, 2, 0.5, 4], "min")).toEqual([3, 1, 1, 0.5, 0.5]);
  expect(bestSoFar([3, 1, 4], "max")).toEqual([3, 3, 4]);
});

test("cells, the metric, and the same in a terminal", () => {
  expect([0.1 + 0.2, 1e-7, 12345678, null, [1, "a"], true].map(shownCell)).toEqual([
    "0.3",
    "1e-7",
    "12345678",
    "",
    '[1,"a"]',
    "true",
  ]);
  expect(metricOf(data, "")?.name).toBe("accuracy");
  expect(commandOf(data, { ...startView, where: "optimizer == 'adam'", sort: "params.yaml:lr", order: "asc" })).toBe(
    `sweepline exp show -A --where 'optimizer == '\\''adam'\\''' --sort-by 'lr' --sort-order asc`,
  );
});
