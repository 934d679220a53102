/** Values that only templates of dvc.yaml take are parameters too: in exp show and params diff, as DVC shows them. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates of dvc.yaml
import { expect, test } from "vitest";
import { makeRepository } from "../rig/index.ts";

const dvcYaml = `vars:
- more.yaml
- own: 1
stages:
  one:
    vars: [stage.yaml:q]
    cmd: echo \${a} \${own} \${deep.k} \${q} \${p} > out.txt
    outs: [out.txt]
  many:
    foreach: \${list}
    do:
      cmd: echo \${item} > o\${item}
`;

test("parameters that templates take from files of vars are shown and compared", async () => {
  const files = {
    "dvc.yaml": dvcYaml,
    "more.yaml": "a: 1\nunused: 2\ndeep: {k: 1, m: 2}\nlist: [x, y]\n",
    "stage.yaml": "q: 1\nr: 2\n",
    "params.yaml": "p: 1\n",
  };
  const repository = makeRepository({ files });
  repository.write({ "more.yaml": "a: 5\nunused: 3\ndeep: {k: 1, m: 4}\nlist: [x, z]\n" });
  const diff = await repository.run(["params", "diff", "--json"]);
  expect(JSON.parse(diff.stdout)).toEqual({
    "more.yaml": { a: { old: 1, new: 5, diff: 4 }, "list.1": { old: "y", new: "z" } },
  });
  const shown = await repository.run(["exp", "show", "--json"]);
  const [workspace] = JSON.parse(shown.stdout) as { data: { params: unknown } }[];
  expect(workspace?.data.params).toEqual({
    "params.yaml": { data: { p: 1 } },
    "more.yaml": { data: { a: 5, "deep.k": 1, "list.0": "x", "list.1": "z" } },
    "stage.yaml": { data: { q: 1 } },
  });
});

test("a mapping that a command takes whole is no parameter", async () => {
  const other = makeRepository({
    files: {
      "p/params.yaml": "st:\n  x: {script: s.py, params: {size: 3}, list: [1, 2]}\n",
      "p/dvc.yaml":
        "stages:\n  a:\n    foreach: ${st}\n    do:\n      cmd: echo ${item.script} ${item.params}\n  b:\n    cmd: echo ${st.x.params}\n",
    },
  });
  expect(await other.succeed(["exp", "show", "--csv"])).toMatch(/^Experiment,rev,typ,Created,parent,st\.x\.script\r\n/);
});

test("files outside of the project are named from its root", async () => {
  const other = makeRepository({
    files: {
      data: "1\n",
      "cfg.yaml": "lr: 1\n",
      "p/.dvc/config": "",
      "p/dvc.yaml":
        "stages:\n  a:\n    cmd: cat ../data > o\n    deps: [../data]\n    params: [{../cfg.yaml: [lr]}]\n    outs: [o]\n",
    },
    dvc: false,
  });
  await other.succeed(["repro"], { cwd: "p" });
  expect(await other.succeed(["exp", "show", "--csv"], { cwd: "p" })).toMatch(
    /^Experiment,rev,typ,Created,parent,lr,\.\.\/data\r\n/,
  );
  other.write({ "cfg.yaml": "lr: 2\n" });
  const { exitCode, stdout } = await other.run(["params", "diff"], { cwd: "p" });
  expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^\.\.\/cfg\.yaml +lr +- +2$/m)]);
});
