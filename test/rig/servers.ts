/** Servers of storage on this machine: rclone's own, on a port that the system chooses. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { whenFileEnds } from "./clean-up.ts";
import { freePort, untilAnswering } from "./free-port.ts";
import { makeTemporaryFolder } from "./repository.ts";

export const hasRclone = spawnSync("rclone", ["version"], { stdio: "ignore" }).status === 0;

export interface Server {
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

/** Whether something is printed by which the server says that it answers, and its port. */
const ready =
  /(?:listening on|started on|Serving on|[Rr]unning on|HTTP on) (?:https?:\/\/)?127\.0\.0\.1(?::| port )(\d+)/;

export interface Serving {
  readonly folder: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of a server that says nothing when it answers: where it was told to listen. */
  readonly port?: number;
}

/** Ends after the last test of the file at the latest. Throws where it ends before it answers. */
export async function startServer(
  program: string,
  args: readonly string[],
  { folder, env, port: told }: Serving,
): Promise<Server> {
  const child: ChildProcess = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  };
  whenFileEnds(stop);
  let text = "";
  const port = await new Promise<number>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      text += chunk.toString();
      const found = ready.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    child.stdout?.on("data", look);
    child.stderr?.on("data", look);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${program} ended with ${code}\n${text}`)));
    if (told !== undefined) untilAnswering(told, `${program} to listen`).then(() => resolve(told), reject);
  });
  return { port, folder, stop };
}

export interface FolderServer extends Server {
  /** A home folder whose ssh knows the server. */
  readonly home: string;
  /** Has ssh know it also at the port of somebody in between. */
  alsoAt(port: number): void;
}

/** `rclone serve sftp`, `webdav` or `http` of a folder, for the user u with the password secret-p. */
export async function serveFolder(
  kind: "http" | "sftp" | "webdav",
  folder = makeTemporaryFolder(),
): Promise<FolderServer> {
  const home = makeTemporaryFolder();
  const login = ["--user", "u", "--pass", "secret-p"];
  // Of HTTP it does not tell the port.
  const port = kind === "http" ? { port: await freePort() } : {};
  const args = ["serve", kind, folder, "--addr", `127.0.0.1:${port.port ?? 0}`, "--config", "/dev/null", ...login];
  const server = await startServer("rclone", args, { folder, env: { HOME: home, XDG_CACHE_HOME: home }, ...port });
  const alsoAt = (at: number) => {
    if (kind === "sftp") knowServer(home, path.join(home, "rclone", "serve-sftp"), at);
  };
  alsoAt(server.port);
  return { ...server, home, alsoAt };
}

function knowServer(home: string, keys: string, port: number): void {
  const names = readdirSync(keys).filter((name) => name.endsWith(".pub"));
  const lines = names.map((name) => `[127.0.0.1]:${port} ${readFileSync(path.join(keys, name), "utf8").trim()}\n`);
  mkdirSync(path.join(home, ".ssh"), { recursive: true });
  appendFileSync(path.join(home, ".ssh", "known_hosts"), lines.join(""));
}
