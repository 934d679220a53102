/**
 * One long-lived `git cat-file --batch`: many objects, one process. Answers come in the order of the questions.
 * Rules of use: a name holds no newline; after close() nothing may be asked; if git dies, all open questions fail.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { SweeplineError } from "../base/errors.ts";
import type { ObjectId } from "./ids.ts";
import { isPromisorFailure, repositoryRefused } from "./prose.ts";
import type { Repository } from "./repository.ts";
import { gitMissing, startGit } from "./run.ts";

export interface GitObject {
  readonly id: ObjectId;
  readonly type: "blob" | "tree" | "commit" | "tag";
  readonly content: Buffer;
}

/** An object of which only the size was wanted: there was no room for it. */
export interface PassedObject {
  readonly size: number;
}

/** An object of a partial clone whose remote did not give it. */
export interface DistantObject {
  readonly isDistant: true;
}

/** The error for such an object. */
export function distantObject(name: string): SweeplineError {
  return new SweeplineError({
    code: "GIT_OBJECT_DISTANT",
    message: `object ${name.slice(0, 40)} is not in this partial clone, and its remote did not give it`,
  });
}

type Answer = GitObject | PassedObject | DistantObject | undefined;

/** Room for objects that are read together. What does not fit is passed over, without being held. */
export interface Room {
  /** The largest one that is held. */
  readonly each: number;
  /** Of all; becomes less. */
  all: number;
}

interface Question {
  readonly name: string;
  readonly room: Room | undefined;
  resolve(object: Answer): void;
  reject(error: Error): void;
}

export class CatFile {
  private child: ChildProcessWithoutNullStreams;
  private readonly questions: Question[] = [];
  private answered = 0;
  private chunks: Buffer[] = [];
  private buffered = 0;
  /** Bytes needed before the next look at the buffer is worth it. */
  private wanted = 1;
  private failure: Error | undefined;
  /** Questions of this turn, which go to git in one write. */
  private unsent = "";
  /** Bytes of an object that is passed over, still to come. */
  private passing = 0;

  constructor(private readonly repository: Repository) {
    this.child = this.start({});
  }

  private start(env: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams {
    const child = startGit(["cat-file", "--batch"], { cwd: this.repository.workTree, env });
    child.stdout.on("data", (chunk: Buffer) => this.receive(chunk));
    child.on("error", (error) => this.fail(gitMissing(error)));
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on("close", () => {
      if (isPromisorFailure(stderr) && this.failure === undefined && this.goOn()) return;
      this.fail(
        repositoryRefused(stderr) ?? new SweeplineError({ code: "GIT_DIED", message: "git cat-file ended early" }),
      );
    });
    child.stdin.on("error", () => undefined);
    return child;
  }

  /**
   * Git ends at the first object that a remote does not give. The others are asked of another process, which does not try the
   * remote again for each. Answers false where nothing was asked.
   */
  private goOn(): boolean {
    const question = this.next();
    if (question === undefined) return false;
    if (question.room === undefined) question.reject(distantObject(question.name));
    else question.resolve({ isDistant: true });
    this.chunks = [];
    this.buffered = this.passing = 0;
    this.wanted = 1;
    this.child = this.start({ GIT_NO_LAZY_FETCH: "1" });
    this.unsent = this.questions
      .slice(this.answered)
      .map(({ name }) => `${name}\n`)
      .join("");
    this.send();
    return true;
  }

  /** The object of a name (id, `REV:path`, `REV^{tree}`), or undefined where there is none. */
  read(name: string): Promise<GitObject | undefined> {
    // Without a room nothing is passed over.
    return this.ask(name, undefined) as Promise<GitObject | undefined>;
  }

  /** Many at once, in order. */
  readAll(names: readonly string[]): Promise<readonly (GitObject | undefined)[]> {
    return Promise.all(names.map((name) => this.read(name)));
  }

  /** Many at once, in order; of those that do not fit only the size. One that is distant is no error of the others. */
  readWithin(names: readonly string[], room: Room): Promise<readonly Answer[]> {
    return Promise.all(names.map((name) => this.ask(name, room)));
  }

  private ask(name: string, room: Room | undefined): Promise<Answer> {
    if (/[\n\0]/.test(name)) return Promise.resolve(undefined);
    if (this.failure) return Promise.reject(this.failure);
    if (this.unsent === "") queueMicrotask(() => this.send());
    this.unsent += `${name}\n`;
    return new Promise((resolve, reject) => this.questions.push({ name, room, resolve, reject }));
  }

  private send(): void {
    if (this.unsent !== "") this.child.stdin.write(this.unsent);
    this.unsent = "";
  }

  close(): void {
    this.send();
    this.failure ??= new SweeplineError({ code: "GIT_DIED", message: "git cat-file was closed" });
    this.child.stdin.end();
  }

  private receive(received: Buffer): void {
    const chunk = this.passing === 0 ? received : this.pass(received);
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.buffered += chunk.length;
    if (this.buffered < this.wanted) return;
    let rest = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    for (;;) {
      const used = this.answer(rest);
      if (used === 0) break;
      rest = this.pass(rest.subarray(used));
    }
    this.chunks = rest.length > 0 ? [rest] : [];
    this.buffered = rest.length;
  }

  /** What is left of the bytes after those of an object that is passed over. */
  private pass(bytes: Buffer): Buffer {
    const passed = Math.min(this.passing, bytes.length);
    this.passing -= passed;
    return bytes.subarray(passed);
  }

  /** Takes one answer from the front of the buffer; returns the bytes it used, 0 where it is not whole yet. */
  private answer(buffer: Buffer): number {
    this.wanted = buffer.length + 1;
    const newline = buffer.indexOf(10);
    if (newline < 0) return 0;
    const header = buffer.toString("utf8", 0, newline);
    const found = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(header);
    if (found === null) {
      this.next()?.resolve(undefined);
      return newline + 1;
    }
    const size = Number(found[3]);
    const end = newline + 1 + size;
    const room = this.questions[this.answered]?.room;
    if (room !== undefined && size > Math.min(room.each, room.all)) {
      this.next()?.resolve({ size });
      this.passing = size + 1;
      return newline + 1;
    }
    if (buffer.length < end + 1) {
      this.wanted = end + 1;
      return 0;
    }
    if (room !== undefined) room.all -= size;
    const content = Buffer.from(buffer.subarray(newline + 1, end));
    this.next()?.resolve({ id: found[1] as ObjectId, type: found[2] as GitObject["type"], content });
    return end + 1;
  }

  private next(): Question | undefined {
    const question = this.questions[this.answered];
    this.answered += 1;
    // Dropping answered questions in blocks keeps this linear.
    if (this.answered > 1024) {
      this.questions.splice(0, this.answered);
      this.answered = 0;
    }
    return question;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const question of this.questions.splice(this.answered)) question.reject(error);
  }
}
