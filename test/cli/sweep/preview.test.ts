import { expect, test } from "vitest";
import { experimentNames, makeExperimentRepository, queueRefs } from "../exp-project.ts";

test("sweep --dry-run: what is new, what is done, how long it should take; nothing is queued", async () => {
  const repository = makeExperimentRepository();
  const first = await repository.succeed(["sweep", "-n", "g", "x=2,3", "--dry-run"]);
  expect(first).toMatch(/^Sweep \S+: 2 points, 2 new\.\n {2}g-1 {2}x=2\n {2}g-2 {2}x=3\n/);
  expect(first).toContain("How long it takes is not known: no run has succeeded yet.\nNothing was queued or run.\n");
  expect(queueRefs(repository)).toEqual([]);

  await repository.succeed(["sweep", "-n", "g", "x=2,3"]);
  await repository.succeed(["exp", "run", "--queue", "-n", "q", "-S", "x=4"]);
  const text = await repository.succeed(["sweep", "-n", "g", "x=2,3,4,5", "--dry-run", "-j", "2"]);
  expect(text).toContain("4 points, 1 new.\n  g-3  x=5\n");
  expect(text).toContain("2 already done, 1 already queued");
  expect(text).toMatch(/It should take about \S+, 2 at a time \(\S+ each, from 2 runs\)\./);

  const data = JSON.parse(await repository.succeed(["sweep", "x=2,5", "--dry-run", "--json"]));
  expect(data).toMatchObject({ points: 2, jobs: 1, fresh: [{ overrides: ["x=5"] }], expected: { runs: 2 } });
  expect(data.fresh[0]).not.toHaveProperty("name");
  expect(queueRefs(repository)).toEqual(["queued/3"]);
  expect(experimentNames(repository)).toEqual(["g-1", "g-2"]);
});
