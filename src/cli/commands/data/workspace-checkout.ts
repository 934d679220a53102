/** Data from the cache into the workspace, as `checkout` and `pull` ask for it. */
import path from "node:path";
import { type CheckoutOutcome, checkoutFailed, checkoutOutputs } from "../../../pipeline/data/checkout.ts";
import type { Project } from "../../../project/project.ts";
import { openCache } from "../../../store/cache.ts";
import { projectState } from "../../../store/project-state.ts";
import { type Io, warn } from "../../terminal/io.ts";
import { withWorkspaceLock } from "../pipeline/workspace-lock.ts";

export interface CheckoutFlags {
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly relink?: boolean;
  readonly allowMissing?: boolean;
  readonly withDeps?: boolean;
}

export interface WorkspaceCheckout {
  readonly project: Project;
  /** The folder of the command: targets are relative to it. */
  readonly folder: string;
  /** None: everything. */
  readonly targets: readonly string[];
}

/** What could not be brought is in the answer; outputs without a hash are warned of and, but for --allow-missing, among it. */
export async function checkOutWorkspace(
  io: Io,
  place: WorkspaceCheckout,
  flags: CheckoutFlags,
): Promise<CheckoutOutcome> {
  const outcome = await checkOut(place, flags);
  for (const file of outcome.unrecorded) warn(io, `No file hash info found for '${file}'. It won't be created.`);
  return flags.allowMissing ? outcome : { ...outcome, failed: [...outcome.failed, ...outcome.unrecorded] };
}

async function checkOut(
  { project, folder, targets }: WorkspaceCheckout,
  flags: CheckoutFlags,
): Promise<CheckoutOutcome> {
  const state = projectState(project);
  try {
    return await withWorkspaceLock(project, (lock) =>
      checkoutOutputs({
        project,
        cache: openCache(project, { state }),
        folder,
        targets,
        recursive: flags.recursive === true,
        extent: flags.withDeps ? "with-dependencies" : "targets-only",
        unsaved: flags.force ? "overwrite" : "refuse",
        links: flags.relink ? "relink" : "keep",
        missing: flags.allowMissing ? "skip" : "refuse",
        lock,
      }),
    );
  } finally {
    state.close();
  }
}

/** Throws where outputs could not be brought, naming them as the user sees them from the folder of the command. */
export function refuseFailed({ failed }: Pick<CheckoutOutcome, "failed">, folder: string): void {
  if (failed.length > 0) throw checkoutFailed(failed.map((file) => path.relative(folder, file)));
}
