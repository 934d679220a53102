/** `exp push --queued` and `exp pull --queued`. */
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import { wordList } from "../../../base/text/listing.ts";
import { visible } from "../../../base/text/visible.ts";
import { openExperiments } from "../../../experiments/repository.ts";
import { dataRequest } from "../../../experiments/share/data.ts";
import { pullQueue, type QueueLeft, type QueuePullResult } from "../../../experiments/share/pull-queue.ts";
import { pushQueue, type QueuePushResult, type QueueStay } from "../../../experiments/share/push-queue.ts";
import { listRemoteQueue } from "../../../experiments/share/remote-queue.ts";
import { shownRemote } from "../../../git/remote.ts";
import { openProject } from "../../../project/open.ts";
import { type ExitCode, type Io, print, printJson, warn } from "../../terminal/io.ts";
import { transferEvents } from "../../terminal/transfer-progress.ts";
import { filesText } from "../../words/plural.ts";
import { dataPullFailed, type ShareFlags, warnData } from "./share.ts";

export interface QueueShare {
  readonly remote: string;
  readonly names: readonly string[];
}

/** Entries are chosen by their names alone. */
export function refuseRevisions({ allCommits, rev, num }: Pick<ShareFlags, "allCommits" | "rev" | "num">): void {
  if (!allCommits && rev === undefined && num === 1) return;
  throw new SweeplineError({
    code: "BAD_OPTIONS",
    message: "--queued can't be used with --all-commits, --rev and --num: without names all entries are meant",
  });
}

function takenWords({ by, at }: { readonly by: string; readonly at: number }): string {
  const when = Number.isFinite(at) && at > 0 && at < 8e12 ? new Date(at * 1000).toISOString() : "an unknown time";
  return `taken by ${visible(by)} at ${when}`;
}

function stayWords(why: QueueStay): string {
  switch (why.kind) {
    case "running":
      return "it is running here";
    case "continues":
      return "it goes on from a checkpoint that is only here";
    case "finished":
      return "the remote has a result of that name: `sweepline exp pull` brings it";
    case "other":
      return "another point of that name waits there; --force replaces it";
    case "taken":
      return `${takenWords(why)}; --force lets it be taken again`;
    case "refused":
      return `the remote refused: ${visible(why.reason)}`;
  }
}

function leftWords(why: QueueLeft): string {
  switch (why.kind) {
    case "taken":
      return `${takenWords(why)}; --force takes it over`;
    case "taken meanwhile":
      return "somebody else took it in this moment";
    case "finished":
      return why.where === "here" ? "there is a result here" : "there is a result: `sweepline exp pull` brings it";
    case "here":
      return "it is in this queue already";
    case "other":
      return "another experiment of that name is in this queue";
    case "project":
      return `it belongs to the project in '${visible(why.project)}'`;
    case "refused":
      return `the remote refused: ${visible(why.reason)}`;
  }
}

function warnEach(io: Io, lines: readonly string[]): void {
  const most = 10;
  for (const line of lines.slice(0, most)) warn(io, line);
  if (lines.length > most) warn(io, `and ${lines.length - most} more are left; --json names all`);
}

function reportPush(io: Io, remote: string, { pushed, stayed, data }: QueuePushResult): void {
  const shown = shownRemote(remote);
  warnEach(
    io,
    stayed.map(({ entry, why }) => `'${visible(entry.name)}' stays in this queue: ${stayWords(why)}`),
  );
  if (pushed.length === 0) print(io, "No queued experiments to push.");
  else {
    print(io, `Pushed queued experiment ${wordList(pushed.map(({ name }) => name))} to Git remote '${shown}'.`);
    print(io, `\`sweepline exp pull --queued ${shown}\` takes them from there, in any clone.`);
  }
  if (data.transferred > 0) print(io, filesText(data.transferred, "uploaded"));
}

/** Exit code 1 where entries were named or there, and none could be pushed. */
export async function pushQueued(io: Io, { remote, names }: QueueShare, flags: ShareFlags): Promise<ExitCode> {
  refuseRevisions(flags);
  const context = openExperiments(openProject(io.cwd));
  const events = transferEvents(io);
  events.started("Uploading");
  const result = await pushQueue(context, {
    remote,
    names,
    there: flags.force ? "replace" : "refuse",
    data: dataRequest(context.project, flags, events),
  }).finally(() => events.ended());
  const { pushed, stayed, data } = result;
  if (flags.json) {
    const left = stayed.map(({ entry, why }) => ({ name: entry.name, why }));
    printJson(io, JSON.stringify({ pushed: pushed.map(({ name }) => name), left, files: data.transferred }));
  } else reportPush(io, remote, result);
  warnData(io, data);
  return pushed.length === 0 && stayed.length > 0 ? exitCodes.refused : exitCodes.ok;
}

/** `exp list REMOTE --queued`. */
export async function listQueued(
  io: Io,
  remote: string,
  { format }: { readonly format: "json" | "names" | "ids" | "tree" },
): Promise<ExitCode> {
  const entries = await listRemoteQueue(openExperiments(openProject(io.cwd)), remote);
  if (format === "json") {
    const rows = entries.map(({ name, baseline, entry, claim }) => ({
      name,
      baseline,
      overrides: entry.record.overrides.map(({ text }) => text),
      taken: claim === undefined ? null : { by: claim.by, at: claim.at },
    }));
    printJson(io, JSON.stringify(rows));
    return exitCodes.ok;
  }
  const lines = entries.map(({ name, baseline, entry, claim }) => {
    if (format === "names") return visible(name);
    const point = entry.record.overrides.map(({ text }) => visible(text)).join(" ");
    const where = `${visible(name)} (${[baseline.slice(0, 7), point].filter((word) => word !== "").join(", ")})`;
    return claim === undefined ? where : `${where}, ${takenWords(claim)}`;
  });
  if (lines.length > 0) print(io, lines.join("\n"));
  else if (format !== "names") print(io, `Nothing waits in Git remote '${shownRemote(remote)}'.`);
  return exitCodes.ok;
}

function reportPull(io: Io, remote: string, { pulled, left, data }: QueuePullResult): void {
  const shown = shownRemote(remote);
  warnEach(
    io,
    left.map(({ name, why }) => `'${visible(name)}' was not pulled: ${leftWords(why)}`),
  );
  if (pulled.length === 0) print(io, "No queued experiments to pull.");
  else {
    print(io, `Pulled queued experiment ${wordList(pulled.map(({ name }) => name))} from Git remote '${shown}'.`);
    print(io, `\`sweepline queue start\` runs them, \`sweepline exp push -A ${shown}\` gives their results back.`);
  }
  if (data.transferred > 0) print(io, filesText(data.transferred, "downloaded"));
}

/** Exit code 0 also where others have all: there is nothing to do here. */
export async function pullQueued(io: Io, { remote, names }: QueueShare, flags: ShareFlags): Promise<ExitCode> {
  refuseRevisions(flags);
  const context = openExperiments(openProject(io.cwd));
  const events = transferEvents(io);
  events.started("Downloading");
  const result = await pullQueue(context, {
    remote,
    names,
    taken: flags.force ? "take over" : "leave",
    data: dataRequest(context.project, flags, events),
  }).finally(() => events.ended());
  const { pulled, left, strange, data } = result;
  if (flags.json) {
    const unusable = strange.map(({ name }) => name);
    printJson(io, JSON.stringify({ pulled, left, strange: unusable, files: data.transferred }));
  } else reportPull(io, remote, result);
  if (strange.length > 0) {
    const some = strange.slice(0, 5).map(({ name }) => visible(name.slice(0, 40)));
    warn(io, `passed over, because no queued experiment can be read there: '${some.join("', '")}'`);
  }
  warnData(io, data);
  const failure = dataPullFailed(data);
  if (failure !== undefined) throw failure;
  return exitCodes.ok;
}
