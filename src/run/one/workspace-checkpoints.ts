/** The checkpoints of an experiment in the user's workspace. Loaded only where a stage makes some. */
import path from "node:path";
import { type ChainTip, CheckpointChain } from "../../experiments/checkpoints/chain.ts";
import { type ExperimentFacts, factsHeader } from "../../experiments/record.ts";
import { appliedRef, type ExperimentsContext } from "../../experiments/repository.ts";
import { addableFiles } from "../../git/addable.ts";
import type { ObjectId } from "../../git/ids.ts";
import { stamp, writeCommit } from "../../git/objects.ts";
import { RefTransactions } from "../../git/refs.ts";
import { snapshotWorkTree } from "../../git/snapshot.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { CheckpointKeeper } from "../../pipeline/reproduce/options.ts";
import type { ReproduceFacts } from "../../pipeline/reproduce/result.ts";
import { filesToCommit } from "../../pipeline/reproduce/tracked-outputs.ts";
import { folderInGit } from "../../project/in-git.ts";
import { resultMessage } from "./result-message.ts";

export interface WorkspaceChain {
  readonly name: string;
  readonly baseline: ObjectId;
  /** `Name <mail>` */
  readonly author: string;
  readonly facts: ExperimentFacts;
  readonly message: string | undefined;
  readonly taken: "refuse" | "replace";
  /** "afresh": stages do not find what earlier runs left. */
  readonly start: CheckpointKeeper["start"];
  /** The commit that the first checkpoint follows. */
  readonly parent: ObjectId;
  /** An experiment that is continued under its name. */
  readonly tip?: ChainTip;
}

export class WorkspaceCheckpoints implements CheckpointKeeper {
  readonly start: CheckpointKeeper["start"];
  private readonly refs: RefTransactions;
  private readonly chain: CheckpointChain;

  constructor(
    private readonly context: ExperimentsContext,
    private readonly stages: ProjectStages,
    private readonly run: WorkspaceChain,
  ) {
    this.start = run.start;
    this.refs = new RefTransactions(context.repository, "sweepline: checkpoint");
    this.chain = new CheckpointChain(this.refs, run, run.tip);
  }

  /** undefined: none is registered yet. */
  get tip(): ChainTip | undefined {
    return this.chain.tip;
  }

  /** Keeps the workspace as it is as the experiment's tip; nothing is written where it is that already. */
  async register(facts: ReproduceFacts): Promise<ObjectId> {
    const { context, run, stages } = this;
    const { repository, state } = context;
    const inside = folderInGit(context.project);
    const files = filesToCommit(stages, facts).map((file) => path.posix.join(inside, file));
    const include = await addableFiles(files, { cwd: repository.workTree });
    const { workTree: tree } = await snapshotWorkTree(repository, { scratchFolder: state.scratch, include });
    const { tip } = this;
    if (tip?.tree === tree) return tip.commit;
    const commit = writeCommit(repository, {
      tree,
      parents: [tip?.commit ?? run.parent],
      author: stamp(run.author, new Date()),
      extraHeaders: factsHeader(run.facts),
      message: resultMessage(facts, run.message),
    });
    // What lies in the workspace is the experiment's, and what the next run here goes on from.
    await this.chain.register({ commit, tree }, [{ kind: "set", ref: appliedRef, to: commit }]);
    return commit;
  }

  close(): Promise<void> {
    return this.refs.close();
  }
}
