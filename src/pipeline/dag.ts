/** The graph of stages as text, Mermaid or Graphviz's DOT. */
import type { StageGraph } from "./graph.ts";
import type { StageAddress } from "./types.ts";

export interface DagNodes {
  /** In order, each after those it needs. */
  readonly steps: readonly StageAddress[];
  readonly needs: StageGraph["needs"];
}

/** Pairs from what is needed to what needs it, among the chosen stages. */
function edgesOf({ steps, needs }: DagNodes): (readonly [StageAddress, StageAddress])[] {
  const chosen = new Set(steps);
  return steps.flatMap((step) =>
    (needs.get(step) ?? []).filter((need) => chosen.has(need)).map((need) => [need, step] as const),
  );
}

function mermaidText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
}

/** `flowchart TD` with one node a stage. */
export function dagMermaid(nodes: DagNodes): string {
  const ids = new Map(nodes.steps.map((step, index) => [step, `node${index + 1}`]));
  return [
    "flowchart TD",
    ...nodes.steps.map((step) => `\t${ids.get(step)}["${mermaidText(step)}"]`),
    ...edgesOf(nodes).map(([from, to]) => `\t${ids.get(from)}-->${ids.get(to)}`),
  ].join("\n");
}

export function dagDot(nodes: DagNodes): string {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  return [
    "strict digraph {",
    ...nodes.steps.map((step) => `${quoted(step)};`),
    ...edgesOf(nodes).map(([from, to]) => `${quoted(from)} -> ${quoted(to)};`),
    "}",
  ].join("\n");
}

/** One line a stage, in the order of a run, with what it needs. */
export function dagText(nodes: DagNodes): string {
  const needed = new Map<StageAddress, StageAddress[]>(nodes.steps.map((step) => [step, []]));
  for (const [from, to] of edgesOf(nodes)) needed.get(to)?.push(from);
  return [...needed].map(([step, from]) => (from.length === 0 ? step : `${step} <- ${from.join(", ")}`)).join("\n");
}
