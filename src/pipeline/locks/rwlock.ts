/**
 * `.dvc/tmp/rwlock`: which files running stages read and write, by process, in DVC's format (dvc/rwlock.py). It is read and
 * written by whoever holds the project's lock. Entries of processes that are gone count for nothing.
 */
import path from "node:path";
import { readIfExists, writeAtomic } from "../../base/files.ts";
import { isNumber, isRecord, isText, parseJson, shaped } from "../../base/json.ts";
import { overlap } from "../../base/paths.ts";
import { commandLineOf, processStart } from "../../base/processes.ts";
import { isUrl } from "../paths.ts";
import type { Stage } from "../types.ts";

/** What a stage reads and writes: absolute paths. */
export interface FileUse {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** The files of a stage. */
export function filesOf(stage: Stage): FileUse {
  const absolute = (name: string) => path.resolve(stage.workingFolder, name);
  const inputs = [...stage.deps.filter((dep) => !isUrl(dep)), ...stage.params.map(({ file }) => file)];
  return { reads: inputs.map(absolute), writes: stage.outs.map((output) => absolute(output.path)) };
}

export interface FileUser {
  readonly pid: number;
  readonly cmd: string;
}

interface Content {
  readonly write: ReadonlyMap<string, FileUser>;
  readonly read: ReadonlyMap<string, readonly FileUser[]>;
}

export interface Blocker {
  readonly file: string;
  readonly user: FileUser;
}

const isFileUser = shaped<FileUser>({ pid: isNumber, cmd: isText });

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isRecord(value) ? Object.entries(value) : [];
}

function usersOf(value: unknown): readonly FileUser[] {
  const users: readonly unknown[] = Array.isArray(value) ? value : [value];
  return users.filter((user) => isFileUser(user));
}

/** What can't be read is no reason to stop: its holder would hold the project's lock. */
function parse(text: string): Content {
  const content = parseJson(text);
  const { read, write } = isRecord(content) ? content : {};
  return {
    write: new Map(entriesOf(write).flatMap(([file, user]) => usersOf(user).map((each) => [file, each]))),
    read: new Map(entriesOf(read).map(([file, list]) => [file, usersOf(list)])),
  };
}

/** What runs DVC or us: entries of others are no entries. The file may have come with a clone, and name anybody's process. */
const runners = /^(?:dvc|sweepline(?:\.js)?|node|nodejs|bun|deno|i?python[\d.]*|pypy[\d.]*|uv|pytest)(?:\.exe)?$/i;

/**
 * Whether that process is alive and the one that wrote the entry: DVC keeps no start time, so a reused pid is told by its words.
 * They have to be those of the entry, and its program one that runs DVC.
 */
function isRunning({ pid, cmd }: FileUser): boolean {
  if (processStart(pid) === undefined) return false;
  const line = commandLineOf(pid)?.join(" ");
  if (line === undefined) return true;
  const names = line.split(" ").map((word) => path.basename(word));
  const [program = "", ...args] = cmd.split(" ");
  const isNamed = program !== "" && names.includes(path.basename(program));
  const isSame = isNamed || (args.length > 0 && line.endsWith(args.join(" ")));
  return isSame && names.slice(0, 2).some((name) => runners.test(name));
}

export class RwLock {
  private readonly file: string;

  constructor(
    tmpDir: string,
    private readonly self: FileUser,
  ) {
    this.file = path.join(tmpDir, "rwlock");
  }

  /** A running process that writes what we read or write, or reads what we write; "anything": whatever it uses. */
  blocker(use: FileUse | "anything"): Blocker | undefined {
    const text = readIfExists(this.file)?.toString();
    // What DVC leaves when nothing runs.
    if (text === undefined || text.length < 20) return undefined;
    const { read, write } = parse(text);
    const isOurs = (file: string, files: readonly string[]) => files.some((each) => overlap(each, file));
    const hits = (file: string, files: readonly string[]) => use === "anything" || isOurs(file, files);
    const touched = use === "anything" ? [] : [...use.reads, ...use.writes];
    const written = use === "anything" ? [] : use.writes;
    const found: Blocker[] = [
      ...[...write].filter(([file]) => hits(file, touched)).map(([file, user]) => ({ file, user })),
      ...[...read]
        .filter(([file]) => hits(file, written))
        .flatMap(([file, users]) => users.map((user) => ({ file, user }))),
    ];
    return found.find(({ user }) => user.pid !== this.self.pid && isRunning(user));
  }

  /** Replaces our entries; those of dead processes go too. */
  write(uses: Iterable<FileUse>): void {
    const old = parse(readIfExists(this.file)?.toString() ?? "{}");
    const isKept = (user: FileUser) => user.pid !== this.self.pid && isRunning(user);
    const write = new Map([...old.write].filter(([, user]) => isKept(user)));
    const read = new Map([...old.read].map(([file, users]) => [file, users.filter(isKept)]));
    for (const use of uses) {
      for (const file of use.writes) write.set(file, this.self);
      for (const file of new Set(use.reads)) read.set(file, [...(read.get(file) ?? []), this.self]);
    }
    const readers = [...read].filter(([, users]) => users.length > 0);
    writeAtomic(this.file, JSON.stringify({ write: Object.fromEntries(write), read: Object.fromEntries(readers) }));
  }
}
