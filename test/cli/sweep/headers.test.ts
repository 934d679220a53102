import { expect, test } from "vitest";
import { gitWith } from "../../git/repositories.ts";
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

  const first = await repository.succeed(["sweep", "-n", "b", "x=5,6"]);
  expect(first).toContain("Not counted as one of the points, since its parameters are others: a-1.");
  const values = repository
    .experimentRefs()
    .map((ref) => /^x: (\d+)/m.exec(repository.git("show", `${ref}:params.yaml`))?.[1]);
  expect(values).toEqual(["7", "5", "6"]);

  const again = await repository.succeed(["sweep", "-n", "b", "x=5,6"]);
  expect(again).toContain("already done");
  expect(repository.experimentRefs()).toHaveLength(3);
});

test("sweep: so does one without the parameter file, also for the point that changes nothing", async () => {
  const repository = makeExperimentRepository();
  await repository.succeed(["sweep", "-n", "a", "x=1,5"]);
  for (const ref of repository.experimentRefs()) {
    const entries = repository.git("ls-tree", ref).split("\n");
    const rest = entries.filter((line) => line !== "" && !line.endsWith("\tparams.yaml"));
    const tree = gitWith(repository, ["mktree"], `${rest.join("\n")}\n`);
    const commit = repository.git("cat-file", "commit", ref).replace(/^tree .*/, `tree ${tree}`);
    repository.git("update-ref", ref, gitWith(repository, ["hash-object", "-t", "commit", "-w", "--stdin"], commit));
  }
  const said = await repository.succeed(["sweep", "-n", "b", "x=1,5", "--dry-run"]);
  expect(said).toContain("parameters are others: a-1, a-2.");
});
