/** `exp show --html` and `sweep --report`: what the page is told. The page itself is tested in test/page. */
import { expect, test } from "vitest";
import type { PageData } from "../../../src/report/page/contract.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

function dataOf(repository: Repository, file: string): PageData {
  const text = /<script type="application\/json" id="page-data">(.*?)<\/script>/s.exec(repository.read(file))?.[1];
  return JSON.parse(text ?? "null") as PageData;
}

const pipeline = `stages:
  train:
    cmd: >-
      echo step,loss > curve.csv; echo 0,2 >> curve.csv; echo 1,1 >> curve.csv; cp params.yaml m.yaml;
      if grep -q "x: 3" params.yaml; then echo "no good https://u:secret@host"; exit 1; fi
    params: [x, "y"]
    metrics: [{m.yaml: {cache: false}}]
    plots: [{curve.csv: {cache: false, x: step, y: loss}}]
`;

test("a sweep's page has its rows, curves, and failures with the ends of their logs", async () => {
  const repository = makeRepository({ files: { "params.yaml": "x: 1\ny: a\n", "dvc.yaml": pipeline } });
  const { exitCode } = await repository.run(["sweep", "x=1,2,3", "y=a,'</script>'", "--report", "sweep.html"]);
  expect(exitCode).toBe(1);
  const { rows, columns, curves, failures, title } = dataOf(repository, "sweep.html");
  expect(title).toMatch(/^Sweep s-/);
  expect(columns.map(({ label, kind, varies }) => [label, kind, varies])).toEqual([
    ["m.yaml:x", "metric", true],
    ["m.yaml:y", "metric", true],
    ["params.yaml:x", "param", true],
    ["params.yaml:y", "param", true],
  ]);
  expect(rows.map(({ state, values }) => `${state} ${values.slice(2).join(" ")}`).sort()).toEqual([
    "failed 3 </script>",
    "failed 3 a",
    "success 1 </script>",
    "success 1 a",
    "success 2 </script>",
    "success 2 a",
  ]);
  expect(curves).toHaveLength(4);
  expect(curves[0]).toMatchObject({
    label: "curve.csv: loss",
    x: "step",
    points: [
      [0, 2],
      [1, 1],
    ],
  });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatchObject({ line: "no good https://***@host" });
  expect(failures[0]?.names).toHaveLength(2);
  await repository.succeed(["exp", "show", "--html", "shown.html", "--where", "params.yaml:x == 2"]);
  expect(dataOf(repository, "shown.html").rows.map(({ state }) => state)).toEqual(["success", "success"]);
});
