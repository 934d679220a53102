/** A search that is killed twenty times, at side effects that dice draw: in the end it has what one has that nobody killed. */
import path from "node:path";
import { expect, test } from "vitest";
import { type Files, makeRepository, type Repository, scriptStage } from "../rig/index.ts";
import { diceFor } from "./campaign.ts";
import { faultEnvironment } from "./project.ts";

const files: Files = {
  "params.yaml": "x: 1\n",
  "dvc.yaml": scriptStage("train", "train.sh"),
  "train.sh": `x=$(sed -n 's/^x: //p' params.yaml)
echo "{\\"loss\\": $((x > 700 ? x - 700 : 700 - x))}" > m.json; cp params.yaml out.txt
`,
};
const trials = 60;
const kills = 20;
/** A start and two or three trials have so many side effects. */
const farthest = 200;
const line = ["search", "x=int(interval(0,1000))", "--metric", "m.json:loss", "--seed", "5", "--trials", `${trials}`];

/** What its last line says, but for names, which are drawn anew. */
function endOf(text: string) {
  const { trials: ended, best } = JSON.parse(text.trim().split("\n").at(-1) ?? "");
  return {
    ended,
    best: best.map(({ trial, values }: { trial: number; values: readonly number[] }) => ({ trial, values })),
  };
}

const pointsOf = (repository: Repository) =>
  repository.experimentRefs().map((ref) => repository.git("show", `${ref}:params.yaml`));

test("a search of 60 trials that is killed 20 times has 60 trials, none twice, and the same best", async () => {
  const repository = makeRepository({ files });
  const killed = repository.copy();
  const roll = diceFor("kills of a search");
  let fallen = 0;
  for (let kill = 0; kill < kills; kill++) {
    const what = roll() < 0.5 ? "kill" : "kill-all";
    const env = faultEnvironment(
      `${what}:${1 + Math.floor(roll() * farthest)}`,
      path.join(killed.root, `fault-${kill}`),
    );
    const { signal, exitCode } = await killed.run([...line, "--json"], { env });
    // One process is killed after the other: it may end by itself before its turn comes.
    if (signal === "SIGKILL" || exitCode !== 0) fallen++;
  }
  expect(fallen).toBe(kills);
  expect(killed.experimentRefs().length).toBeLessThan(trials);
  const end = endOf(await killed.succeed([...line, "--json"]));
  expect(end).toEqual(endOf(await repository.succeed([...line, "--json"])));
  expect(end.ended).toBe(trials);
  const points = pointsOf(killed);
  expect(new Set(points).size).toBe(trials);
  expect(points.sort()).toEqual(pointsOf(repository).sort());
  expect(await killed.succeed(["search", ...line.slice(1), "--dry-run"])).toContain("60 finished, 0 failed, 0 queued");
  await killed.succeed(["doctor", "--fix"]);
  await killed.succeed(["doctor"]);
});
