/** What the living page asks its server, and is told by it. */
import {
  type ActionAnswer,
  entryWord,
  type LivePage,
  type LogPiece,
  type PageAction,
  type PageComparison,
  type PageUpdate,
  paths,
  type Refusal,
  tokenHeader,
} from "../report/page/live-contract.ts";

export type Asked<T> =
  | { readonly kind: "answer"; readonly answer: T }
  | { readonly kind: "refused"; readonly why: string };

function wordsOf({ error }: Refusal): string {
  return [error.message, error.hint].filter(Boolean).join("\n");
}

const silent = "The server does not answer: `sweepline ui` has ended.";

async function ask<T extends object>(address: string, init: RequestInit = {}): Promise<Asked<T>> {
  try {
    const response = await fetch(address, { credentials: "same-origin", ...init });
    const answer = (await response.json()) as T | Refusal;
    return "error" in answer ? { kind: "refused", why: wordsOf(answer) } : { kind: "answer", answer };
  } catch (error) {
    // A connection that fails is a TypeError; one that breaks off in the middle leaves what is no JSON.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    return { kind: "refused", why: silent };
  }
}

function withIds(path: string, ids: readonly string[]): string {
  return `${path}?${new URLSearchParams(ids.map((id) => ["id", id]))}`;
}

/** The word that let us in is nobody else's: it does not stay in the address. */
export function forgetEntry(): void {
  const address = new URL(location.href);
  if (!address.searchParams.has(entryWord)) return;
  address.searchParams.delete(entryWord);
  history.replaceState(history.state, "", address);
}

export function askPage(): Promise<Asked<LivePage>> {
  return ask(paths.page);
}

export function askComparison(ids: readonly [string, string]): Promise<Asked<PageComparison>> {
  return ask(withIds(paths.compare, ids));
}

export async function askFor(action: PageAction, token: string): Promise<Asked<{ readonly done: string }>> {
  return ask<Exclude<ActionAnswer, Refusal>>(paths.act, {
    method: "POST",
    headers: { "content-type": "application/json", [tokenHeader]: token },
    body: JSON.stringify(action),
  });
}

export function plotsAddress(ids: readonly string[]): string {
  return withIds(paths.plots, ids);
}

export interface Hearing {
  update(update: PageUpdate): void;
  reload(): void;
  problem(why: string): void;
  connection(state: "on" | "lost"): void;
}

/** Listens until the returned function is called. The browser connects again by itself, and gets what it missed. */
export function listen(from: string, hearing: Hearing): () => void {
  const events = new EventSource(`${paths.events}?${new URLSearchParams({ from })}`);
  const on = (name: string, work: (data: unknown) => void) =>
    events.addEventListener(name, (event) => work(JSON.parse((event as MessageEvent<string>).data)));
  on("update", (data) => hearing.update(data as PageUpdate));
  on("reload", () => hearing.reload());
  on("problem", (data) => hearing.problem(wordsOf(data as Refusal)));
  events.addEventListener("open", () => hearing.connection("on"));
  events.addEventListener("error", () => hearing.connection("lost"));
  return () => events.close();
}

/** Follows the log of a row until the returned function is called. */
export function hearLog(id: string, heard: (piece: LogPiece) => void, failed: () => void): () => void {
  const events = new EventSource(withIds(paths.log, [id]));
  events.addEventListener("log", (event) => heard(JSON.parse((event as MessageEvent<string>).data) as LogPiece));
  events.addEventListener("error", failed);
  return () => events.close();
}
