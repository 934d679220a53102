/**
 * The lock of a workspace, DVC's own (`.dvc/tmp/lock`), so that no two commands, ours or DVC's, change one workspace at a time.
 *
 * As in DVC it is not held while a stage's command runs: others may work meanwhile, and a command may call DVC or sweepline
 * itself. What the command's stage reads and writes is kept from them by `.dvc/tmp/rwlock`. A quick command is not worth that:
 * only after a moment the lock is let go. A process that dies holds nothing: the kernel frees its lock, and its entries are ignored.
 */
import path from "node:path";
import { isExpected, SweeplineError } from "../../base/errors.ts";
import { closeSync, makeFolder, readIfExists } from "../../base/files.ts";
import { readLockOwner, tryLock, unlock } from "../../base/locks.ts";
import { openForLock, rewriteOpen } from "../../base/open-files.ts";
import { pause } from "../../base/pause.ts";
import { commandLineOf } from "../../base/processes.ts";
import { toldLater } from "../../base/promises.ts";
import { note } from "../../base/trace.ts";
import type { Project } from "../../project/project.ts";
import { tryFlock } from "./flock.ts";
import { tryHardlinkLock } from "./hardlink-lock.ts";
import { type Blocker, type FileUse, RwLock } from "./rwlock.ts";

/** How long a command waits for another one. DVC: 3 s. */
const waitMs = 3_000;
/** What runs longer than this lets others work. */
const quickMs = 100;
const shortestPauseMs = 20;
const longestPauseMs = 320;

export interface LockRequest {
  /** For people and for DVC: `sweepline repro train`. */
  readonly command: string;
  /** Where it is aborted, nothing is waited for any more: what comes then changes nothing. */
  readonly signal?: AbortSignal;
}

/** The words for who has the lock: its process wrote its number into the file. */
function ownerText(file: string): string {
  const pid = Number(readIfExists(file)?.toString().trim());
  const words = Number.isSafeInteger(pid) && pid > 0 ? commandLineOf(pid) : undefined;
  if (words === undefined) return "another process";
  const program = words.findIndex((word) => /(^|\/)(dvc|sweepline(\.js)?)$/.test(word));
  const shown = program < 0 ? words : [path.basename(words[program] ?? "", ".js"), ...words.slice(program + 1)];
  return `'${shown.join(" ")}' (pid ${pid})`;
}

export class WorkspaceLock {
  private readonly file: string;
  /** Where flock can't be had: a lock among our own processes. */
  private readonly ownFile: string;
  private readonly rwLock: RwLock;
  private held: { readonly release: () => void } | undefined;
  private acquiring: Promise<void> | undefined;
  /** Pieces of work that need the lock now. */
  private working = 0;
  /** What runs without the lock, or may have to soon. */
  private readonly uses = new Set<FileUse>();
  private waiting = 0;
  private hasEntries = false;
  private readonly beforeYield: (() => Promise<void>)[] = [];

  private constructor(
    private readonly project: Project,
    private readonly request: LockRequest,
  ) {
    this.file = path.join(project.tmpDir, "lock");
    this.ownFile = path.join(project.tmpDir, "sweepline.lock");
    this.rwLock = new RwLock(project.tmpDir, { pid: process.pid, cmd: request.command });
  }

  /** Waits a moment for whoever has it; then throws LOCKED, naming that process. */
  static async acquire(project: Project, request: LockRequest): Promise<WorkspaceLock> {
    makeFolder(project.tmpDir);
    const lock = new WorkspaceLock(project, request);
    await lock.take(Date.now() + waitMs);
    return lock;
  }

  /** Told before the lock is let go: what is only in memory has to be on the disk. */
  onYield(flush: () => Promise<void>): void {
    this.beforeYield.push(flush);
  }

  /** Throws LOCKED where another process uses these files, or anything at all. */
  refuseBusy(use: FileUse | "anything"): void {
    const blocker = this.rwLock.blocker(use);
    if (blocker !== undefined) throw this.busyError(blocker);
  }

  /** Work that needs the lock; several may go on at the same time. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    this.working++;
    try {
      await this.ensureHeld();
      return await work();
    } finally {
      this.working--;
      await this.yieldIfIdle();
    }
  }

  /** Inside a step: work that needs only its files. After a moment it goes on without the lock. */
  async without<T>(use: FileUse, work: () => Promise<T>): Promise<T> {
    let yielding: Promise<void> | undefined;
    const letGo = async () => {
      this.uses.add(use);
      this.working--;
      this.waiting++;
      await this.yieldIfIdle();
    };
    const timer = setTimeout(() => {
      yielding = toldLater(letGo());
    }, quickMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      if (yielding !== undefined) {
        this.waiting--;
        this.working++;
        await yielding;
        await this.ensureHeld();
        this.uses.delete(use);
      }
    }
  }

  /** Gives it back. */
  release(): void {
    if (this.hasEntries && (this.held !== undefined || this.tryTake())) this.rwLock.write([]);
    this.hasEntries = false;
    this.held?.release();
    this.held = undefined;
  }

  private busyError({ file, user }: Blocker): SweeplineError {
    const inside = path.relative(this.project.root, file);
    return new SweeplineError({
      code: "LOCKED",
      message: `'${inside}' is in use by another process: '${user.cmd}' (pid ${user.pid})`,
      hint: "Wait for it to end, then try again.",
    });
  }

  private tryTake(): boolean {
    if (this.project.config.hardlinkLock) {
      const release = tryHardlinkLock(this.file, this.request.command);
      if (release !== undefined) this.held = { release };
      return release !== undefined;
    }
    const handle = openForLock(this.file);
    const answer = tryFlock(handle);
    if (answer === "locked") {
      // A full disk: who holds it can't be told, so nobody does.
      try {
        rewriteOpen(handle, this.file, ` ${process.pid}\n`);
      } catch (error) {
        closeSync(handle);
        throw error;
      }
      this.held = { release: () => closeSync(handle) };
      return true;
    }
    closeSync(handle);
    if (answer === "busy" || !tryLock(this.ownFile, this.request.command)) return false;
    this.held = { release: () => unlock(this.ownFile) };
    return true;
  }

  private async take(until: number): Promise<void> {
    for (let ms = shortestPauseMs; !this.tryTake(); ms = Math.min(2 * ms, longestPauseMs)) {
      if (ms === shortestPauseMs) note("locks", () => `${this.file}: waiting for ${ownerText(this.file)}`);
      if (this.request.signal?.aborted) return;
      if (Date.now() > until) throw this.lockedError();
      await pause(ms);
    }
    note("locks", () => `${this.file}: taken, ${this.request.command}`);
  }

  private lockedError(): SweeplineError {
    const own = readLockOwner(this.project.config.hardlinkLock ? this.file : this.ownFile);
    const owner = typeof own === "object" ? `'${own.what}' (pid ${own.pid})` : ownerText(this.file);
    return new SweeplineError({
      code: "LOCKED",
      message: `another process is at work in this workspace: ${owner}`,
      hint: "Wait for it to end, then try again.",
    });
  }

  private async ensureHeld(): Promise<void> {
    if (this.held !== undefined || this.request.signal?.aborted) return;
    // Whoever has it now has it for as long as it takes.
    this.acquiring ??= this.take(Number.POSITIVE_INFINITY).finally(() => {
      this.acquiring = undefined;
    });
    await this.acquiring;
  }

  private async yieldIfIdle(): Promise<void> {
    const isIdle = () => this.working === 0 && this.waiting > 0 && this.held !== undefined;
    if (!isIdle()) return;
    try {
      for (const flush of this.beforeYield) await flush();
      if (!isIdle()) return;
      this.rwLock.write(this.uses);
    } catch (error) {
      // A full disk: then it stays ours. What could not be written is met again at the next write.
      if (!isExpected(error)) throw error;
      return;
    }
    this.hasEntries = true;
    note("locks", () => `${this.file}: let go while ${this.uses.size} stages run`);
    this.held?.release();
    this.held = undefined;
  }
}
