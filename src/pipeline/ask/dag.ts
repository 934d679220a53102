/** The graph of stages, or of their outputs, as text, Mermaid or Graphviz's DOT; order and form are DVC's (dvc/commands/dag.py). */
import path from "node:path";
import { compareCodePoints } from "../../base/python.ts";
import { shownStage } from "../check/work.ts";
import { outputsAt } from "../graph/graph.ts";
import { reachable } from "../graph/plan.ts";
import { displayPath, isUrl } from "../paths.ts";
import type { ProjectStages } from "../reading/project-stages.ts";
import type { ChosenStage } from "../reading/targets.ts";
import type { Stage } from "../types.ts";

export interface Dag {
  /** In the order of the files. */
  readonly nodes: readonly string[];
  /** What each node needs, by name. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

export interface DagRequest {
  readonly folder: string;
  /** Empty: everything. */
  readonly chosen: readonly ChosenStage[];
  /** The targets with what they need, or the whole pipelines that they belong to. */
  readonly extent: "with-dependencies" | "connected";
  /** A node is a stage, an output, or all stages of a foreach or matrix entry. */
  readonly nodes: "stages" | "outputs" | "groups";
}

function stageDag(stages: ProjectStages, folder: string): Dag {
  const name = (stage: Stage) => shownStage({ project: stages.project, folder }, stage);
  const needs = stages.stages.map((stage) => {
    const needed = (stages.graph.needs.get(stage.address) ?? []).flatMap((need) => stages.graph.stages.get(need) ?? []);
    return [name(stage), needed.map(name)] as const;
  });
  return { nodes: stages.stages.map(name), needs: new Map(needs) };
}

function outputDag({ project, stages, outputs }: ProjectStages, folder: string): Dag {
  const shown = (stage: Stage, name: string) =>
    displayPath(project.root, folder, path.resolve(stage.workingFolder, name));
  const needs = new Map<string, string[]>();
  for (const stage of stages) {
    const needed = stage.deps
      .filter((name) => !isUrl(name))
      .flatMap((name) => outputsAt(outputs, path.resolve(stage.workingFolder, name)))
      .map((owned) => shown(owned.stage, owned.output.path));
    for (const output of stage.outs) needs.set(shown(stage, output.path), needed);
  }
  return { nodes: [...needs.keys()], needs };
}

function targetNodes(stages: ProjectStages, { folder, chosen, nodes }: DagRequest): string[] {
  return chosen.flatMap(({ stage, outputPaths }) => {
    if (nodes !== "outputs") return [shownStage({ project: stages.project, folder }, stage)];
    const outs = stage.outs.map((output) => path.resolve(stage.workingFolder, output.path));
    const named = outs.filter(
      (out) => outputPaths === undefined || outputPaths.some((each) => `${each}/`.startsWith(`${out}/`)),
    );
    return named.map((out) => displayPath(stages.project.root, folder, out));
  });
}

function feedsOf({ nodes, needs }: Dag): Map<string, string[]> {
  const feeds = new Map<string, string[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) for (const need of new Set(needs.get(node))) feeds.get(need)?.push(node);
  return feeds;
}

/** Both directions. */
function neighbours(dag: Dag): Map<string, readonly string[]> {
  const feeds = feedsOf(dag);
  return new Map(dag.nodes.map((node) => [node, [...(dag.needs.get(node) ?? []), ...(feeds.get(node) ?? [])]]));
}

function restricted(dag: Dag, kept: ReadonlySet<string>): Dag {
  const needs = dag.nodes.map((node) => [node, (dag.needs.get(node) ?? []).filter((need) => kept.has(need))] as const);
  return { nodes: dag.nodes.filter((node) => kept.has(node)), needs: new Map(needs) };
}

/** `train@a` and `train@b` become `train`, behind the nodes that stay. */
function collapsed(dag: Dag): Dag {
  const group = (node: string) => (node.endsWith(".dvc") ? node : (node.split("@")[0] ?? node));
  const nodes = new Set([...dag.nodes.filter((node) => group(node) === node), ...dag.nodes.map(group)]);
  const needs = new Map<string, string[]>([...nodes].map((node) => [node, []]));
  for (const [node, needed] of dag.needs) needs.get(group(node))?.push(...needed.map(group));
  return { nodes: [...nodes], needs: new Map([...needs].map(([node, needed]) => [node, [...new Set(needed)]])) };
}

/** The part of the project's graph that is asked for. */
export function buildDag(stages: ProjectStages, request: DagRequest): Dag {
  const { chosen, extent, nodes, folder } = request;
  const whole = nodes === "outputs" ? outputDag(stages, folder) : stageDag(stages, folder);
  const edges = extent === "connected" ? neighbours(whole) : whole.needs;
  const part = chosen.length === 0 ? whole : restricted(whole, reachable(edges, targetNodes(stages, request)));
  return nodes === "groups" ? collapsed(part) : part;
}

function mermaidText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}

/** The parts that are not connected, each with its nodes. */
function pipelinesOf(dag: Dag): (readonly string[])[] {
  const around = neighbours(dag);
  const seen = new Set<string>();
  return dag.nodes.flatMap((node) => {
    if (seen.has(node)) return [];
    const part = reachable(around, [node]);
    for (const each of part) seen.add(each);
    return [[...part]];
  });
}

/** `flowchart TD` with one node a stage, pipeline by pipeline, each sorted. */
export function dagMermaid(dag: Dag): string {
  const lines = ["flowchart TD"];
  let count = 0;
  for (const part of pipelinesOf(dag)) {
    const ids = new Map<string, string>();
    for (const node of [...part].sort(compareCodePoints)) {
      ids.set(node, `node${++count}`);
      lines.push(`\t${ids.get(node)}["${mermaidText(node)}"]`);
    }
    const edges = part.flatMap((node) => [...new Set(dag.needs.get(node))].map((need) => [need, node] as const));
    edges.sort(([a, b], [c, d]) => compareCodePoints(a, c) || compareCodePoints(b, d));
    for (const [from, to] of edges) lines.push(`\t${ids.get(from)}-->${ids.get(to)}`);
  }
  return lines.join("\n");
}

/** `strict digraph`, with an empty line behind it, as DVC prints it. */
export function dagDot(dag: Dag): string {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const edges = [...feedsOf(dag)].flatMap(([from, feeds]) => feeds.map((to) => `${quoted(from)} -> ${quoted(to)};`));
  return ["strict digraph {", ...dag.nodes.map((node) => `${quoted(node)};`), ...edges, "}", ""].join("\n");
}

/** One line a node, each after what it needs, with the names of that. */
export function dagText(dag: Dag): string {
  const written = new Set<string>();
  const lines: string[] = [];
  const stack = [...dag.nodes].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const needs = [...new Set(dag.needs.get(node))];
    const waiting = needs.filter((need) => !written.has(need));
    if (written.has(node)) continue;
    if (waiting.length > 0) {
      stack.push(node, ...waiting.reverse());
      continue;
    }
    written.add(node);
    lines.push(needs.length === 0 ? node : `${node} <- ${needs.join(", ")}`);
  }
  return lines.join("\n");
}
