/** The workspace's lock, for commands that change the workspace. */
import { WorkspaceLock } from "../../../pipeline/locks/workspace-lock.ts";
import type { Project } from "../../../project/project.ts";

/** What others are told of us. */
export function commandText(): string {
  return ["sweepline", ...process.argv.slice(2)].join(" ");
}

/**
 * Does the work with the lock held.
 * @param signal once it is aborted nothing waits for the lock any more. Errors: LOCKED, naming who has it.
 */
export async function withWorkspaceLock<T>(
  project: Project,
  work: (lock: WorkspaceLock) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const lock = await WorkspaceLock.acquire(project, {
    command: commandText(),
    ...(signal === undefined ? {} : { signal }),
  });
  try {
    return await work(lock);
  } finally {
    lock.release();
  }
}
