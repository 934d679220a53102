import { expect, test } from "vitest";
import { experimentNames, makeExperimentRepository } from "../exp-project.ts";

test("sweep: an experiment whose header says another point than its parameters hold stands for none", async () => {
  const repository = makeExperimentRepository();
  await repository.succeed(["sweep", "-n", "a", "x=5,7"]);
  const [claimed = "", other = ""] = repository.experimentRefs();
  const tree = repository.git("rev-parse", `${other}^{tree}`).trim();
  const forged = repository.git("cat-file", "commit", claimed).replace(/^tree .*/, `tree ${tree}`);
  repository.write({ "ignored-commit": `${forged}\n` });
  const commit = repository.git("hash-object", "-t", "commit", "-w", "ignored-commit").trim();
  repository.git("update-ref", "-d", other);
  repository.git("update-ref", claimed, commit);
  const name = experimentNames(repository)[0] ?? "";
  expect(name).toBe("a-1");

  await repository.succeed(["sweep", "-n", "b", "x=5,6"]);
  const values = repository
    .experimentRefs()
    .map((ref) => /^x: (\d+)/m.exec(repository.git("show", `${ref}:params.yaml`))?.[1]);
  expect(values).toEqual(["7", "5", "6"]);

  const again = await repository.succeed(["sweep", "-n", "b", "x=5,6"]);
  expect(again).toContain("already done");
  expect(repository.experimentRefs()).toHaveLength(3);
});
