/**
 * dvc.lock: what each stage was when it last ran. Stages stay in the order in which they were first written; a stage
 * that changes is replaced in its place and the bytes of all others stay. Format: DVC's schema 2.0 (spec section 2).
 */
import { SweeplineError } from "../../base/errors.ts";
import { lstatIfExists, readIfExists, writeAtomic } from "../../base/files.ts";
import { isMap, sameValue, type Value } from "../../base/value.ts";
import { dataReader } from "../../params/data-file.ts";
import { dumpYaml } from "../../yaml/ruamel.ts";
import { scanYaml } from "../../yaml/scan.ts";
import type { LockEntry } from "../types.ts";
import { entryToValue, valueToEntry } from "./entry.ts";
import { cutLock, withoutInnerIndentation } from "./text.ts";

interface LockedStage {
  readonly entry: LockEntry;
  /** Its lines in the file. */
  readonly text: string;
}

/** The content of a lock file. A plain value: changing it answers a new one. */
export interface LockFile {
  readonly stages: ReadonlyMap<string, LockedStage>;
  /** The lines before the stages, `stages:` included. */
  readonly head: string;
  /** Other keys at the top level that follow the stages. */
  readonly tail: string;
}

export type LockRead =
  | { readonly kind: "absent" }
  | { readonly kind: "ok"; readonly lock: LockFile }
  /** Git left conflict markers in it. */
  | { readonly kind: "conflicted"; readonly place: LockPlace }
  /** Written by a later DVC. */
  | { readonly kind: "newer"; readonly schema: string }
  | { readonly kind: "broken"; readonly problem: string; readonly place: LockPlace | null };

/** From 1. */
export interface LockPlace {
  readonly line: number;
  readonly column: number;
}

export const emptyLock: LockFile = { stages: new Map(), head: "schema: '2.0'\nstages:\n", tail: "" };

/** The entry of a stage, by its name in dvc.yaml. */
export function lockedEntry(lock: LockFile, name: string): LockEntry | undefined {
  return lock.stages.get(name)?.entry;
}

function stageText(name: string, value: Value): string {
  const body = dumpYaml(new Map([["s", new Map([[name, value]])]]));
  return body.slice(body.indexOf("\n") + 1);
}

/** The lock file with these stages' entries: known stages in their place, new ones at the end. Equal entries keep their bytes. */
export function withEntries(lock: LockFile, entries: ReadonlyMap<string, LockEntry>): LockFile {
  const stages = new Map(lock.stages);
  for (const [name, entry] of entries) {
    const before = stages.get(name);
    const value = entryToValue(entry);
    if (before !== undefined && sameValue(entryToValue(before.entry), value)) continue;
    stages.set(name, { entry, text: stageText(name, value) });
  }
  return { ...lock, stages };
}

export function withoutEntry(lock: LockFile, name: string): LockFile {
  const stages = new Map(lock.stages);
  stages.delete(name);
  return { ...lock, stages };
}

/** An anchor or an alias as ruamel names them: at the end of a line, or before an empty collection. */
const mark = /^((?: *- )*(?:.*: )?[&*]id)(\d{3,})(?=$| \[\]$| \{\}$)/gm;

/** Anchors are numbered through the whole file: those of a stage go on from those before it. */
function renumbered(text: string, before: number): { readonly text: string; readonly count: number } {
  if (!text.includes("&id")) return { text, count: 0 };
  const numbers = [...new Set([...text.matchAll(mark)].map((found) => Number(found[2])))].sort((a, b) => a - b);
  const name = (number: string) => String(before + numbers.indexOf(Number(number)) + 1).padStart(3, "0");
  return {
    text: text.replace(mark, (_, start: string, number: string) => start + name(number)),
    count: numbers.length,
  };
}

/** The file's text. */
export function formatLock(lock: LockFile): string {
  if (lock.stages.size === 0) return `${lock.head.replace(/stages:\n$/, "stages: {}\n")}${lock.tail}`;
  let text = lock.head;
  let anchors = 0;
  for (const stage of lock.stages.values()) {
    const next = renumbered(stage.text, anchors);
    anchors += next.count;
    text += next.text;
  }
  return text + lock.tail;
}

function placeAt(text: string, offset: number): LockPlace {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}

function conflictPlace(text: string): LockPlace | undefined {
  const match = /^(?:<{7}|>{7}|\|{7}|={7})(?: |$)/m.exec(text);
  return match === null ? undefined : placeAt(text, match.index);
}

type YamlRead =
  | { readonly kind: "ok"; readonly value: Value }
  | { readonly kind: "broken"; readonly problem: string; readonly place: LockPlace | null };

/** What is wrong, and where: the message about a lock file is our own. */
function problemOf({ message, place }: SweeplineError): { readonly problem: string; readonly place: LockPlace | null } {
  if (place?.inFile === undefined) return { problem: message, place: null };
  const { line, column, problem } = place.inFile;
  return { problem, place: { line, column } };
}

/** The parser of parameter files, its refusals as values. */
async function yamlReader(file: string): Promise<(text: string) => YamlRead> {
  const read = await dataReader("lock.yaml");
  return (text) => {
    try {
      return { kind: "ok", value: read({ path: file, bytes: Buffer.from(text) }) };
    } catch (error) {
      if (!(error instanceof SweeplineError)) throw error;
      return { kind: "broken", ...problemOf(error) };
    }
  };
}

function broken(problem: string): LockRead {
  return { kind: "broken", problem, place: null };
}

/** A file in another style than DVC's: read whole, and made anew when it is written. */
function fromValue(value: Value): LockRead {
  if (!isMap(value)) return broken("a mapping was expected");
  const stages = new Map<string, LockedStage>();
  const written = value.get("stages") ?? new Map();
  if (!isMap(written)) return broken("stages: a mapping was expected");
  for (const [key, item] of written) {
    const name = String(key);
    const entry = valueToEntry(item);
    if (entry === undefined) return broken(`stage '${name}': not an entry of a lock file`);
    stages.set(name, { entry, text: stageText(name, entryToValue(entry)) });
  }
  const others = [...value].filter(([key]) => key !== "stages" && key !== "schema");
  const tail = others.length === 0 ? "" : dumpYaml(new Map(others));
  return { kind: "ok", lock: { ...emptyLock, stages, tail } };
}

type ReadYaml = (text: string) => Value | undefined;

/**
 * A file cut into stages. One in an unusual style is read by the YAML parser, alone: so an alias of another stage's
 * anchor is noticed, and the file is not kept in pieces that need each other. "unsure" where the pieces do not do.
 */
function fromText(text: string, readYaml: ReadYaml): LockFile | "unsure" {
  const cut = cutLock(text);
  if (cut === undefined) return "unsure";
  const stages = new Map<string, LockedStage>();
  for (const { name, text: lines } of cut.stages) {
    const plain = withoutInnerIndentation(lines);
    const value = scanYaml(plain) ?? readYaml(plain);
    const entry = valueToEntry(isMap(value) ? value.get(name) : undefined);
    if (entry === undefined) return "unsure";
    stages.set(name, { entry, text: lines });
  }
  return { stages, head: cut.head, tail: cut.tail };
}

const knownHead = /^schema: (?:'2\.0'|"2\.0")\n$/;

function schemaProblem(value: Value): LockRead | undefined {
  const schema = isMap(value) ? value.get("schema") : undefined;
  if (schema === "2.0") return undefined;
  if (typeof schema === "string" && Number(schema) > 2) return { kind: "newer", schema };
  return broken(schema === undefined ? "it has no schema" : `schema '${String(schema)}' is not known`);
}

/** What a lock file's content means. `file` is for messages. */
export async function parseLock(bytes: Uint8Array, file: string): Promise<LockRead> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  // Before anything is read: at the end of the file the marks would pass for keys after the stages.
  const conflict = conflictPlace(text);
  if (conflict !== undefined) return { kind: "conflicted", place: conflict };
  const isUsual = knownHead.test(text.slice(0, Math.max(0, text.indexOf("stages:\n"))));
  const quick = isUsual ? fromText(text, () => undefined) : "unsure";
  if (quick !== "unsure") return { kind: "ok", lock: quick };
  const read = await yamlReader(file);
  const whole = read(withoutInnerIndentation(text));
  if (whole.kind === "broken") return whole;
  return fromWhole(whole.value, () => {
    if (!isUsual) return "unsure";
    return fromText(text, (lines) => {
      const piece = read(lines);
      return piece.kind === "ok" ? piece.value : undefined;
    });
  });
}

/** From the parsed file; where its text can be cut into stages, their bytes are kept. */
function fromWhole(value: Value, inPieces: () => LockFile | "unsure"): LockRead {
  if (isMap(value) && value.size === 0) return { kind: "ok", lock: emptyLock };
  const problem = schemaProblem(value);
  if (problem !== undefined) return problem;
  const lock = inPieces();
  return lock === "unsure" ? fromValue(value) : { kind: "ok", lock };
}

/** Reads a lock file: absent, ok, or what is wrong with it. */
export async function readLockFile(file: string): Promise<LockRead> {
  const bytes = readIfExists(file);
  return bytes === undefined ? { kind: "absent" } : parseLock(bytes, file);
}

function describe(read: Exclude<LockRead, { kind: "absent" | "ok" }>): string {
  if (read.kind === "newer") return `its schema ${read.schema} is newer than 2.0`;
  if (read.kind === "conflicted") return `it has the marks of a Git conflict, line ${read.place.line}`;
  return read.place === null ? read.problem : `${read.problem} (line ${read.place.line}, column ${read.place.column})`;
}

const unusable = {
  conflicted: {
    code: "LOCK_CONFLICTED",
    hint: "Resolve the conflict, or remove the file and run `sweepline repro`.",
  },
  newer: { code: "LOCK_NEWER", hint: "Use a later version of sweepline." },
  broken: { code: "LOCK_BROKEN", hint: "Restore the file from Git, or remove it and run `sweepline repro`." },
} as const;

/** The error for a lock file that can't be used; `name` as the user would write the path. */
export function lockProblem(read: Exclude<LockRead, { kind: "absent" | "ok" }>, name: string): SweeplineError {
  const message = `'${name}' can't be read: ${describe(read)}`;
  return new SweeplineError({ ...unusable[read.kind], message });
}

/** Reads a lock file that has to be usable; an absent one is empty. Throws LOCK_CONFLICTED, LOCK_NEWER, LOCK_BROKEN. */
export async function loadLock(file: string, name: string = file): Promise<LockFile> {
  const read = await readLockFile(file);
  if (read.kind === "absent") return emptyLock;
  if (read.kind === "ok") return read.lock;
  throw lockProblem(read, name);
}

export type LockWrite = "unchanged" | "created" | "updated";

/**
 * Writes a lock file: nothing where the content is the same, otherwise aside and renamed, the mode kept. A symbolic link
 * is refused: the rename would replace the link, and its target may lie outside the project.
 */
export function writeLock(file: string, lock: LockFile): LockWrite {
  const text = formatLock(lock);
  const stats = lstatIfExists(file);
  if (stats?.isSymbolicLink())
    throw new SweeplineError({
      code: "LOCK_IS_LINK",
      message: `'${file}' is a symbolic link: sweepline does not write through it`,
      hint: "Put the file itself in its place.",
    });
  if (stats === undefined) {
    writeAtomic(file, text);
    return "created";
  }
  if (readIfExists(file)?.equals(Buffer.from(text))) return "unchanged";
  writeAtomic(file, text, { mode: stats.mode & 0o777 });
  return "updated";
}
