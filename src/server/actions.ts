/** What the page may ask to be done. Each calls what the command of the same words calls: what is refused there is refused here. */
import { SweeplineError } from "../base/errors.ts";
import { type Guard, isCount, isRecord, isText, isTexts, oneOf, shaped } from "../base/json.ts";
import { quotedList } from "../base/text/listing.ts";
import { startBackground, stopBackground } from "../experiments/coordinator/start-stop.ts";
import type { FilterRow } from "../experiments/find/filter-row.ts";
import { refsOfRows } from "../experiments/find/find.ts";
import { moveTasks, removeTasks, retryTasks } from "../experiments/queue/changes.ts";
import { killTasks } from "../experiments/queue/kill.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import { noteExperiment, starExperiments, tagExperiment } from "../experiments/results/annotate.ts";
import { applyWithOutputs } from "../experiments/results/apply-outputs.ts";
import { branchFromExperiment } from "../experiments/results/branch.ts";
import { removeExperiments } from "../experiments/results/remove.ts";
import { renameExperiment } from "../experiments/results/rename.ts";
import { WorkspaceLock } from "../pipeline/locks/workspace-lock.ts";
import { appliedLines } from "../report/applied-text.ts";
import type { PageAction } from "../report/page/live-contract.ts";

type ActionOf<Kind extends PageAction["kind"]> = Extract<PageAction, { kind: Kind }>;

const guards: { readonly [Kind in PageAction["kind"]]: Guard<ActionOf<Kind>> } = {
  "queue move": shaped({ kind: oneOf("queue move"), ids: isTexts, place: oneOf("first", "last") }),
  "queue kill": shaped({ kind: oneOf("queue kill"), ids: isTexts, manner: oneOf("stop", "force") }),
  "queue retry": shaped({ kind: oneOf("queue retry"), ids: isTexts }),
  "queue remove": shaped({ kind: oneOf("queue remove"), ids: isTexts }),
  "queue start": shaped({ kind: oneOf("queue start"), jobs: isCount }),
  "queue stop": shaped({ kind: oneOf("queue stop"), manner: oneOf("wait", "kill") }),
  "exp apply": shaped({ kind: oneOf("exp apply"), id: isText }),
  "exp branch": shaped({ kind: oneOf("exp branch"), id: isText, branch: isText }),
  "exp rename": shaped({ kind: oneOf("exp rename"), id: isText, name: isText }),
  "exp remove": shaped({ kind: oneOf("exp remove"), ids: isTexts }),
  "exp note": shaped({ kind: oneOf("exp note"), id: isText, text: isText }),
  "exp tag": shaped({ kind: oneOf("exp tag"), id: isText, tags: isTexts }),
  "exp star": shaped({ kind: oneOf("exp star"), ids: isTexts, star: oneOf("on", "off") }),
};

/** Throws REQUEST_FIELD for what is no action. */
export function parseAction(value: unknown): PageAction {
  const kind = isRecord(value) ? value.kind : undefined;
  const guard = isText(kind) && Object.hasOwn(guards, kind) ? guards[kind as PageAction["kind"]] : undefined;
  if (guard?.(value)) return value as PageAction;
  throw new SweeplineError({ code: "REQUEST_FIELD", message: "this is nothing that the page may ask for" });
}

export interface Acting {
  readonly context: ExperimentsContext;
  /** The row of an id. Throws NOT_AN_EXPERIMENT. */
  readonly rowOf: (id: string) => FilterRow;
}

const words = (names: readonly string[]) => (names.length === 0 ? "nothing" : quotedList(names));

/** As the queue calls them. */
function namesOf({ rowOf }: Acting, ids: readonly string[]): readonly string[] {
  return ids.map((id) => rowOf(id).facts.name ?? "");
}

/** The full refs, by which no others are meant. */
async function refsOf({ context, rowOf }: Acting, ids: readonly string[]): Promise<readonly string[]> {
  const { finished, entries } = await refsOfRows(context, ids.map(rowOf));
  return [...finished, ...entries];
}

/** The one ref of a row. Throws NOT_AN_EXPERIMENT for one that has none: what runs in the workspace. */
async function refOf(acting: Acting, id: string): Promise<string> {
  const [ref] = await refsOf(acting, [id]);
  if (ref !== undefined) return ref;
  const name = acting.rowOf(id).facts.name ?? id;
  throw new SweeplineError({ code: "NOT_AN_EXPERIMENT", message: `'${name}' does not appear to be an experiment` });
}

async function start({ context }: Acting, jobs: number): Promise<string> {
  if (jobs < 1 || jobs > 999)
    throw new SweeplineError({ code: "BAD_OPTIONS", message: "not a number of jobs between 1 and 999" });
  const started = await startBackground(context, { jobs, words: ["--jobs", String(jobs)], asks: "nothing" });
  return `${started.jobs} worker${started.jobs === 1 ? " runs" : "s run"} the queue.`;
}

async function apply(acting: Acting, id: string): Promise<string> {
  const { context, rowOf } = acting;
  const { name } = rowOf(id).facts;
  const lock = await WorkspaceLock.acquire(context.project, { command: `sweepline ui: exp apply ${name ?? ""}` });
  try {
    const rev = await refOf(acting, id);
    const { applied, outcome } = await applyWithOutputs(context, { rev, label: name ?? rev }, lock);
    return appliedLines(applied, outcome, context.project.root).join("\n");
  } finally {
    lock.release();
  }
}

type Doer<Kind extends PageAction["kind"]> = (acting: Acting, action: ActionOf<Kind>) => Promise<string>;

/** Each answers what was done, in words. */
const doers: { readonly [Kind in PageAction["kind"]]: Doer<Kind> } = {
  "queue move": async (acting, { ids, place }) => {
    await moveTasks(acting.context, namesOf(acting, ids), { kind: place });
    return `Moved to the ${place === "first" ? "front" : "end"} of the queue: ${words(namesOf(acting, ids))}.`;
  },
  "queue kill": async (acting, { ids, manner }) => {
    const killed = await killTasks(acting.context, namesOf(acting, ids), manner);
    const texts = killed.map(({ name, end }) =>
      end === "killed" ? `'${name}' was ended` : `'${name}' had ended before`,
    );
    return `${texts.join(", ")}.`;
  },
  "queue retry": async (acting, { ids }) =>
    `Queued again: ${words(await retryTasks(acting.context, namesOf(acting, ids)))}.`,
  "queue remove": async (acting, { ids }) => {
    const { removed } = await removeTasks(acting.context, { kind: "named", names: namesOf(acting, ids) });
    return `Taken out of the queue: ${words(removed)}.`;
  },
  "queue start": (acting, { jobs }) => start(acting, jobs),
  "queue stop": async ({ context }, { manner }) => {
    const wereRunning = await stopBackground(context, manner);
    if (!wereRunning) return "No workers run the queue.";
    return manner === "kill" ? "The workers were ended." : "The workers end after what runs now.";
  },
  "exp apply": (acting, { id }) => apply(acting, id),
  "exp branch": async (acting, { id, branch }) => {
    const made = await branchFromExperiment(acting.context, await refOf(acting, id), branch);
    return `The branch '${made}' was made.`;
  },
  "exp rename": async (acting, { id, name }) => {
    await renameExperiment(acting.context, { from: await refOf(acting, id), to: name, taken: "refuse" });
    return `It is called '${name}' now.`;
  },
  "exp remove": async (acting, { ids }) => {
    const names = await refsOf(acting, ids);
    const request = { names, queue: "named", finished: "named", sweep: undefined, keep: "remove chosen" } as const;
    const { removed, running } = await removeExperiments(acting.context, request);
    const left = running.length === 0 ? "" : ` Left, since they are running: ${words(running)}.`;
    return `Removed: ${words(removed)}.${left}`;
  },
  "exp note": async (acting, { id, text }) => {
    await noteExperiment(acting.context, await refOf(acting, id), text);
    return text === "" ? "The note is removed." : "Noted.";
  },
  "exp tag": async (acting, { id, tags }) => {
    const remove = acting.rowOf(id).facts.tags.filter((tag) => !tags.includes(tag));
    const { tags: now } = await tagExperiment(acting.context, await refOf(acting, id), { add: tags, remove });
    return now.length === 0 ? "It has no tags." : `It has the tags ${words(now)}.`;
  },
  "exp star": async (acting, { ids, star }) => {
    const refs = await Promise.all(ids.map((id) => refOf(acting, id)));
    await starExperiments(acting.context, refs, star === "on" ? "give" : "take");
    return star === "on" ? "Starred." : "No star any more.";
  },
};

/** Does it. Errors: those of the command of the same words. */
export function act<Kind extends PageAction["kind"]>(acting: Acting, action: ActionOf<Kind>): Promise<string> {
  const doer: Doer<Kind> = doers[action.kind as Kind];
  return doer(acting, action);
}
