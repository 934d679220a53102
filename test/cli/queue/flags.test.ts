/** The flags of `exp run` with --queue: each entry keeps its own, and one --run-all runs the stages that DVC runs with them. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { makeRepository, type Repository } from "../../rig/index.ts";
import { experimentNames } from "../exp-project.ts";

const tell = (stage: string) => `echo $DVC_EXP_NAME ${stage} >> "$LOG"`;
const files = {
  "params.yaml": "x: 1\nbroken: 0\n",
  "in.txt": "in\n",
  "other.txt": "other\n",
  "dvc.yaml": `stages:
  first:
    cmd: ${tell("first")}; cat in.txt params.yaml > first.txt
    deps: [in.txt]
    params: [x]
    outs: [first.txt]
  second:
    cmd: ${tell("second")}; if grep -q 'broken. 1' params.yaml; then exit 3; fi; echo same > second.txt
    deps: [first.txt]
    outs: [second.txt]
  third:
    cmd: ${tell("third")}; cat second.txt > third.txt
    deps: [second.txt]
    outs: [third.txt]
  aside:
    cmd: ${tell("aside")}; cat other.txt > aside.txt
    deps: [other.txt]
    outs: [aside.txt]
`,
  "sub/dvc.yaml": `stages:
  deep:
    cmd: ${tell("deep")}; cat ../other.txt > deep.txt
    deps: [../other.txt]
    outs: [deep.txt]
`,
};

// Name, arguments, the stages that run. As with DVC 3.67.1 in each mode, but for --glob, --no-commit and --no-run-cache, which its `exp run` lacks.
const cases: readonly (readonly [string, string, readonly string[]])[] = [
  ["plain", "-S x=2", ["first", "second"]],
  ["target", "-S x=3 first", ["first"]],
  ["single", "-S x=4 -s second", []],
  ["pipeline", "-S x=5 -p third", ["first", "second"]],
  ["all", "-S x=6 -P -f", ["first", "second", "third", "aside", "deep"]],
  ["recursive", "-S x=7 -R -f sub", ["deep"]],
  ["downstream", "-S x=8 -f --downstream second", ["second", "third"]],
  ["force-downstream", "-S x=9 --force-downstream", ["first", "second", "third"]],
  ["stops", "-S broken=1 -f", ["first", "second"]],
  ["keeps-going", "-S broken=1 -f -k", ["first", "second", "aside"]],
  ["ignores", "-S broken=1 -S x=10 --ignore-errors", ["first", "second"]],
  ["glob", "-S x=11 --glob f*", ["first"]],
  ["run-cache", "-S x=2 -S broken=5", []],
  ["no-run-cache", "-S x=2 -S broken=5 --no-run-cache", ["first", "second"]],
  ["no-commit", "-S x=12 --no-commit first", ["first"]],
];

let repository: Repository;
let log: string;
beforeAll(async () => {
  repository = makeRepository({ files });
  log = path.join(repository.root, "log");
  const env = { LOG: log };
  await repository.succeed(["repro", "-q", "-P"], { env });
  repository.commit("reproduced");
  writeFileSync(log, "");
  for (const [name, args] of cases)
    await repository.succeed(["exp", "run", "--queue", "-n", name, ...args.split(" ")], { env });
  const { exitCode } = await repository.run(["exp", "run", "--run-all"], { env });
  expect(exitCode).toBe(1);
});

test.each(cases)("%s: %s", (name, _args, stages) => {
  const rows = readFileSync(log, "utf8")
    .split("\n")
    .map((line) => line.split(" "));
  expect(rows.filter(([experiment]) => experiment === name).map(([, stage]) => stage)).toEqual(stages);
});

test("what failed has no experiment", () => {
  const failing = ["stops", "keeps-going"];
  const names = cases.map(([name]) => name).filter((name) => !failing.includes(name));
  expect(experimentNames(repository)).toEqual(names.sort());
});
