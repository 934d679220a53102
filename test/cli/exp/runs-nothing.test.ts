/** Experiments may come from anybody: only running one runs what it brought. */
import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { makeRepository, makeTemporaryFolder } from "../../rig/index.ts";

test("showing, comparing, sharing and applying an experiment runs nothing of it", async () => {
  const repository = makeRepository({ files: { "params.yaml": "lr: 0.1\n", "metrics.json": '{"acc": 0.5}\n' } });
  const mark = path.join(makeTemporaryFolder(), "ran");
  const remote = path.join(makeTemporaryFolder(), "remote.git");
  repository.git("init", "--quiet", "--bare", remote);
  repository.write({
    "dvc.yaml": [
      "vars: [values.py]",
      "stages:",
      "  train:",
      `    cmd: touch ${mark}; echo \${count}`,
      "    params: [lr, {values.py: [count]}]",
      "    outs: [model]",
      "    metrics: [{metrics.json: {cache: false}}, {extra.yaml: {cache: false}}]",
      "",
    ].join("\n"),
    "values.py": `import os\nos.system("touch ${mark}")\ncount = 3\nother = os.system("touch ${mark}")\n`,
    "params.yaml": "lr: 0.2\n",
    "extra.yaml": `run: !!python/object/apply:os.system ["touch ${mark}"]\n`,
  });
  repository.git("add", "--all");
  const head = repository.git("rev-parse", "HEAD");
  const commit = repository.git("commit-tree", repository.git("write-tree"), "-p", head, "-m", "theirs");
  repository.git("update-ref", `refs/exps/${head.slice(0, 2)}/${head.slice(2)}/theirs`, commit);
  repository.git("reset", "--quiet", "--hard");
  for (const args of [
    ["exp", "show"],
    ["exp", "show", "--json", "-A"],
    ["exp", "list", "-A"],
    ["exp", "diff", "HEAD", "theirs"],
    ["params", "diff", "HEAD", commit],
    ["metrics", "diff", "HEAD", commit],
    ["exp", "push", "--no-cache", remote, "theirs"],
    ["exp", "rename", "theirs", "mine"],
    ["exp", "pull", "--no-cache", remote, "theirs"],
    ["exp", "branch", "theirs", "branch"],
    ["exp", "remove", "mine"],
    ["exp", "apply", "theirs"],
    ["dag"],
    ["status"],
    ["params", "diff"],
  ])
    await repository.succeed(args);
  expect(repository.git("branch", "--list", "branch")).toContain("branch");
  expect(repository.read("values.py")).toContain("os.system");
  expect(existsSync(mark)).toBe(false);
});
