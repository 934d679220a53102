/**
 * Which stage needs which: a stage depends on another where one of its dependencies is, contains or lies in one of the other's
 * outputs. Everything is looked up in a tree of path segments, so the work grows with the number of paths, not of pairs.
 */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { isUrl, pathKey } from "../paths.ts";
import type { OutputSpec, Stage, StageAddress } from "../types.ts";
import { postOrder } from "./depth-first.ts";
import { outputKey, placeName, type StageLines, stageLines, throwAll } from "./stage-places.ts";

export interface StageGraph {
  readonly stages: ReadonlyMap<StageAddress, Stage>;
  /** What a stage depends on, in the order of its dependencies. */
  readonly needs: ReadonlyMap<StageAddress, readonly StageAddress[]>;
  /** The other direction. */
  readonly feeds: ReadonlyMap<StageAddress, readonly StageAddress[]>;
}

interface OwnedOutput {
  readonly stage: Stage;
  readonly output: OutputSpec;
  readonly key: string;
}

interface PathNode {
  children: Map<string, PathNode> | undefined;
  owner: OwnedOutput | undefined;
}

/** Outputs by path. */
export interface OutputTree {
  readonly top: PathNode;
  readonly root: string;
}

function newNode(): PathNode {
  return { children: undefined, owner: undefined };
}

type Places = (owned: OwnedOutput) => string;

function duplicate(one: OwnedOutput, two: OwnedOutput, placeOf: Places): SweeplineError {
  if (one.stage === two.stage)
    return new SweeplineError({
      code: "OUTPUT_DUPLICATE",
      message: `file '${one.key}' is specified more than once in ${placeOf(two)}.`,
    });
  return new SweeplineError({
    code: "OUTPUT_DUPLICATE",
    message: `output '${one.key}' is specified in:\n\t- ${placeOf(one)}\n\t- ${placeOf(two)}`,
    hint: "An output belongs to one stage: remove it from one of them.",
  });
}

function overlap(parent: OwnedOutput, inner: OwnedOutput, placeOf: Places): SweeplineError {
  return new SweeplineError({
    code: "OUTPUT_OVERLAP",
    message:
      `the output paths:\n'${parent.key}' (${placeOf(parent)})\n'${inner.key}' (${placeOf(inner)})\n` +
      "overlap and are thus in the same tracked directory.",
    hint: "Keep outputs in separate folders, or track the files one by one.",
  });
}

function firstOwner(node: PathNode): OwnedOutput | undefined {
  if (node.owner !== undefined) return node.owner;
  for (const child of node.children?.values() ?? []) {
    const found = firstOwner(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Adds it, or answers what stands in its way. */
function addOutput(tree: OutputTree, owned: OwnedOutput, placeOf: Places): SweeplineError | undefined {
  let node = tree.top;
  for (const segment of owned.key.split("/")) {
    if (node.owner !== undefined) return overlap(node.owner, owned, placeOf);
    node.children ??= new Map();
    const next = node.children.get(segment) ?? newNode();
    node.children.set(segment, next);
    node = next;
  }
  if (node.owner !== undefined) return duplicate(node.owner, owned, placeOf);
  const inner = firstOwner(node);
  if (inner !== undefined) return overlap(owned, inner, placeOf);
  node.owner = owned;
  return undefined;
}

/** All outputs in one tree. Throws OUTPUT_DUPLICATE or OUTPUT_OVERLAP with all of them, naming both stages of each. */
export function outputTree(root: string, stages: Iterable<Stage>): OutputTree {
  const tree: OutputTree = { top: newNode(), root };
  const lineOf = stageLines(root);
  const placeOf: Places = ({ stage, output }) => placeName(stage, lineOf(stage, outputKey(stage, output)));
  const errors: SweeplineError[] = [];
  for (const stage of stages)
    for (const output of stage.outs) {
      const key = pathKey(root, path.resolve(stage.workingFolder, output.path));
      const error = addOutput(tree, { stage, output, key }, placeOf);
      if (error !== undefined) errors.push(error);
    }
  throwAll(errors);
  return tree;
}

function ownersBelow(node: PathNode, found: OwnedOutput[]): void {
  if (node.owner !== undefined) found.push(node.owner);
  for (const child of node.children?.values() ?? []) ownersBelow(child, found);
}

/** The outputs that an absolute path is, lies in, or contains. */
export function outputsAt(tree: OutputTree, absolute: string): { stage: Stage; output: OutputSpec }[] {
  const found: OwnedOutput[] = [];
  let node: PathNode | undefined = tree.top;
  const segments = pathKey(tree.root, absolute).split("/");
  for (const segment of segments[0] === "" && segments.length === 1 ? [] : segments) {
    if (node.owner !== undefined) found.push(node.owner);
    node = node.children?.get(segment);
    if (node === undefined) return found;
  }
  ownersBelow(node, found);
  return found;
}

/** The output that an absolute path is or lies in. */
export function outputHolding(tree: OutputTree, absolute: string): { stage: Stage; output: OutputSpec } | undefined {
  let node: PathNode | undefined = tree.top;
  for (const segment of pathKey(tree.root, absolute).split("/")) {
    node = node.children?.get(segment);
    if (node === undefined) return undefined;
    if (node.owner !== undefined) return node.owner;
  }
  return undefined;
}

/** Local files that a stage reads: its dependencies, then its parameter files. Absolute. */
function localDependencies(stage: Stage): string[] {
  const names = [...stage.deps, ...stage.params.map((params) => params.file)];
  return names.filter((name) => !isUrl(name)).map((name) => path.resolve(stage.workingFolder, name));
}

function refuseStageInsideOutput(tree: OutputTree, stage: Stage): void {
  const holder = outputHolding(tree, path.join(tree.root, stage.file));
  if (holder === undefined) return;
  throw new SweeplineError({
    code: "STAGE_INSIDE_OUTPUT",
    message: `${placeName(stage, undefined)} is within an output '${holder.output.path}' of ${placeName(holder.stage, stageLines(tree.root)(holder.stage, outputKey(holder.stage, holder.output)))}`,
  });
}

function needsOf(tree: OutputTree, stage: Stage): StageAddress[] {
  const found = new Set<StageAddress>();
  for (const dependency of localDependencies(stage))
    for (const { stage: producer } of outputsAt(tree, dependency)) found.add(producer.address);
  return [...found];
}

function refuseCycles(graph: StageGraph, root: string): void {
  postOrder(graph.needs, graph.stages.keys(), (circle) => {
    throw cycle(graph, circle, stageLines(root));
  });
}

function cycle(graph: StageGraph, addresses: readonly StageAddress[], lineOf: StageLines): SweeplineError {
  const places = addresses.map((address) => {
    const stage = graph.stages.get(address);
    return `\n\t- ${stage === undefined ? address : placeName(stage, lineOf(stage, []))}`;
  });
  return new SweeplineError({
    code: "STAGE_CYCLE",
    message: `same item(s) are defined as both a dependency and an output in a circle of stages: ${addresses.join(", ")}.${places.join("")}`,
    hint: "Each stage needs the output of the next one in this list; take one of these dependencies away.",
  });
}

/** The graph of all stages. Throws STAGE_INSIDE_OUTPUT and STAGE_CYCLE. */
export function buildGraph(tree: OutputTree, stages: readonly Stage[]): StageGraph {
  const needs = new Map<StageAddress, readonly StageAddress[]>();
  const feeds = new Map<StageAddress, StageAddress[]>(stages.map((stage) => [stage.address, []]));
  for (const stage of stages) {
    refuseStageInsideOutput(tree, stage);
    const needed = needsOf(tree, stage);
    needs.set(stage.address, needed);
    for (const need of needed) feeds.get(need)?.push(stage.address);
  }
  const graph = { stages: new Map(stages.map((stage) => [stage.address, stage])), needs, feeds };
  refuseCycles(graph, tree.root);
  return graph;
}
