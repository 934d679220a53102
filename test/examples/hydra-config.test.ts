import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Files, makeRepository, type Repository } from "../rig/index.ts";

const example = fileURLToPath(new URL("../../examples/hydra-config", import.meta.url));

function filesBelow(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(folder, name))]));
}

interface ShownRevision {
  readonly data: {
    readonly params: Readonly<Record<string, { data: { model: { name: string }; optimizer: { name: string } } }>>;
    readonly metrics: Readonly<Record<string, { data: { test_loss: number } }>>;
  };
}

describe("examples/hydra-config", () => {
  let prepared: Repository;
  let repository: Repository;
  beforeAll(async () => {
    prepared = makeRepository({ files: filesBelow(example) });
    await prepared.succeed(["config", "hydra.enabled", "true"]);
    prepared.commit("compose");
  });
  beforeEach(() => {
    repository = prepared.copy();
  });

  test("the params.yaml that is committed is what the tree composes", async () => {
    expect(await repository.succeed(["compose"])).toBe(repository.read("params.yaml"));
  });

  test("a run takes another option of a group", async () => {
    await repository.succeed(["exp", "run", "-n", "quick", "-S", "experiment=quick", "-S", "train.steps=20"]);
    const params = repository.read("params.yaml");
    expect(params).toContain("title: a line through waves by momentum\n");
    expect(params).toContain("momentum: 0.9\n");
    expect(params).toContain("steps: 20\n");
    expect(JSON.parse(repository.read("metrics.json")).test_loss).toBeGreaterThan(0);
  });

  test("the sweep of the config runs all models with two optimizers, and only once", async () => {
    const output = await repository.succeed(["sweep", "--jobs", "2"]);
    expect(output).toContain("6 points, 6 new");
    expect(output).toContain("6 succeeded, 0 failed");
    expect(await repository.succeed(["sweep", "--jobs", "2"])).toContain("6 points, 0 new");
    const shown = JSON.parse(await repository.succeed(["exp", "show", "--json"]));
    const revisions: ShownRevision[] = shown[1].experiments.flatMap((item: { revs: ShownRevision[] }) => item.revs);
    const losses = revisions.map(({ data }) => {
      const { model, optimizer } = data.params["params.yaml"]?.data ?? {
        model: { name: "?" },
        optimizer: { name: "?" },
      };
      return [`${model.name} ${optimizer.name}`, data.metrics["metrics.json"]?.data.test_loss ?? Number.NaN] as const;
    });
    const lossOf = Object.fromEntries(losses);
    expect(Object.keys(lossOf)).toHaveLength(6);
    expect(lossOf["fourier adam"]).toBeLessThan(0.01);
    expect(lossOf["line sgd"]).toBeGreaterThan(0.1);
  });

  test("the command line wins over the sweep of the config; glob() takes the options of a group", async () => {
    const points = await repository.succeed(["sweep", "model=cubic", "data=glob(s*)", "-n", "steps"]);
    expect(points).toContain("2 points, 2 new");
    expect(points).toContain("(model=cubic optimizer=adam data=steps)");
  });
});
