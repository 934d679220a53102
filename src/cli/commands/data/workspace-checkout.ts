/** Data from the cache into the workspace, as `checkout` and `pull` ask for it. */
import path from "node:path";
import { type CheckoutOutcome, checkoutFailed, checkoutOutputs } from "../../../pipeline/data/checkout.ts";
import type { Project } from "../../../project/project.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/state-database.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

export interface CheckoutFlags {
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly relink?: boolean;
  readonly allowMissing?: boolean;
}

/** Targets are relative to the current folder; none: everything. What could not be brought is in the answer. */
export async function checkOutWorkspace(
  project: Project,
  targets: readonly string[],
  flags: CheckoutFlags,
): Promise<CheckoutOutcome> {
  const state = projectState(project);
  try {
    return await withWorkspaceLock(project, (lock) =>
      checkoutOutputs({
        project,
        cache: openCache(project, { state }),
        folder: process.cwd(),
        targets,
        recursive: flags.recursive === true,
        unsaved: flags.force ? "overwrite" : "refuse",
        links: flags.relink ? "relink" : "keep",
        missing: flags.allowMissing ? "skip" : "refuse",
        lock,
      }),
    );
  } finally {
    await state.close();
  }
}

/** Throws where outputs could not be brought, naming them as the user sees them from here. */
export function refuseFailed({ failed }: CheckoutOutcome): void {
  if (failed.length > 0) throw checkoutFailed(failed.map((file) => path.relative(process.cwd(), file)));
}
