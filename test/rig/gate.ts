/**
 * A stage command in the hands of the test: `gate.command` goes into dvc.yaml; each time it runs, the test gets a call,
 * sees that it runs and where, and lets it finish or fail. Nothing polls and nothing sleeps: both sides wait on a socket,
 * and the death of one ends the wait of the other.
 */
import { createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { whenFileEnds } from "./clean-up.ts";
import { makeTemporaryFolder } from "./repository.ts";
import { within } from "./time-limit.ts";

/** What the command says when it starts. */
interface Hello {
  readonly name: string;
  readonly pid: number;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What it is told to do at the end. */
export interface Finish {
  readonly exitCode?: number;
  /** Files to write first, relative to its working folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** One run of the command. It is held until `finish` or `fail`. */
export class GateCall {
  readonly pid: number;
  /** Its working folder: the workspace or a copy. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Settled when the process has ended, by itself or killed. */
  readonly ended: Promise<void>;
  #state: "held" | "released" | "ended" = "held";
  readonly #name: string;
  readonly #socket: Socket;

  constructor(hello: Hello, socket: Socket) {
    this.#name = hello.name;
    this.pid = hello.pid;
    this.folder = hello.folder;
    this.env = hello.env;
    this.#socket = socket;
    this.ended = new Promise((resolve) => {
      socket.once("close", () => {
        this.#state = "ended";
        resolve();
      });
    });
  }

  get state(): "held" | "released" | "ended" {
    return this.#state;
  }

  /** Lets it write its files, print and exit, with 0 where no code is given; returns when it has ended. */
  async finish(finish: Finish = {}): Promise<void> {
    if (this.#state !== "held") throw new Error(`'${this.#name}' (${this.pid}) can't finish: it is ${this.#state}`);
    this.#state = "released";
    const answer = { exitCode: 0, files: {}, stdout: "", stderr: "", ...finish };
    this.#socket.write(`${JSON.stringify(answer)}\n`);
    await this.waitForEnd();
  }

  async fail(exitCode: number): Promise<void> {
    await this.finish({ exitCode });
  }

  /** Waits until the process is gone: for a test that has somebody else kill it. */
  async waitForEnd(): Promise<void> {
    await within(this.ended, `'${this.#name}' (${this.pid}) to end`);
  }
}

export class Gate {
  /** The shell command for dvc.yaml. */
  readonly command: string;
  /** All calls so far, in the order they came. */
  readonly calls: GateCall[] = [];
  readonly #name: string;
  readonly #unclaimed: GateCall[] = [];
  readonly #waiting: ((call: GateCall) => void)[] = [];

  constructor(name: string, server: Server, socketPath: string) {
    this.#name = name;
    const child = fileURLToPath(new URL("./gate-child.mjs", import.meta.url));
    this.command = `"${process.execPath}" "${child}" "${socketPath}" ${name}`;
    server.on("connection", (socket) => this.#accept(socket));
  }

  /** The next run of the command, in the order they start; waits for it. */
  async nextCall(): Promise<GateCall> {
    const ready = this.#unclaimed.shift();
    if (ready !== undefined) return ready;
    const call = new Promise<GateCall>((resolve) => this.#waiting.push(resolve));
    return within(call, `the command '${this.#name}' to start`, () => `it started ${this.calls.length} times before`);
  }

  /** The runs that are held at this moment. */
  held(): GateCall[] {
    return this.calls.filter((call) => call.state === "held");
  }

  #accept(socket: Socket): void {
    // A killed command resets the connection; `close` follows and tells the test.
    socket.on("error", () => {});
    createInterface({ input: socket }).once("line", (line) => {
      const call = new GateCall(JSON.parse(line) as Hello, socket);
      this.calls.push(call);
      const next = this.#waiting.shift();
      if (next === undefined) this.#unclaimed.push(call);
      else next(call);
    });
  }
}

/** A gate of its own. Commands still held when the file's tests end are let go with an error. */
export async function makeGate(name: string): Promise<Gate> {
  const socketPath = path.join(makeTemporaryFolder(), "gate");
  const server = createServer();
  const gate = new Gate(name, server, socketPath);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  whenFileEnds(async () => {
    for (const call of gate.held()) await call.fail(71);
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return gate;
}
