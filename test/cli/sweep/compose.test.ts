/** `compose`, and composition in `exp run`: what is printed, what is refused. */
import { beforeAll, describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const files = {
  "conf/config.yaml": `defaults:\n- db: mysql\n- _self_\nlr: 0.1\nurl: http://\${db.host}\n`,
  "conf/db/mysql.yaml": "host: my\nport: 3306\n",
  "conf/db/pg.yaml": "host: pg\nport: 5432\n",
  "conf/db/twice.yaml": "a: 1\nb: 2\na: 3\n",
  "conf/db/old.yaml": `host: \${oc.deprecated:lr}\n`,
  "conf/swept.yaml": `defaults: [config]\nhydra:\n  sweeper:\n    params: {db: "my*,pg", +k: "\${lr},5"}\n`,
  "conf/grid/lr.yaml": "# @package _global_\nhydra: {sweeper: {params: {lr: 7}}}\n",
  "other/train.yaml": "x: 1\n",
  "params.yaml": "lr: 1\n",
  "dvc.yaml": "stages:\n  use:\n    cmd: cp params.yaml used.yaml\n    params: [lr]\n    outs: [used.yaml]\n",
};

let repository: Repository;
beforeAll(() => {
  repository = makeRepository({ files });
});

describe("compose", () => {
  test("prints the config, resolved or as written", async () => {
    expect(await repository.succeed(["compose", "db=pg", "+x.y=1"])).toBe(
      "db:\n  host: pg\n  port: 5432\nlr: 0.1\nurl: http://pg\nx:\n  'y': 1\n",
    );
    expect(JSON.parse(await repository.succeed(["compose", "--raw", "--json"]))).toEqual({
      db: { host: "my", port: 3306 },
      lr: 0.1,
      url: `http://\${db.host}`,
    });
  });

  test("takes another tree, also outside of a project", async () => {
    expect(await repository.succeed(["compose", "--config-dir", "other", "--config-name", "train"])).toBe("x: 1\n");
    const bare = makeRepository({ files, dvc: false });
    expect(await bare.succeed(["compose", "~db", "url=u"])).toBe("lr: 0.1\nurl: u\n");
  });

  test("shows where each value comes from", async () => {
    const info = await repository.succeed(["compose", "--info", "lr=5"]);
    expect(info).toMatch(/ {2}db\/mysql +db +from config\n {2}config +\(top\) +itself/);
    expect(info).toMatch(/ {2}db\.port +3306 +conf\/db\/mysql\.yaml:2\n/);
    expect(info).toMatch(/ {2}lr +5 +lr=5\n/);
    expect(info).toMatch(/ {2}url +'http:\/\/my' +conf\/config\.yaml:5\n/);
    const { values, choices } = JSON.parse(await repository.succeed(["compose", "--info", "--json"]));
    expect(values[1]).toEqual({ key: "db.port", value: 3306, source: "conf/db/mysql.yaml:2" });
    expect(choices.db).toBe("mysql");
  });

  test.each([
    [["db=nope"], "In 'config': Could not find 'db/nope'\nAvailable options in 'db':\n\tmysql"],
    [["db=twice"], "unable to read: 'conf/db/twice.yaml', line 3, column 1: found duplicate key"],
    [[`lr=\${nope}`], `Interpolation key 'nope' not found (lr: \${nope})`],
    [["lr=1,2"], "Ambiguous value for argument 'lr=1,2'"],
    [["--config-dir", "missing"], "Primary config directory not found."],
    [["--config-name", "missing"], "Cannot find primary config 'missing'."],
  ])("exits with 255 for %j", async (args, message) => {
    const { exitCode, stderr, stdout } = await repository.run(["compose", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 255, stdout: "" });
    expect(stderr).toContain(`ERROR: ${message}`);
  });

  test("tells where the folder that is missing was named, and composes what is added to hydra", async () => {
    const { exitCode, stderr } = await repository.run(["compose", "--config-dir", "missing"]);
    expect(exitCode).toBe(255);
    expect(stderr).toContain("HINT: --config-dir names it, counted from the working folder");
    expect(await repository.succeed(["compose", "+hydra.nope=1"])).toContain("lr: 0.1\n");
    expect((await repository.run(["compose", "hydra.nope=1"])).exitCode).toBe(255);
  });

  test("passes on what oc.deprecated has to say", async () => {
    const { exitCode, stderr } = await repository.run(["compose", "db=old"]);
    expect(exitCode).toBe(0);
    expect(stderr).toBe("WARNING: 'db.host' is deprecated. Change your code and config to use 'lr'\n");
  });
});

describe("composed experiments", () => {
  beforeAll(async () => {
    await repository.succeed(["config", "hydra.enabled", "true"]);
    repository.commit("compose");
  });

  test("a run writes params.yaml anew, overrides of groups included; --no-hydra edits it", async () => {
    await repository.succeed(["exp", "run", "-S", "db=pg", "-S", "lr=0.5"]);
    const composed = "db:\n  host: pg\n  port: 5432\nlr: 0.5\nurl: http://pg\n";
    expect(repository.read("params.yaml")).toBe(composed);
    expect(repository.read("used.yaml")).toBe(composed);
    repository.git("checkout", "--quiet", "params.yaml");
    await repository.succeed(["exp", "run", "--no-hydra", "-S", "lr=0.25"]);
    expect(repository.read("params.yaml")).toBe("lr: 0.25\n");
    const { exitCode, stderr } = await repository.run(["exp", "run", "--no-hydra", "-S", "db=pg"]);
    expect(exitCode).toBe(255);
    expect(stderr).toContain("Could not override 'db'");
    repository.git("checkout", "--quiet", "params.yaml");
  });

  test("--no-hydra keeps sweeps, and a sweep in copies composes each point", async () => {
    await repository.succeed(["sweep", "--no-hydra", "-n", "plain", "lr=7,8"]);
    await repository.succeed(["sweep", "-n", "groups", "db=glob([m*,p*])", "lr=9"]);
    const paramsOf = (name: string) => {
      const ref = repository.experimentRefs().find((item) => item.endsWith(`/${name}`));
      return repository.git("show", `${ref}:params.yaml`);
    };
    expect([paramsOf("plain-1"), paramsOf("plain-2")]).toEqual(["lr: 7", "lr: 8"]);
    expect(paramsOf("groups-1")).toBe("db:\n  host: my\n  port: 3306\nlr: 9\nurl: http://my");
    expect(paramsOf("groups-2")).toContain("host: pg");
  });

  test("expand opens groups, too", async () => {
    expect(await repository.succeed(["expand", "db=glob([m*,p*])"])).toBe("db=mysql\ndb=pg\n");
    const { exitCode, stderr } = await repository.run(["expand", "db=glob(x*)"]);
    expect(exitCode).toBe(255);
    expect(stderr).toContain("matches no option of the config group 'db'");
  });

  test.each([
    [["exp", "run", "--queue", "-S", "lr=glob(*)"], "Glob override 'lr=glob(*)' is not supported."],
    [["sweep", "hydra.run.dir=a,b"], "Sweeping over Hydra's configuration is not supported : 'hydra.run.dir=a,b'"],
    [["exp", "run", "-S", "db=nope"], "In 'config': Could not find 'db/nope'"],
  ])("refuses %j", async (args, message) => {
    const { exitCode, stderr } = await repository.run(args);
    expect(exitCode).toBe(255);
    expect(stderr).toContain(message);
    expect(repository.read("params.yaml")).toBe("lr: 1\n");
  });

  test("a sweep without overrides needs hydra.sweeper.params", async () => {
    const { exitCode, stderr } = await repository.run(["sweep"]);
    expect(exitCode).toBe(254);
    expect(stderr).toContain("or hydra.sweeper.params in the config");
  });

  test("the sweep of the config is what the overrides make of it", async () => {
    const pointsOf = async (...args: readonly string[]): Promise<readonly string[]> => {
      const preview = JSON.parse(await repository.succeed(["sweep", "--dry-run", "--json", ...args]));
      return preview.fresh.map(({ overrides }: { readonly overrides: readonly string[] }) => overrides.join(" "));
    };
    await repository.succeed(["config", "hydra.config_name", "swept"]);
    expect(await pointsOf("hydra.sweeper.params.db=pg")).toEqual(["db=pg +k=0.1", "db=pg +k=5"]);
    expect(await pointsOf("db=pg", "lr=3", "k='x'")).toEqual(["db=pg +k='x' lr=3"]);
    expect(await pointsOf("+grid=lr", "db=pg", "~k")).toEqual(["db=pg lr=7 +grid=lr"]);
    await repository.succeed(["config", "--unset", "hydra.config_name"]);
  });

  test.each(["hydra.config_module", "hydra.plugins_path"])("%s needs Python", async (setting) => {
    const set = await repository.run(["config", setting, "x"]);
    expect({ exitCode: set.exitCode, stderr: set.stderr }).toEqual({
      exitCode: 0,
      stderr: expect.stringContaining(`the setting ${setting} needs Python`),
    });
    const { exitCode, stderr } = await repository.run(["exp", "run"]);
    await repository.succeed(["config", "--unset", setting]);
    expect(exitCode).toBe(255);
    expect(stderr).toContain(`the setting ${setting} needs Python`);
  });

  test("an override of the config that is wrong is told with its place", async () => {
    repository.write({
      "conf/bad.yaml": "defaults: [config]\nhydra:\n  sweeper:\n    params:\n      lr: range(1,2,0)\n",
    });
    await repository.succeed(["config", "hydra.config_name", "bad"]);
    const { exitCode, stderr } = await repository.run(["sweep", "--dry-run"]);
    expect(exitCode).toBe(255);
    expect(stderr).toContain("conf/bad.yaml:5 (hydra.sweeper.params): ");
    expect((await repository.run(["sweep", "lr=1", "--dry-run"])).exitCode).toBe(0);
    await repository.succeed(["config", "--unset", "hydra.config_name"]);
  });

  test("params.yaml need not be there, for templates neither", async () => {
    const template = `stages: {use: {cmd: "echo \${lr} > used", params: [lr], outs: [used]}}\n`;
    const { "params.yaml": _, ...others } = files;
    const config = "[hydra]\n    enabled = true\n";
    const fresh = makeRepository({ files: { ...others, "dvc.yaml": template, ".dvc/config": config } });
    expect(await fresh.succeed(["exp", "run", "--queue", "-S", "db=mysql,pg"])).toMatch(/Queued .*\n.*\nQueued /);
    await fresh.succeed(["exp", "run", "--temp", "-S", "lr=6"]);
    await fresh.succeed(["exp", "run", "-S", "lr=5"]);
    expect(fresh.read("used")).toBe("5\n");
  });
});
