import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeRepository, type Repository } from "../rig/index.ts";

const example = fileURLToPath(new URL("../../examples/checkpoints", import.meta.url));

function makeExample(): Repository {
  const repository = makeRepository();
  cpSync(example, repository.folder, { recursive: true });
  repository.commit("the example");
  return repository;
}

const results = (repository: Repository) => [repository.read("model.json"), repository.read("metrics.json")];

test("a training that is killed and goes on ends with the numbers of one that was never killed", async () => {
  const whole = makeExample();
  await whole.succeed(["exp", "run", "-n", "line"]);
  const killed = makeExample();
  const running = killed.start(["exp", "run", "-n", "line"]);
  await running.printed("Checkpoint experiment iteration");
  expect((await running.kill("SIGKILL")).signal).toBe("SIGKILL");
  const output = await killed.succeed(["exp", "run"]);
  expect(output).toContain("'line' will be resumed");
  expect(output).toMatch(/starts after epoch [1-9]/);
  expect(results(killed)).toEqual(results(whole));
  const epochs = async (repository: Repository) =>
    (await repository.succeed(["exp", "curve", "line", "--csv"])).split("\r\n").map((row) => row.split(",").slice(3));
  expect(await epochs(killed)).toEqual(await epochs(whole));
});
