/**
 * The checkpoints of an experiment: a chain of commits from its baseline (or from the checkpoint that it went on from) to the tip,
 * which the experiment's ref names. Each is a whole experiment commit with its lock file and metrics, as DVC 2 made them.
 *
 * A checkpoint is registered by one change of the ref, from the tip before to the new one: before it nothing has happened,
 * after it the checkpoint is safe. Nobody else can have moved the ref in between without being noticed.
 */
import { SweeplineError } from "../../base/errors.ts";
import type { ObjectId, RefName } from "../../git/ids.ts";
import { parseCommit } from "../../git/objects.ts";
import { listRefs, type RefChange, type RefTransactions } from "../../git/refs.ts";
import type { Repository } from "../../git/repository.ts";
import { tryGit } from "../../git/run.ts";
import { parseFacts } from "../record.ts";
import { experimentRef } from "../repository.ts";

/** What the chain is called, and what is to become of somebody else's experiment of that name. */
export interface ChainPlace {
  readonly baseline: ObjectId;
  readonly name: string;
  /** "number": ours becomes `<name>-2`. */
  readonly taken: "refuse" | "replace" | "number";
}

/** A registered chain. */
export interface ChainTip {
  readonly name: string;
  readonly commit: ObjectId;
  readonly tree: ObjectId;
}

const mostNames = 1000;

export class CheckpointChain {
  private registered: ChainTip | undefined;

  constructor(
    private readonly refs: RefTransactions,
    private readonly place: ChainPlace,
    tip?: ChainTip,
  ) {
    this.registered = tip;
  }

  /** undefined: no checkpoint is registered yet. */
  get tip(): ChainTip | undefined {
    return this.registered;
  }

  private ref(name: string): RefName {
    return experimentRef(this.place.baseline, name);
  }

  /** The change of the ref that makes the commit the tip; none where it is the tip already. */
  moves(commit: ObjectId): readonly RefChange[] {
    const { tip, place } = this;
    if (tip?.commit === commit) return [];
    if (tip !== undefined) return [{ kind: "update", ref: this.ref(tip.name), from: tip.commit, to: commit }];
    return [{ kind: place.taken === "replace" ? "set" : "create", ref: this.ref(place.name), to: commit }];
  }

  /**
   * Registers a checkpoint. Where somebody took the name, or removed or changed the experiment meanwhile, what was computed is
   * kept under a numbered name, unless the place says otherwise. Errors: COMMIT_REFUSED.
   * @param together changes of the same transaction; where somebody else has made one of them, they are left out
   */
  async register(next: Pick<ChainTip, "commit" | "tree">, together: readonly RefChange[] = []): Promise<ChainTip> {
    const { place } = this;
    let besides = together;
    let name = this.tip?.name ?? place.name;
    let moves = this.moves(next.commit);
    for (let number = 2; ; number++) {
      const outcome = await this.refs.commit([...moves, ...besides]);
      if (outcome.kind === "committed") break;
      if (outcome.why === "changed" && besides.some(({ ref }) => ref === outcome.ref)) {
        besides = [];
        continue;
      }
      const isOurs = this.tip !== undefined || place.taken === "number";
      const isTaken = (outcome.why === "exists" || outcome.why === "changed") && outcome.ref === this.ref(name);
      if (!isTaken || !isOurs || number > mostNames)
        throw new SweeplineError({
          code: "COMMIT_REFUSED",
          message: `a checkpoint of '${name}' (commit ${next.commit}) could not be registered: ${outcome.message}`,
          hint: `Nothing is lost: git update-ref ${this.ref(name)} ${next.commit} keeps it.`,
        });
      name = `${place.name}-${number}`;
      moves = [{ kind: "create", ref: this.ref(name), to: next.commit }];
    }
    this.registered = { name, ...next };
    return this.registered;
  }
}

/** What the run may be called whose chain has that name: where the run's own was taken, the chain has a number behind it. */
export function runNamesOf(chain: string): readonly string[] {
  const stem = chain.replace(/-\d+$/, "");
  return stem === chain ? [chain] : [chain, stem];
}

/** The chain that a run with this mark made before it was lost, whatever it was called then; undefined where it made none. */
export async function findChain(
  repository: Repository,
  { baseline, name }: Pick<ChainPlace, "baseline" | "name">,
  mark: string,
): Promise<ChainTip | undefined> {
  const own = experimentRef(baseline, name);
  const prefix = own.slice(0, -name.length);
  const refs = await listRefs(repository, [own, `${own}-*`]);
  const isNumbered = (text: string) => text === name || /^-\d+$/.test(text.slice(name.length));
  const ours = refs.filter((ref) => ref.name.startsWith(own) && isNumbered(ref.name.slice(prefix.length)));
  for (const ref of ours) {
    const { exitCode, stdout } = await tryGit(["cat-file", "commit", ref.id], { cwd: repository.workTree });
    if (exitCode !== 0) continue;
    const commit = parseCommit(stdout);
    if (parseFacts(commit)?.checkpointOf === mark)
      return { name: ref.name.slice(prefix.length), commit: ref.id, tree: commit.tree };
  }
  return undefined;
}
