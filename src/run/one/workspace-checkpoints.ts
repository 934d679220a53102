/** The checkpoints of an experiment in the user's workspace. Loaded only where a stage makes some. */
import path from "node:path";
import { type ChainTip, CheckpointChain } from "../../experiments/checkpoints/chain.ts";
import { type Origin, tipOf, workspaceOrigin } from "../../experiments/checkpoints/origin.ts";
import { restoreCheckpoint } from "../../experiments/checkpoints/outputs.ts";
import { withFacts } from "../../experiments/checkpoints/rewritten.ts";
import { treeIdentities } from "../../experiments/make/tree-identities.ts";
import type { IdentityScope } from "../../experiments/point/identity.ts";
import { branchedFrom, type ExperimentFacts, factsHeader } from "../../experiments/record.ts";
import { appliedRef, type ExperimentsContext } from "../../experiments/repository.ts";
import { addableFiles } from "../../git/addable.ts";
import { CatFile } from "../../git/catfile.ts";
import type { ObjectId } from "../../git/ids.ts";
import { stamp, writeCommit } from "../../git/objects.ts";
import { RefTransactions } from "../../git/refs.ts";
import { quickWorkTree, snapshotWorkTree } from "../../git/snapshot.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { CheckpointKeeper } from "../../pipeline/reproduce/options.ts";
import type { ReproduceFacts } from "../../pipeline/reproduce/result.ts";
import { filesToCommit } from "../../pipeline/reproduce/tracked-outputs.ts";
import type { LockItem } from "../../pipeline/types.ts";
import { folderInGit } from "../../project/in-git.ts";
import { resultMessage } from "./result-message.ts";

/** What a run in the workspace does with the checkpoints that are there. */
export type CheckpointStart =
  /** `--reset`: stages do not find what earlier runs left. */
  | { readonly kind: "reset" }
  /** There is none to go on from; what lies in the workspace is left there. */
  | { readonly kind: "first" }
  /** The experiment goes on under its name. */
  | { readonly kind: "resume"; readonly origin: Origin }
  /** A new experiment begins with the checkpoints up to that one. */
  | { readonly kind: "branch"; readonly origin: Origin };

/** DVC 2's words. */
export function startText(start: CheckpointStart): string | undefined {
  if (start.kind === "first") return undefined;
  if (start.kind === "reset") return "Any existing checkpoints will be reset and re-run.";
  const { name, place, commit } = start.origin;
  if (start.kind === "resume") return `Existing checkpoint experiment '${name}' will be resumed`;
  if (place === "within") return `Checkpoint experiment from ${commit.slice(0, 7)} of '${name}' will be created`;
  return `Modified checkpoint experiment based on '${name}' will be created`;
}

export interface StartQuestion {
  readonly asked: "continue" | "reset";
  readonly baseline: ObjectId;
  /** Where the user gave one. */
  readonly name: string | undefined;
  /** What this run depends on. */
  readonly identity: string;
  readonly scope: IdentityScope;
}

async function identityOf(context: ExperimentsContext, scope: IdentityScope, origin: Origin): Promise<string> {
  if (origin.identity !== undefined) return origin.identity;
  const catFile = new CatFile(context.repository);
  try {
    const [identity = ""] = await treeIdentities(context, scope, { catFile, trees: [origin] });
    return identity;
  } finally {
    catFile.close();
  }
}

/** Same parameters, code and data: the same experiment goes on. Anything else makes another one. */
export async function chooseStart(context: ExperimentsContext, question: StartQuestion): Promise<CheckpointStart> {
  const { asked, identity, name, scope } = question;
  if (asked === "reset") return { kind: "reset" };
  const origin = await workspaceOrigin(context, question);
  if (origin === undefined) return { kind: "first" };
  const ofOrigin = await identityOf(context, scope, origin);
  const isSame = origin.place === "tip" && ofOrigin === identity;
  const isNamed = name === undefined || name === origin.name;
  return { kind: isSame && isNamed ? "resume" : "branch", origin: { ...origin, identity: ofOrigin } };
}

/** What the experiment's commits say of where it began. */
export function branchOf(start: CheckpointStart, identity: string): Pick<ExperimentFacts, "branchedFrom"> {
  return "origin" in start ? branchedFrom(start.origin, identity) : {};
}

export interface WorkspaceChain {
  readonly name: string;
  readonly baseline: ObjectId;
  /** `Name <mail>` */
  readonly author: string;
  readonly facts: ExperimentFacts;
  readonly message: string | undefined;
  readonly taken: "refuse" | "replace";
  readonly start: CheckpointStart;
  /** Steps of DVCLive from one checkpoint to the next. */
  readonly every: number | undefined;
  /** Called for each checkpoint that is safe. */
  told(): void;
  warn(message: string): void;
}

export class WorkspaceCheckpoints implements CheckpointKeeper {
  readonly start: CheckpointKeeper["start"];
  readonly every: number | undefined;
  private readonly refs: RefTransactions;
  private readonly chain: CheckpointChain;
  private brought: ReadonlyMap<string, readonly LockItem[]> = new Map();
  /** The checkpoint that the user was told last. */
  private told: ObjectId | undefined;

  constructor(
    private readonly context: ExperimentsContext,
    private readonly stages: ProjectStages,
    private readonly run: WorkspaceChain,
  ) {
    this.every = run.every;
    this.start = run.start.kind === "reset" ? "afresh" : "continue";
    this.refs = new RefTransactions(context.repository, "sweepline: checkpoint");
    this.chain = new CheckpointChain(this.refs, run, run.start.kind === "resume" ? tipOf(run.start.origin) : undefined);
  }

  /** The checkpoint that the run goes on from. */
  get origin(): Origin | undefined {
    return "origin" in this.run.start ? this.run.start.origin : undefined;
  }

  /** As the record of the run has it. */
  from(): { readonly from?: ObjectId } {
    return this.origin === undefined ? {} : { from: this.origin.commit };
  }

  /** Brings the outputs to go on from. Errors, before anything changes: CHECKPOINT_EDITED, CHECKPOINT_LOST. */
  async bringOutputs(): Promise<void> {
    if (this.origin !== undefined) this.brought = await restoreCheckpoint(this.context, this.origin.commit, "keep");
  }

  beginsWith(stage: string): readonly LockItem[] | undefined {
    return this.brought.get(stage);
  }

  /** undefined: none is registered yet. */
  get tip(): ChainTip | undefined {
    return this.chain.tip;
  }

  /** Keeps the workspace as it is as the experiment's tip; nothing is written where it is that already. */
  async register(facts: ReproduceFacts): Promise<ObjectId> {
    // Whatever ends the run, its last checkpoint stays the commit that the user was told: no finished point until the run is done.
    const { commit } = await this.keep(facts, { ...this.run.facts, partial: true });
    this.told = commit;
    return commit;
  }

  private async keep(facts: ReproduceFacts, own: ExperimentFacts): Promise<ChainTip> {
    const { context, run } = this;
    const { repository } = context;
    const tree = await this.writeTree(facts);
    const { tip } = this;
    if (tip?.tree === tree) return tip;
    const commit = writeCommit(repository, {
      tree,
      parents: [tip?.commit ?? this.origin?.commit ?? run.baseline],
      author: stamp(run.author, new Date()),
      extraHeaders: factsHeader(own),
      message: resultMessage(facts, run.message),
    });
    // What lies in the workspace is the experiment's, and what the next run here goes on from.
    const made = { name: run.name, commit, tree };
    await this.replaceTip(made);
    run.told();
    return made;
  }

  private async writeTree(facts: ReproduceFacts): Promise<ObjectId> {
    const { repository, state, project } = this.context;
    const inside = folderInGit(project);
    const files = filesToCommit(this.stages, facts).map((file) => path.posix.join(inside, file));
    const scratchFolder = state.scratch;
    const tree = await quickWorkTree(repository, { scratchFolder, include: files });
    if (tree !== undefined) return tree;
    const include = await addableFiles(files, { cwd: repository.workTree });
    return (await snapshotWorkTree(repository, { scratchFolder, include })).workTree;
  }

  /** The run is over and was not done: what it registered is an experiment. Answers the last one, where it is this one's. */
  get left(): ObjectId | undefined {
    const { tip, run } = this;
    const isOwn = tip !== undefined && tip.commit !== this.origin?.commit;
    return isOwn || run.start.kind !== "branch" ? tip?.commit : undefined;
  }

  /** With nothing more to register: what was left as not done is done now. */
  private async completed(tip: ChainTip): Promise<ObjectId> {
    const { origin, context, run } = this;
    if (origin?.commit === tip.commit && origin.run === "done") return tip.commit;
    const whole = await withFacts(context.repository, tip.commit, () => run.facts);
    if (whole === undefined || whole === tip.commit) return tip.commit;
    await this.replaceTip({ ...tip, commit: whole });
    return whole;
  }

  private async replaceTip({ commit, tree }: ChainTip): Promise<void> {
    await this.chain.register({ commit, tree }, [{ kind: "set", ref: appliedRef, to: commit }]);
  }

  /** The wrap-up, after which only those checkpoints stay that are to be kept. */
  async finish(facts: ReproduceFacts, rule: string): Promise<{ readonly commit: ObjectId; readonly isTold: boolean }> {
    const commit = await this.kept(await this.completed(await this.keep(facts, this.run.facts)), rule);
    return { commit, isTold: commit === (this.told ?? this.origin?.commit) };
  }

  private async kept(commit: ObjectId, rule: string): Promise<ObjectId> {
    const { tip } = this;
    if (rule === "all" || tip === undefined) return commit;
    const { keptTip } = await import("../../experiments/find/kept-checkpoints.ts");
    const kept = await keptTip(this.context, { commit, baseline: this.run.baseline }, rule);
    if (kept.warning !== undefined) this.run.warn(kept.warning);
    await this.replaceTip({ ...tip, commit: kept.commit });
    return kept.commit;
  }

  close(): Promise<void> {
    return this.refs.close();
  }
}
