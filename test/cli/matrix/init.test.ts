/** `matrix init` of sweeps that are no grid, and of searches. */
import { expect, test } from "vitest";
import { makePipelineRepository } from "../../rig/index.ts";
import { withRemotes } from "./clones.ts";

test("writes the options of a sweep that is no grid, and those of a search in rounds, into the pipeline's plan", async () => {
  const repository = makePipelineRepository();
  await withRemotes(repository);
  const init = (...args: readonly string[]) => repository.run(["matrix", "init", "--force", "--for", ...args]);
  const planned = async (file: string, count: number) => {
    const [, line = ""] = /sweepline (matrix plan @sweep.txt [^'\n]*)/.exec(repository.read(file)) ?? [];
    expect(await repository.succeed(line.split(" "))).toContain(`${count} points`);
    return line;
  };
  const github = ".github/workflows/sweep.yml";
  const sampled = ["train.lr=interval(0.1,0.5)", "--sample", "5", "--sampler", "sobol", "--seed", "3"];
  expect((await init("github", ...sampled)).exitCode).toBe(0);
  expect(await planned(github, 5)).toContain("--sample 5 --sampler sobol --seed 3 -o");
  expect(repository.read("sweep.txt")).not.toContain("All combinations");
  expect((await init("gitlab", "train.lr=0.1,0.2", "seed=1,2", "--zip", "train.lr,seed")).exitCode).toBe(0);
  expect(await planned(".gitlab-ci.yml", 2)).toContain("--zip train.lr,seed -o");
  const space = ["train.lr=interval(0.1,0.5)", "--metric", "m.json:loss", "--trials", "9", "--round", "4"];
  expect((await init("github", ...space)).exitCode).toBe(0);
  expect(await planned(github, 4)).toContain("--round 4 --metric m.json:loss --trials 9 -o");
  for (const [args, words] of [
    [["github", "train.lr=interval(0.1,0.5)"], "draw from it: --sample N"],
    [["github", "train.lr=0.1,0.2", "--where", "train.lr < 1"], "would need quotes in the pipeline"],
    [["circleci", ...sampled], "Those of github, gitlab, azure, buildkite and jenkins can."],
    [["gitlab", ...space], "can't plan rounds of a search"],
    [["github", ...space, "--sample", "2"], "has no place beside --round"],
    [["github", "seed=1,2", "--metric", "loss"], "--round K"],
  ] as const) {
    const { exitCode, stderr } = await init(...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(words)]);
  }
});
