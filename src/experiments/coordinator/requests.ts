/**
 * What one command asks of the process that runs the queue: small files, which that process looks at several times a
 * second. A file and not a signal: it says what is wanted, and it can't reach a stranger that has the pid by now.
 */
import path from "node:path";
import { existsSync, makeFolder, readdirSync, readIfExists, removeFile, writeAtomic } from "../../base/files.ts";
import { note } from "../../base/trace.ts";
import { type StateLayout, sequenceText } from "../layout.ts";

export type KillManner = "stop" | "force";
/** "wait": for the running experiments; "kill": end them, back into the queue. */
export type StopManner = "wait" | "kill";

export type QueueRequest =
  | { readonly kind: "kill"; readonly sequence: number; readonly manner: KillManner }
  /** For the background coordinator. */
  | { readonly kind: "jobs"; readonly jobs: number }
  | { readonly kind: "stop"; readonly manner: StopManner };

function fileOf(state: StateLayout, request: QueueRequest): string {
  const name = request.kind === "kill" ? `kill-${sequenceText(request.sequence)}` : request.kind;
  return path.join(state.requests, name);
}

export function writeRequest(state: StateLayout, request: QueueRequest): void {
  note("requests", () => `asked: ${JSON.stringify(request)}`);
  makeFolder(state.requests);
  writeAtomic(fileOf(state, request), request.kind === "jobs" ? String(request.jobs) : request.manner);
}

export function removeRequest(state: StateLayout, request: QueueRequest): void {
  removeFile(fileOf(state, request));
}

function parseRequest(name: string, content: string): QueueRequest | undefined {
  const kill = /^kill-(\d{10,})$/.exec(name);
  if (kill !== null) return { kind: "kill", sequence: Number(kill[1]), manner: content === "force" ? "force" : "stop" };
  if (name === "jobs" && /^[1-9]\d{0,3}$/.test(content)) return { kind: "jobs", jobs: Number(content) };
  if (name === "stop") return { kind: "stop", manner: content === "kill" ? "kill" : "wait" };
  return undefined;
}

/** All that is asked for now. Cheap where nothing ever was. */
export function readRequests(state: StateLayout): readonly QueueRequest[] {
  if (!existsSync(state.requests)) return [];
  return readdirSync(state.requests).flatMap((name) => {
    const content = readIfExists(path.join(state.requests, name))?.toString().trim();
    return content === undefined ? [] : (parseRequest(name, content) ?? []);
  });
}
