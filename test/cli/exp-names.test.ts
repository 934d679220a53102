/** What a name means: of `sweep --force -n`, and of names that several baselines have. */
import { expect, test } from "vitest";
import { experimentNames, makeExperimentRepository } from "./exp-project.ts";

test("sweep --force -n NEW makes a new one beside the old; with the same name it replaces it", async () => {
  const repository = makeExperimentRepository();
  const commits = () => repository.experimentRefs().map((ref) => repository.git("rev-parse", ref));
  await repository.succeed(["sweep", "-n", "aa", "x=7"]);
  const [first] = commits();
  await repository.succeed(["sweep", "-n", "bb", "x=7", "--force"]);
  expect(experimentNames(repository)).toEqual(["aa-1", "bb-1"]);
  expect(commits()[0]).toBe(first);
  const again = await repository.succeed(["sweep", "-n", "bb", "x=7", "--force"]);
  expect(again).toContain("1 points, 1 new.");
  expect(experimentNames(repository)).toEqual(["aa-1", "bb-1"]);
  expect(commits()[0]).toBe(first);
});
