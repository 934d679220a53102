import path from "node:path";
import { asideName } from "../../base/asides.ts";
import { makeFolder, removeFile, writeAtomic } from "../../base/files.ts";
import { tryLock, unlock } from "../../base/locks.ts";
import { git } from "../../git/run.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type CopySlot, templateName } from "./git-dirs.ts";

/** Workspace copies that this process holds; a copy serves one experiment at a time, of one process. */
export class SlotPool {
  private readonly free: CopySlot[] = [];
  private readonly locks: string[] = [];

  private constructor(
    private readonly context: ExperimentsContext,
    private readonly packedRefs: string,
    private readonly template: string,
  ) {}

  static async open(context: ExperimentsContext): Promise<SlotPool> {
    const file = asideName(path.join(context.state.scratch, "packed-refs"));
    makeFolder(context.state.scratch);
    const refs = await packedBranchesAndTags(context);
    writeAtomic(file, refs);
    return new SlotPool(context, file, templateName(context.repository, refs));
  }

  /** A copy that no other living process uses: the lowest free number, so that copies are reused. */
  take(): CopySlot {
    const known = this.free.pop();
    if (known !== undefined) return known;
    for (let number = 1; ; number++) {
      const folder = path.join(this.context.state.copies, String(number));
      if (this.locks.includes(`${folder}.lock`) || !tryLock(`${folder}.lock`, "workspace copy")) continue;
      this.locks.push(`${folder}.lock`);
      return { folder, repository: this.context.repository, packedRefs: this.packedRefs, template: this.template };
    }
  }

  give(slot: CopySlot): void {
    this.free.push(slot);
  }

  /** The copies stay on disk for the next run; only the locks go. */
  close(): void {
    for (const lock of this.locks) unlock(lock);
    removeFile(this.packedRefs);
  }
}

/** Branches and tags in the format of packed-refs, so that `git describe` works in a copy. */
async function packedBranchesAndTags(context: ExperimentsContext): Promise<string> {
  const text = await git(
    [
      "for-each-ref",
      "--format=%(objectname) %(refname)%(if)%(*objectname)%(then)%0a^%(*objectname)%(end)",
      "refs/heads",
      "refs/tags",
    ],
    { cwd: context.repository.workTree },
  );
  return `# pack-refs with: peeled fully-peeled sorted \n${text}`;
}
