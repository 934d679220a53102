/**
 * The running stages of a `repro`, kept on disk so that whoever comes after it was killed can end them. One file a process;
 * written only for stages that take more than a moment, since most of them are quick.
 */

import path from "node:path";
import { isSystemError } from "../../base/errors.ts";
import { existsSync, makeFolder, readdirSync, readIfExists, removeFile, writePrivateFile } from "../../base/files.ts";
import { type Guard, isCount, isRecord, isText, parseJson, shaped, textLike } from "../../base/json.ts";
import { identifyProcess, isAlive, type ProcessIdentity } from "../../base/processes.ts";
import type { StageProcess } from "../../pipeline/processes/command.ts";
import { endMarked, isOurGroup, processesMarked } from "../../pipeline/processes/leftovers.ts";
import { stopProcessGroup } from "../../pipeline/processes/process-group.ts";
import type { StateLayout } from "../layout.ts";

interface StageTable {
  readonly owner: ProcessIdentity;
  readonly stages: readonly StageProcess[];
}

/** A stage that ends sooner is not written down. */
const quickMs = 100;
/** How long stages of a dead run may take to end: nobody waits for their results. */
const graceMs = 2_000;

const isPid: Guard<number> = (value): value is number => isCount(value) && value > 1;
const isOwner = shaped<ProcessIdentity>({ pid: isPid, startedAt: isText });
const hasStageShape = shaped<StageProcess>({ pid: isPid, startedAt: isText, mark: textLike(/^[0-9a-f-]{36}$/) });

/** Without a start time any process could be meant, were the table not ours. */
function isStage(value: unknown): value is StageProcess {
  return hasStageShape(value) && (value.startedAt !== "" || process.platform !== "linux");
}

/** What can't be read counts as empty. */
function readTable(file: string): StageTable | undefined {
  const table = parseJson(readIfExists(file)?.toString() ?? "{}");
  if (!isRecord(table) || !isOwner(table.owner) || !Array.isArray(table.stages)) return undefined;
  return { owner: table.owner, stages: table.stages.filter((stage) => isStage(stage)) };
}

export interface StageKeeper {
  started(stage: StageProcess): void;
  ended(pid: number): void;
}

/** Keeps the table of this process. Where it can't be written the stages run all the same. */
export function keepStages({ stageTables }: Pick<StateLayout, "stageTables">): StageKeeper {
  const owner = identifyProcess(process.pid);
  const file = path.join(stageTables, `${owner.pid}-${owner.startedAt.split("@", 1)[0]}`);
  const running = new Map<number, StageProcess>();
  let timer: NodeJS.Timeout | undefined;
  let isWritten = false;
  const write = () => {
    timer = undefined;
    try {
      if (running.size === 0) removeFile(file);
      else {
        makeFolder(stageTables);
        writePrivateFile(file, JSON.stringify({ owner, stages: [...running.values()] }));
      }
      isWritten = running.size > 0;
    } catch (error) {
      // A full disk: the table only serves after a kill.
      if (!isSystemError(error)) throw error;
    }
  };
  return {
    started(stage) {
      running.set(stage.pid, stage);
      timer ??= setTimeout(write, quickMs).unref();
    },
    ended(pid) {
      running.delete(pid);
      if (running.size > 0) return;
      clearTimeout(timer);
      timer = undefined;
      if (isWritten) write();
    },
  };
}

interface DeadTable {
  readonly file: string;
  readonly stages: readonly StageProcess[];
}

function deadTables({ stageTables }: StateLayout): readonly DeadTable[] {
  if (!existsSync(stageTables)) return [];
  return readdirSync(stageTables).flatMap((name) => {
    const file = path.join(stageTables, name);
    const table = readTable(file);
    return table === undefined || isAlive(table.owner) ? [] : [{ file, stages: table.stages }];
  });
}

/** Processes of killed `repro`s that still run: the groups' leaders, and those that left their group. */
export function deadStages(state: StateLayout): readonly number[] {
  const stages = deadTables(state).flatMap((table) => table.stages);
  const groups = stages.filter((leader) => isOurGroup(leader)).map(({ pid }) => pid);
  return [...new Set([...groups, ...stages.flatMap(({ mark }) => processesMarked(mark).map(({ pid }) => pid))])];
}

/** Ends them, and forgets the tables. */
export async function endDeadStages(state: StateLayout): Promise<void> {
  for (const { file, stages } of deadTables(state)) {
    await Promise.all(stages.filter((leader) => isOurGroup(leader)).map(({ pid }) => stopProcessGroup(pid, graceMs)));
    for (const { mark } of stages) await endMarked(mark);
    removeFile(file);
  }
}
