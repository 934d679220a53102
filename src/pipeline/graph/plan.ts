/** Which stages a reproduction visits, and in which order (dvc/repo/reproduce.py). Plain data in, plain data out. */

import type { StageAddress } from "../types.ts";
import { postOrder } from "./depth-first.ts";
import type { StageGraph } from "./graph.ts";

export interface PlanRequest {
  /** The stages that the targets name, in their order; undefined: all. */
  readonly targets: readonly StageAddress[] | undefined;
  readonly extent: "with-dependencies" | "downstream" | "connected" | "targets-only";
}

export interface Plan {
  /** In this order, each after those it needs. */
  readonly steps: readonly StageAddress[];
  /** Edges among the steps, frozen stages cut off from what they depend on. Without edges for "targets-only". */
  readonly needs: ReadonlyMap<StageAddress, readonly StageAddress[]>;
  readonly feeds: ReadonlyMap<StageAddress, readonly StageAddress[]>;
}

type Edges = ReadonlyMap<StageAddress, readonly StageAddress[]>;

/** Everything that can be reached, the starts included. */
export function reachable(edges: Edges, starts: Iterable<StageAddress>): Set<StageAddress> {
  const seen = new Set<StageAddress>(starts);
  const waiting = [...seen];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
    for (const other of edges.get(next) ?? [])
      if (!seen.has(other)) {
        seen.add(other);
        waiting.push(other);
      }
  return seen;
}

function reversed(edges: Edges): Map<StageAddress, StageAddress[]> {
  const result = new Map<StageAddress, StageAddress[]>([...edges.keys()].map((address) => [address, []]));
  for (const [address, others] of edges) for (const other of others) result.get(other)?.push(address);
  return result;
}

function withoutFrozen(graph: StageGraph): Edges {
  return new Map([...graph.needs].map(([address, needs]) => [address, graph.stages.get(address)?.frozen ? [] : needs]));
}

function restrict(edges: Edges, chosen: ReadonlySet<StageAddress>): Edges {
  return new Map(
    [...chosen].map((address) => [address, (edges.get(address) ?? []).filter((other) => chosen.has(other))]),
  );
}

function both(one: Edges, two: Edges): Edges {
  return new Map([...one].map(([address, others]) => [address, [...others, ...(two.get(address) ?? [])]]));
}

function chosenStages(request: PlanRequest, needs: Edges, feeds: Edges): Set<StageAddress> {
  if (request.targets === undefined) return new Set(needs.keys());
  if (request.extent === "downstream") return reachable(feeds, request.targets);
  if (request.extent === "connected") return reachable(both(needs, feeds), request.targets);
  return reachable(needs, request.targets);
}

/** The order is the file order of the stages, changed only where a stage must wait for what it needs. */
export function planStages(graph: StageGraph, request: PlanRequest): Plan {
  if (request.extent === "targets-only" && request.targets !== undefined)
    return { steps: request.targets, needs: new Map(), feeds: new Map() };
  const needs = withoutFrozen(graph);
  const chosen = chosenStages(request, needs, reversed(needs));
  const inFileOrder = new Set([...graph.stages.keys()].filter((address) => chosen.has(address)));
  const edges = restrict(needs, inFileOrder);
  return { steps: postOrder(edges, inFileOrder), needs: edges, feeds: reversed(edges) };
}
