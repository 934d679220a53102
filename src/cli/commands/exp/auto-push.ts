import { type ExperimentsContext, openExperiments } from "../../../experiments/repository.ts";
import { withAutoPush } from "../../../experiments/share/auto-push.ts";
import { openProject } from "../../../project/open.ts";
import type { Io } from "../../terminal/io.ts";
import { transferEvents } from "../../terminal/transfer-progress.ts";
import { warnData } from "./share.ts";

/** Does the work with the experiments of the working folder, and pushes what it made where exp.auto_push says so. */
export function autoPushed<T>(io: Io, work: (context: ExperimentsContext) => Promise<T>): Promise<T> {
  const context = openExperiments(openProject(io.cwd));
  const events = {
    ...transferEvents(io),
    pushing: (remote: string) => io.stderr.write(`Pushing experiment to '${remote}'. Cancel with CTRL+C.\n`),
    moved: (data: Parameters<typeof warnData>[1]) => warnData(io, data),
  };
  return withAutoPush(context, { environment: io.env, events }, () => work(context));
}
