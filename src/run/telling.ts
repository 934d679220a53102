/** Whom a run tells of itself beside the terminal: who looks at its folder, Studio, a web server, a command. Most runs load nothing of the last three. */
import type { EmitRunEvent, RunEvent } from "../experiments/events.ts";
import type { StudioRun } from "../experiments/live/studio-run.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { NowKeeper } from "../experiments/runs/now.ts";
import type { ObjectId } from "../git/ids.ts";

export interface Telling {
  readonly emit: EmitRunEvent;
  /** Added to that of the stages. */
  readonly environment: Readonly<Record<string, string>>;
  /** Waits for what is under way, not for long. */
  close(): Promise<void>;
}

/** For a run that tells nobody. */
export const nobody: Telling = { emit: () => undefined, environment: {}, close: async () => undefined };

function tellStudio(studio: StudioRun, event: RunEvent): void {
  if (event.type === "started" && event.baseline !== undefined && event.entry !== undefined) {
    const { experiment, baseline, entry } = event;
    studio.started({ name: experiment.name, baseline: baseline as ObjectId, from: entry as ObjectId });
  } else if (event.type === "metrics") studio.wrote(event.name, event.metrics);
  else if (event.type === "finished") studio.ended(event.experiment.name, event.commit as ObjectId);
  else if (event.type === "failed" || event.type === "requeued") studio.ended(event.experiment.name, undefined);
}

/** Who is told, as the settings have it. */
export async function openTelling(
  context: ExperimentsContext,
  warn: (message: string) => void,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Telling> {
  const asked = { environment, warn };
  const { notifySettings } = await import("../experiments/live/notify-settings.ts");
  const { studioSettings } = await import("../experiments/live/studio-settings.ts");
  const [notify, account] = await Promise.all([notifySettings(context, asked), studioSettings(context, asked)]);
  const now = new NowKeeper();
  if (notify === undefined && account === undefined)
    return { emit: (event) => now.emit(event), environment: {}, close: async () => undefined };
  const [{ Notifier }, { StudioRun }] = await Promise.all([
    import("../experiments/live/notifier.ts"),
    import("../experiments/live/studio-run.ts"),
  ]);
  const notifier = notify && new Notifier(context, notify, asked);
  const studio = account && new StudioRun(context, account, asked);
  return {
    emit: (event) => {
      now.emit(event);
      notifier?.emit(event);
      if (studio !== undefined) tellStudio(studio, event);
    },
    environment: studio?.environment ?? {},
    close: async () => void (await Promise.all([notifier?.close(), studio?.close()])),
  };
}
