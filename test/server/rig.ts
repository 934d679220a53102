/** A running `sweepline ui`, and requests as anybody may send them. */
import { request } from "node:http";
import type { Repository } from "../rig/index.ts";
import type { RunningCommand } from "../rig/process.ts";

export interface OpenUi {
  readonly command: RunningCommand;
  readonly address: URL;
}

export async function startUi(repository: Repository, ...words: readonly string[]): Promise<OpenUi> {
  const command = repository.start(["ui", "--json", ...words]);
  await command.printed("\n");
  const { address } = JSON.parse(command.output().replace(/^stdout:\n|\nstderr:[\s\S]*$/g, "")) as { address: string };
  return { command, address: new URL(address) };
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The path as it is sent, dots and all. */
  readonly path: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** Sends just that: no browser's rules. */
export function ask({ address }: OpenUi, { method = "GET", headers = {}, body = "", path }: Asking): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: address.port, method, path, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Lets ourselves in, as a browser does; answers the cookie. */
export async function enter(ui: OpenUi): Promise<string> {
  const { headers } = await ask(ui, { path: ui.address.pathname + ui.address.search });
  return String([headers["set-cookie"]].flat()[0]).split(";")[0] ?? "";
}
