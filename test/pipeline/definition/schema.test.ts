/** What a dvc.yaml may hold: each mistake with its place and in words. */
import { expect, test } from "vitest";
import { plainValue } from "../../../src/params/text/located.ts";
import { parseYaml } from "../../../src/params/yaml/parse.ts";
import { pipelineFile } from "../../../src/pipeline/definition/schema.ts";

function problems(text: string): readonly string[] {
  const { root } = parseYaml({ path: "dvc.yaml", text });
  const found: string[] = [];
  if (root !== undefined)
    pipelineFile(plainValue(root), [], ({ path, message }) => found.push(`${path.map(String).join(".")}: ${message}`));
  return found;
}

const stage = (fields: string): string => `stages: {s: {cmd: x, ${fields}}}\n`;

test.each<[text: string, problem: string]>([
  ["[1]\n", ": expected a mapping, found a list"],
  ["stagse: {}\n", "stagse: unknown key 'stagse', did you mean 'stages'?"],
  ["zzzzzzzzz: {}\n", "zzzzzzzzz: unknown key 'zzzzzzzzz'"],
  ["stages: [a]\n", "stages: expected a mapping, found a list"],
  ["stages: {s: }\n", "stages.s: expected a mapping, found nothing"],
  ["stages: {1: {cmd: x}}\n", "stages.1: the key 1 is not a string"],
  ["stages: {s: {cmd: true}}\n", "stages.s.cmd: expected a command or a list of commands, found a boolean"],
  ["stages: {s: {cmd: {a: b}}}\n", "stages.s.cmd: expected a command or a list of commands, found a mapping"],
  ["stages: {s: {cmd: []}}\n", "stages.s.cmd: the list of commands is empty"],
  ["stages: {s: {cmd: ['']}}\n", "stages.s.cmd.0: the command is empty"],
  [
    "stages: {s: {foreach: 1, do: {cmd: x}}}\n",
    "stages.s.foreach: expected a list, a mapping or a template, found a number",
  ],
  ["stages: {s: {foreach: [a]}}\n", "stages.s: the key 'do' is missing"],
  ["stages: {s: {do: {cmd: x}}}\n", "stages.s: the key 'foreach' is missing"],
  ["stages: {s: {foreach: [a], do: x}}\n", "stages.s.do: expected a mapping, found a string"],
  [stage("matrix: {m: 1}"), "stages.s.matrix.m: expected a list or a template, found a number"],
  [stage("params: [1]"), "stages.s.params.0: expected a parameter's name or a file with names, found a number"],
  [stage("params: [{f: x}]"), "stages.s.params.0.f: expected a list of names, found a string"],
  [stage("outs: x"), "stages.s.outs: expected a list of outputs, found a string"],
  [stage("outs: [[a]]"), "stages.s.outs.0: expected a path or a path with flags, found a list"],
  [stage("outs: [{o: 1}]"), "stages.s.outs.0.o: expected a mapping, found a number"],
  [stage("plots: [{p: x}]"), "stages.s.plots.0.p: expected properties of a plot, found a string"],
  [stage("vars: [1]"), "stages.s.vars.0: expected a file name or a mapping, found a number"],
  ["plots: [{p: [a]}]\n", "plots.0.p: expected properties of a plot, found a list"],
  ["artifacts: {a: {desc: x}}\n", "artifacts.a: the key 'path' is missing"],
])("%j", (text, problem) => {
  expect(problems(text)).toEqual([problem]);
});

test.each([
  "stages: {s: {cmd: [a, b], matrix: {m: [1], n: '$" + "{x}'}}}\n",
  "stages: {s: {foreach: {a: 1}, do: {cmd: x, params: [{f: }, {g: [k]}, p]}}}\n",
  "plots: [p.csv, {id: }, {id: {x: {f: c}, y: [a, b], title: t}}]\nartifacts: {a: {path: x, labels: [l], meta: 1}}\n",
  "vars: [f.yaml, {a: 1}]\nparams: [p.yaml]\nmetrics: [m.json]\ndatasets: [1]\n",
])("nothing is wrong with %j", (text) => {
  expect(problems(text)).toEqual([]);
});
