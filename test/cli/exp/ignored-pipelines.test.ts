/** Which pipelines of a project count: the same for every command, wherever it reads them. */
import { describe, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";

const metric = (name: string) => `metrics: [${name}]\n`;
const files = {
  ".gitignore": "/vendor\n",
  "dvc.yaml": `stages:\n  zoo:\n    cmd: mkdir -p zoo\n    outs: [{ zoo: { cache: false } }]\n${metric("m.json")}`,
  "m.json": '{"m": 1}\n',
  "venv/dvc.yaml": metric("em.json"),
  "venv/em.json": '{"e": 1}\n',
  "zoo/dvc.yaml": metric("z.json"),
  "zoo/z.json": '{"z": 1}\n',
};
const vendor = { "vendor/dvc.yaml": metric("vm.json"), "vendor/vm.json": '{"v": 1}\n' };
const shown = { "m.json": { data: { m: 1 } }, "venv/em.json": { data: { e: 1 } } };

interface Row {
  readonly rev: string;
  readonly data: { readonly metrics: unknown } | null;
}

const rows = async (repository: Repository) =>
  (JSON.parse(await repository.succeed(["exp", "show", "--json"])) as Row[]).map(({ data }) => data?.metrics);

describe("metrics show, exp show and metrics diff", () => {
  test("leave out what Git ignores and what is an output, and nothing for its name", async () => {
    const repository = makeRepository({ files });
    repository.write(vendor);
    expect(JSON.parse(await repository.succeed(["metrics", "show", "--json"]))).toEqual({ "": { data: shown } });
    expect(await rows(repository)).toEqual([shown, shown]);
    expect(JSON.parse(await repository.succeed(["metrics", "diff", "--json"]))).toEqual({});
  });

  test("a broken pipeline that Git ignores empties no row", async () => {
    const repository = makeRepository({ files });
    repository.write({ "vendor/dvc.yaml": "broken: [" });
    const result = await repository.run(["exp", "show", "--json"]);
    expect(result.stderr).toBe("");
    expect((JSON.parse(result.stdout) as Row[]).map(({ data }) => data?.metrics)).toEqual([shown, shown]);
  });

  test("a commit has what it tracks, below an ignored folder too", async () => {
    const repository = makeRepository({ files });
    repository.write(vendor);
    repository.git("add", "--force", "vendor");
    repository.git("commit", "--quiet", "--message", "vendor");
    expect(await rows(repository)).toEqual([shown, { ...shown, "vendor/vm.json": { data: { v: 1 } } }]);
  });
});

describe("a pipeline below an ignored folder that Git tracks", () => {
  const stage = (value: string) =>
    `stages:\n  s:\n    cmd: echo ${value} > m.txt\n    params: [x]\n    outs: [m.txt]\n`;
  const place = () => {
    const repository = makeRepository({
      files: { ".gitignore": "/old\n/m.txt\n", "dvc.yaml": stage(`\${x}`), "params.yaml": "x: 1\n" },
    });
    repository.write({ "old/dvc.yaml": stage("old").replace("[m.txt]", "[../m.txt]"), "old/params.yaml": "x: 1\n" });
    repository.git("add", "--force", "old");
    repository.git("commit", "--quiet", "--message", "old");
    return repository;
  };

  test.each([
    ["in the workspace", ["exp", "run", "-S", "x=2"]],
    ["in a copy", ["exp", "run", "--temp", "-S", "x=3"]],
    ["as a sweep", ["sweep", "x=4,5"]],
  ])("is no part of what runs %s", async (_, args) => {
    const repository = place();
    await repository.succeed(args);
    const experiments = await repository.succeed(["exp", "list", "--name-only"]);
    expect(experiments.trim().split("\n")).toHaveLength(args[0] === "sweep" ? 2 : 1);
  });

  test("runs from the queue, and in a project below the top", async () => {
    const repository = makeRepository({
      dvc: false,
      files: {
        ".gitignore": "old\nm.txt\n",
        "p/.dvc/config": "",
        "p/.dvc/.gitignore": "/config.local\n/tmp\n/cache\n",
        "p/dvc.yaml": stage(`\${x}`),
        "p/params.yaml": "x: 1\n",
      },
    });
    repository.write({
      "p/old/dvc.yaml": stage("old").replace("[m.txt]", "[../m.txt]"),
      "p/old/params.yaml": "x: 1\n",
    });
    repository.git("add", "--force", "p/old");
    repository.git("commit", "--quiet", "--message", "old");
    await repository.succeed(["exp", "run", "--queue", "-S", "x=2"], { cwd: "p" });
    await repository.succeed(["exp", "run", "--run-all"], { cwd: "p" });
    expect((await repository.succeed(["exp", "list", "--name-only"], { cwd: "p" })).trim().split("\n")).toHaveLength(1);
  });
});
