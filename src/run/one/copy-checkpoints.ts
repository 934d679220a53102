/** The checkpoints of an experiment in a workspace copy. Loaded only where a stage makes some. */
import path from "node:path";
import { SweeplineError } from "../../base/errors.ts";
import { appendTo } from "../../base/open-files.ts";
import { type ChainTip, findChain } from "../../experiments/checkpoints/chain.ts";
import { refuseLostOutputs } from "../../experiments/checkpoints/outputs.ts";
import { withFacts } from "../../experiments/checkpoints/rewritten.ts";
import type { CopySlot } from "../../experiments/copy/git-dirs.ts";
import { prepareCopy } from "../../experiments/copy/prepare.ts";
import type { QuickResults } from "../../experiments/copy/quick-result.ts";
import { resultTree } from "../../experiments/copy/result.ts";
import type { QueueEntry } from "../../experiments/queue/entries.ts";
import {
  branchedFrom,
  checkpointMark,
  type ExperimentFacts,
  factsHeader,
  parseFacts,
} from "../../experiments/record.ts";
import { parseCommit, stamp, writeCommit } from "../../git/objects.ts";
import { tryGit } from "../../git/run.ts";
import type { ProjectStages } from "../../pipeline/reading/project-stages.ts";
import type { CheckpointKeeper } from "../../pipeline/reproduce/options.ts";
import type { ReproduceFacts } from "../../pipeline/reproduce/result.ts";
import { filesToCommit } from "../../pipeline/reproduce/tracked-outputs.ts";
import { folderInGit } from "../../project/in-git.ts";
import { resultMessage } from "./result-message.ts";

/** A checkpoint whose commit is written and which no ref names yet. */
export type WrittenCheckpoint = Pick<ChainTip, "commit" | "tree">;

/** With what its copy holds besides. */
interface CheckpointOfCopy extends WrittenCheckpoint {
  readonly left: readonly string[];
}

/** What the thread that owns the refs makes of a checkpoint. */
export type RegisterAnswer =
  | { readonly kind: "registered"; readonly tip: ChainTip }
  | { readonly kind: "refused"; readonly error: ConstructorParameters<typeof SweeplineError>[0] };

/** What of a run in a copy they need. */
export interface CopyRun {
  readonly entry: QueueEntry;
  readonly slot: CopySlot;
  /** `Name <mail>` of the commit. */
  readonly committer: string;
  readonly kept: { readonly results: QuickResults };
  /** Told before the stages run; with the last checkpoint where an earlier run of the entry had registered some. */
  makesCheckpoints(tip: ChainTip | undefined): void;
  /** Has a checkpoint registered; refs are not this thread's to change. */
  register(checkpoint: WrittenCheckpoint): Promise<RegisterAnswer>;
}

/** What is only known of a run when it is over. */
type EndedFacts = Pick<ExperimentFacts, "curve" | "stopped">;

/** Whether the checkpoint that the entry goes on from (--rev) ran with something else. */
async function branchOf({ entry, slot }: CopyRun): Promise<Pick<ExperimentFacts, "branchedFrom">> {
  const { continues, identity } = entry.record;
  if (continues === undefined) return {};
  const { exitCode, stdout } = await tryGit(["cat-file", "commit", continues], { cwd: slot.repository.workTree });
  const facts = exitCode === 0 ? parseFacts(parseCommit(stdout)) : undefined;
  return branchedFrom({ commit: continues, identity: facts?.identity, branchedFrom: facts?.branchedFrom }, identity);
}

export class CopyCheckpoints {
  private constructor(
    private readonly request: CopyRun,
    private current: ChainTip | undefined,
    private readonly before: Pick<ExperimentFacts, "branchedFrom">,
  ) {}

  /** Finds what an earlier run of the entry registered before it was lost. */
  static async open(request: CopyRun): Promise<CopyCheckpoints> {
    const { entry, slot } = request;
    const found = await findChain(slot.repository, entry, checkpointMark(entry));
    request.makesCheckpoints(found);
    return new CopyCheckpoints(request, found, await branchOf(request));
  }

  private get goesOn(): boolean {
    return this.current !== undefined || this.request.entry.record.continues !== undefined;
  }

  /** Lays the tip's files in the place of the entry's. Answers whether there was one. */
  async layTip(log: number): Promise<boolean> {
    const { current, request } = this;
    if (current === undefined) return false;
    const { slot, entry } = request;
    appendTo(log, `Continuing from checkpoint ${current.commit.slice(0, 7)} of '${current.name}'\n`);
    await prepareCopy(slot, { ...entry, commit: current.commit });
    return true;
  }

  /** Once the tip's files lie there. Errors: CHECKPOINT_LOST. */
  checkOutputs(stages: ProjectStages): Promise<void> {
    return this.goesOn ? refuseLostOutputs(stages) : Promise.resolve();
  }

  /**
   * The commit of what is there now; the tip's where nothing has changed since.
   * @param ended what is known of the run once it is over
   */
  async write(stages: ProjectStages, facts: ReproduceFacts, ended: EndedFacts = {}): Promise<CheckpointOfCopy> {
    const { entry, slot, committer, kept } = this.request;
    const inside = folderInGit(stages.project);
    const include = filesToCommit(stages, facts).map((file) => path.posix.join(inside, file));
    const content = this.current === undefined ? entry : { ...entry, commit: this.current.commit };
    const untracked = entry.record.flags.keepUntracked === true ? "keep" : "leave";
    const { tree, left } = await resultTree(slot, content, { include, untracked, quick: kept.results });
    if (this.current?.tree === tree) {
      const { commit: tip } = this.current;
      const isToldMore = Object.keys(ended).length > 0;
      const told = isToldMore ? await withFacts(slot.repository, tip, (before) => ({ ...before, ...ended })) : tip;
      return { commit: told ?? tip, tree, left };
    }
    const commit = writeCommit(slot.repository, {
      tree,
      parents: [this.current?.commit ?? entry.record.continues ?? entry.baseline],
      author: stamp(committer, new Date()),
      extraHeaders: factsHeader({ ...entry.record, ...this.before, ...ended, checkpointOf: checkpointMark(entry) }),
      message: resultMessage(facts, entry.record.message),
    });
    return { commit, tree, left };
  }

  keeper(stages: ProjectStages): CheckpointKeeper {
    return {
      start: this.goesOn ? "continue" : "afresh",
      register: async (facts) => {
        const written = await this.write(stages, facts);
        const answer = await this.request.register(written);
        if (answer.kind === "refused") throw new SweeplineError(answer.error);
        this.current = answer.tip;
        return written.commit;
      },
    };
  }
}
