/**
 * The role of the background coordinator, which one process of a repository has at a time.
 *
 *   facts.ts          who has the role, and what it tells of itself
 *   requests.ts       what other commands ask of it (and of whoever runs an experiment): small files
 *   request-watch.ts  how it hears of them
 *   start-stop.ts     `queue start` and `queue stop`, which ask and wait
 *   suspended.ts      what they say where it is stopped, and never answers
 */
import { readLockOwner, tryLock, unlock, withLock } from "../../base/locks.ts";
import type { StateLayout } from "../layout.ts";
import { type BackgroundCoordinator, publishWorkers } from "./facts.ts";
import { readRequests } from "./requests.ts";

export class CoordinatorRole {
  private constructor(private readonly state: StateLayout) {}

  /** Takes the role and tells who has it; undefined where another process has it. */
  static take(state: StateLayout, jobs: number): CoordinatorRole | undefined {
    if (!tryLock(state.coordinatorLock, "queue worker")) return undefined;
    const role = new CoordinatorRole(state);
    role.tell({ jobs, state: "working" });
    return role;
  }

  tell(facts: Pick<BackgroundCoordinator, "jobs" | "state">): void {
    publishWorkers(this.state, facts);
  }

  /** Gives the role up, unless `queue start` asked for more jobs in the last moment: false. */
  retire(): Promise<boolean> {
    return withLock({ file: this.state.startLock, what: "queue worker ends" }, async () => {
      if (readRequests(this.state).some((request) => request.kind === "jobs")) return false;
      this.leave();
      return true;
    });
  }

  /** Gives the role up, if we still have it. */
  leave(): void {
    const owner = readLockOwner(this.state.coordinatorLock);
    if (owner === undefined || owner === "broken" || owner.pid !== process.pid) return;
    unlock(this.state.coordinatorLock);
  }
}
