/**
 * What is known of an experiment beside its tree. A queue entry carries it as the second paragraph of its commit's
 * message; a finished experiment as a header of its commit (Git and DVC keep and ignore it; the message is DVC's),
 * so that it travels with push and pull.
 */

import { SweeplineError } from "../base/errors.ts";
import { isCount, isText, isTexts, listOf, oneOf, optional, parseJson, shaped, textLike } from "../base/json.ts";
import type { ObjectId } from "../git/ids.ts";
import type { ParsedCommit } from "../git/objects.ts";
import { isKeptOptions, type KeptOptions } from "../pipeline/run-options.ts";
import { isInnerFolder } from "./inner-folder.ts";
import { isName } from "./names.ts";
import { type QueueHome, queueHomeGuards } from "./queue-home.ts";

export interface OverrideText {
  readonly file: string;
  /** `train.lr=0.1` */
  readonly text: string;
  /** `train.lr`, and the value as a stage gets it in its environment: a string as it is, anything else as JSON. */
  readonly key: string;
  readonly value: string;
}

export interface StoppedEarly {
  readonly rule: string;
  readonly step: number;
}

/** Facts that a queued and a finished experiment share. */
export interface ExperimentFacts {
  /** The sweep's id, where it belongs to one. */
  readonly sweep?: string;
  /** The point's position in the sweep. */
  readonly point?: number;
  /** Of a trial of a search: its number, from 1. */
  readonly trial?: number;
  /** What the run depends on, as one hash; see identity.ts. */
  readonly identity: string;
  readonly overrides: readonly OverrideText[];
  readonly targets: readonly string[];
  readonly flags: KeptOptions;
  /** What its run reported, step by step, where runs were looked at to end hopeless ones: at most so many as fit. */
  readonly curve?: readonly (readonly [step: number, value: number])[];
  /** It was ended before its time, since it was hopeless: by which rule, after which step. */
  readonly stopped?: StoppedEarly;
  /** Of a checkpoint: which run made it; see checkpoints/chain.ts. */
  readonly checkpointOf?: string;
  /** Of the last checkpoint of a run that was not done and will not go on: the point is no finished one. */
  readonly partial?: true;
  /** Of a chain that begins with checkpoints of runs with other parameters, code or data: the last of these. The point was not run by it. */
  readonly branchedFrom?: ObjectId;
}

/** What an experiment that goes on from a checkpoint says of that, by what it depends on itself. */
export function branchedFrom(
  origin: {
    readonly commit: ObjectId;
    readonly identity: string | undefined;
    readonly branchedFrom: ObjectId | undefined;
  },
  identity: string,
): Pick<ExperimentFacts, "branchedFrom"> {
  if (origin.identity !== identity) return { branchedFrom: origin.commit };
  return origin.branchedFrom === undefined ? {} : { branchedFrom: origin.branchedFrom };
}

/** Limits of one entry's runs; they count more than those of whoever runs it. */
export interface EntryLimits {
  /** How often it runs again after a failure of its own. */
  readonly retries?: number;
  readonly timeoutMs?: number;
  /** "checkpoint": the time ends with the next one, where its stages make some. */
  readonly timeoutAt?: "once" | "checkpoint";
  /** Steps of DVCLive from one checkpoint to the next. */
  readonly checkpointEvery?: number;
  /** Which checkpoints stay when it is done: `3`, `all`, `best:loss`. */
  readonly keepCheckpoints?: string;
}

export function isKeepRule(value: unknown): value is string {
  return typeof value === "string" && /^(all|[1-9]\d{0,5}|best:.+)$/.test(value);
}

export interface EntryRecord extends ExperimentFacts, QueueHome {
  readonly v: 1;
  readonly sequence: number;
  /** The folder of the command, relative to the project's root: targets and parameter files start there. */
  readonly folder: string;
  /** The experiment's commit message (-m); absent: DVC's. */
  readonly message?: string;
  /** Replace a finished experiment of that name. */
  readonly replace?: true;
  readonly limits?: EntryLimits;
  /** The checkpoint that it goes on from (--rev); its tree has the outputs' hashes. */
  readonly continues?: ObjectId;
  /** Of the entry in whose place it came: its checkpoints are this one's. */
  readonly checkpointsOf?: string;
}

/** What the checkpoints of an entry's runs carry. */
export function checkpointMark(entry: { readonly commit: ObjectId; readonly record: EntryRecord }): string {
  return entry.record.checkpointsOf ?? entry.commit;
}

export interface QueueEntryHead {
  readonly head: ObjectId;
  readonly baseline: ObjectId;
  readonly name: string;
}

/** `dvc-exp:<head>:<baseline>:<name>` and the record as one line of JSON. */
export function entryMessage(head: QueueEntryHead, record: EntryRecord): string {
  return `dvc-exp:${head.head}:${head.baseline}:${head.name}\n\n${JSON.stringify(record)}\n`;
}

const entryPattern = /^dvc-exp:([0-9a-f]{40,64}):([0-9a-f]{40,64}):([^:\n]*)(?::[^\n]*)?\n\n(\{.*\})\n?$/;

/** Reads an entry's message; throws ENTRY_BROKEN where it is none of ours. */
export function parseEntryMessage(message: string): { readonly head: QueueEntryHead; readonly record: EntryRecord } {
  const found = entryPattern.exec(message);
  const record = found === null ? undefined : parseJson(found[4] ?? "");
  // A ref may come from anywhere: a name or a folder that leads out of their place is no entry of ours.
  if (found === null || !isEntryRecord(record) || !isName(found[3] ?? ""))
    throw new SweeplineError({
      code: "ENTRY_BROKEN",
      message: "a queue entry can't be read",
      hint: "`sweepline queue remove` takes it out of the queue.",
    });
  return {
    head: { head: found[1] as ObjectId, baseline: found[2] as ObjectId, name: found[3] ?? "" },
    record,
  };
}

const isOverrideText = shaped<OverrideText>({ file: isText, text: isText, key: isText, value: isText });

function isFiniteNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isStepPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isFiniteNumber);
}

const factGuards = {
  sweep: optional(isText),
  point: optional(isCount),
  trial: optional(isCount),
  identity: isText,
  overrides: listOf(isOverrideText),
  targets: isTexts,
  flags: isKeptOptions,
  curve: optional(listOf(isStepPair)),
  stopped: optional(shaped<StoppedEarly>({ rule: isText, step: isFiniteNumber })),
  checkpointOf: optional(isText),
  partial: optional(oneOf(true)),
  branchedFrom: optional(textLike<ObjectId>(/^[0-9a-f]{40,64}$/)),
};

const isFacts = shaped<ExperimentFacts>(factGuards);

const isEntryRecord = shaped<EntryRecord>({
  ...factGuards,
  ...queueHomeGuards,
  v: oneOf(1),
  sequence: isCount,
  folder: isInnerFolder,
  message: optional(isText),
  replace: optional(oneOf(true)),
  continues: optional(textLike<ObjectId>(/^[0-9a-f]{40,64}$/)),
  checkpointsOf: optional(isText),
  limits: optional(
    shaped<EntryLimits>({
      retries: optional(isCount),
      timeoutMs: optional(isCount),
      timeoutAt: optional(oneOf("once", "checkpoint")),
      checkpointEvery: optional(isCount),
      keepCheckpoints: optional(isKeepRule),
    }),
  ),
});

/** The name of the header that a finished experiment's commit carries. */
const recordHeader = "sweepline";

export function factsHeader(facts: ExperimentFacts): Readonly<Record<string, string>> {
  const { sweep, point, trial, identity, overrides, targets, flags, curve, stopped } = facts;
  const { checkpointOf, partial, branchedFrom } = facts;
  const stored = {
    v: 1,
    ...(sweep === undefined ? {} : { sweep, point }),
    ...(trial === undefined ? {} : { trial }),
    identity,
    overrides,
    targets,
    flags,
    ...(curve === undefined ? {} : { curve }),
    ...(stopped === undefined ? {} : { stopped }),
    ...(checkpointOf === undefined ? {} : { checkpointOf }),
    ...(partial === undefined ? {} : { partial }),
    ...(branchedFrom === undefined ? {} : { branchedFrom }),
  };
  return { [recordHeader]: JSON.stringify(stored) };
}

/** The facts in a finished experiment's commit; undefined for one that DVC made. */
export function parseFacts(commit: ParsedCommit): ExperimentFacts | undefined {
  const text = commit.headers.get(recordHeader);
  const facts = text === undefined ? undefined : parseJson(text);
  return isFacts(facts) ? facts : undefined;
}
