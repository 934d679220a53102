/** A sweep or a search that lives in the config: settings of ours below hydra.sweeper, and those of Hydra's Optuna sweeper. */
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository, scriptStage } from "../../rig/index.ts";

let made: Repository;
beforeAll(() => {
  made = makeRepository({
    files: {
      "params.yaml": "lr: 1\nunits: 1\nopt: sgd\nseed: 0\n",
      "conf/config.yaml": "lr: 1\nunits: 1\nopt: sgd\nseed: 0\n",
      "dvc.yaml": scriptStage("train", "train.sh").replace("- x", "- lr"),
      "train.sh": `lr=$(sed -n 's/^lr: //p' params.yaml); echo "{\\"loss\\": $lr}" > m.json; cp params.yaml out.txt\n`,
    },
  });
  made.write({ ".dvc/config": `${made.read(".dvc/config")}[hydra]\n    enabled = true\n` });
  made.git("add", ".");
  made.commit("composed");
});

const base = "lr: 1\nunits: 1\nopt: sgd\nseed: 0\n";

function withSweeper(yaml: string, defaults = ""): Repository {
  const repository = made.copy();
  repository.write({ "conf/config.yaml": `${defaults}${base}hydra:\n  sweeper:\n${yaml.replace(/^/gm, "    ")}\n` });
  return repository;
}

async function dryRun(repository: Repository, args: readonly string[]) {
  const text = await repository.succeed(["sweep", ...args, "--dry-run", "--json"]);
  const { sweep, fresh } = JSON.parse(text) as { sweep: string; fresh: readonly { overrides: readonly string[] }[] };
  return { sweep, points: fresh.map(({ overrides }) => overrides.join(" ")) };
}

test("zip, and, where, when, repeat and sample in the config are those of the command line, with the same id", async () => {
  const params = "params: {lr: '1,2', units: '3,4'}";
  for (const [yaml, options] of [
    ["zip: lr,units", ["--zip", "lr,units"]],
    ["zip: ['lr,units']\nrepeat: 2", ["--zip", "lr,units", "--repeat", "2"]],
    ["repeat: 2\nrepeat_key: units\nparams: {lr: '1,2'}", ["--repeat", "2", "--repeat-key", "units"]],
    ["where: lr < 2", ["--where", "lr < 2"]],
    ["where: [lr < 2, units > 3]", ["--where", "lr < 2", "--where", "units > 3"]],
    ["when: {units: lr == 1}", ["--when", "units: lr == 1"]],
    ["sample: 3\nsampler: sobol\nseed: 4", ["--sample", "3", "--sampler", "sobol", "--seed", "4"]],
    ["and: [{opt: 'adam,x', lr: '7'}]", ["--and", "opt=adam,x", "lr=7"]],
  ] as const) {
    const all = yaml.includes("params") ? yaml : `${params}\n${yaml}`;
    const words = yaml.includes("params") ? ["lr=1,2"] : ["lr=1,2", "units=3,4"];
    const inConfig = await dryRun(withSweeper(all), []);
    const under = yaml.startsWith("and") ? withSweeper(params) : made.copy();
    const typed = await dryRun(under, yaml.startsWith("and") ? options : [...words, ...options]);
    expect([yaml, inConfig]).toEqual([yaml, typed]);
    expect(inConfig.points.length).toBeGreaterThan(0);
  }
});

test("what the command line says takes the place of what the config says; mistakes are told with their place", async () => {
  const repository = withSweeper("params: {lr: '1,2,3'}\nwhere: lr < 2\nrepeat: 2\nand: {lr: '5', opt: adam}");
  expect((await dryRun(repository, ["--where", "lr > 2", "--repeat", "1", "units=9"])).points).toEqual([
    "lr=3 units=9 seed=0",
    "lr=5 opt=adam units=9 seed=0",
  ]);
  expect((await dryRun(repository, ["hydra.sweeper.repeat=null"])).points).toEqual(["lr=1"]);
  for (const [yaml, words] of [
    ["params: {lr: '1,2'}\nrepeat: some", "hydra.sweeper.repeat is a whole number of at least 1"],
    ["params: {lr: '1,2'}\nwhen: units", "hydra.sweeper.when is a mapping"],
    ["params: {lr: '1,2'}\nand: lr=3", "hydra.sweeper.and is a list of mappings"],
    ["params: {lr: '1,2'}\nsample: 3\nsampler: psychic", "hydra.sweeper.sampler is 'psychic'"],
  ] as const) {
    const { exitCode, stderr } = await withSweeper(yaml).run(["sweep", "--dry-run"]);
    expect([exitCode, stderr]).toEqual([255, expect.stringContaining(words)]);
  }
});

const optuna = "defaults:\n- _self_\n- override hydra/sweeper: optuna\n- override hydra/sweeper/sampler: random\n";

test("a search takes n_trials, direction, sampler and params of Hydra's Optuna sweeper, and says what it does not take", async () => {
  const repository = withSweeper(
    "n_trials: 3\ndirection: maximize\nsampler: {seed: 7}\nstorage: sqlite:///x.db\nparams: {lr: 'interval(0.5,2.0)', units: 'range(1,9)'}",
    optuna,
  );
  const { exitCode, stdout, stderr } = await repository.run(["search", "--metric", "loss", "--json"]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("hydra.sweeper.storage has no effect");
  expect(stderr).not.toContain("hydra/sweeper=optuna has no effect");
  const end = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  expect(end.trials).toBe(3);
  const values = stdout.split("\n").flatMap((line) => /"values":\{"loss":([\d.]+)/.exec(line)?.[1] ?? []);
  expect(end.best[0].values).toEqual([Math.max(...values.map(Number))]);
  // The same words typed are the same search.
  const typed = [
    "lr=interval(0.5,2.0)",
    "units=range(1,9)",
    "--sampler",
    "random",
    "--seed",
    "7",
    "--direction",
    "maximize",
  ];
  const again = await made
    .copy()
    .succeed(["search", ...typed, "--metric", "loss", "--trials", "3", "--dry-run", "--json"]);
  const here = await repository.succeed(["search", "--metric", "loss", "--dry-run", "--json"]);
  expect(JSON.parse(here)).toMatchObject({ finished: 3, left: 0 });
  expect(JSON.parse(again).sweep).toBe(JSON.parse(here).sweep);
  const swept = await repository.run(["sweep", "lr=1,2", "units=1", "--dry-run"]);
  expect(swept.stderr).toContain("hydra/sweeper=optuna has no effect: `sweepline search --metric [FILE:]KEY`");
});

test("where Optuna's sweeper does not say them, its 20 trials and its direction count", async () => {
  const repository = withSweeper("params: {lr: 'interval(0.5,2.0)'}", optuna);
  const plan = async (...args: readonly string[]) =>
    JSON.parse(await repository.succeed(["search", ...args, "--dry-run", "--json"])).left;
  expect(await plan("--metric", "loss")).toBe(20);
  expect(await plan("--metric", "loss", "--trials", "3")).toBe(3);
  expect(await plan("--metric", "loss", "--time", "1h")).not.toBe(20);
  expect(await plan("--metric", "zing")).toBe(20);
  const ranges = withSweeper("params: {lr: {lower: 0.5, upper: 2, log: true}}", optuna);
  const { exitCode, stderr } = await ranges.run(["search", "--metric", "loss"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("A range is interval(0,1)")]);
});

test("metric, constraint, tries and time of ours; other sweepers, samplers and launchers are answered by one line", async () => {
  const ours =
    "metric: m.json:loss\nn_trials: 2\nsampler: sobol\ntry: lr=1.5\nconstraint: loss > 0\ntime: 1h\nparams: {lr: 'interval(1.0,2.0)'}";
  const repository = withSweeper(ours);
  const shown = await repository.succeed(["search"]);
  expect(shown).toContain("trial 1 of 2");
  expect(shown).toContain("loss=1.5");
  const refused = withSweeper("params: {lr: '1,2'}", optuna.replace("random", "nsgaii"));
  const { exitCode, stderr } = await refused.run(["search", "--metric", "loss", "--trials", "2"]);
  expect([exitCode, stderr]).toEqual([255, expect.stringContaining("hydra/sweeper/sampler=nsgaii is not here")]);
  const bad = await withSweeper(`${ours}\ndirection: sideways`).run(["search"]);
  expect([bad.exitCode, bad.stderr]).toEqual([255, expect.stringContaining("hydra.sweeper.direction: ")]);
  const launcher = await repository.run(["search", "hydra/launcher=joblib", "hydra/sweeper=ax", "--dry-run"]);
  const lines = launcher.stderr.split("\n").filter((line) => line.includes("has no effect"));
  expect(lines).toHaveLength(2);
});
