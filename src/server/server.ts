/** `sweepline ui`: a server on 127.0.0.1 for one page, which shows experiments and changes with them. */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { isSystemError, SweeplineError } from "../base/errors.ts";
import { Sequence } from "../base/promises.ts";
import type { FilterRow } from "../experiments/find/filter-row.ts";
import type { ExperimentsContext } from "../experiments/repository.ts";
import type { PageData } from "../report/page/contract.ts";
import { type ActionAnswer, type LivePage, type PageAction, paths } from "../report/page/live-contract.ts";
import { act, parseAction } from "./actions.ts";
import { answer, answeringFor, answerPlots, jsonBody, refusalOf, sendRefusal, setHeaders } from "./answers.ts";
import { compareRows, plotsOfRows } from "./comparison.ts";
import { EventStream } from "./event-stream.ts";
import { type Access, Gate, type GateRefusal } from "./gate.ts";
import { LiveState } from "./live-state.ts";
import { streamLog } from "./log-stream.ts";
import { Refresher } from "./refresher.ts";

export interface UiRequest {
  /** 0: a free one. */
  readonly port: number;
  readonly access: Access;
  readonly facts: Pick<PageData, "title" | "madeBy">;
  /** What the build made for browsers. */
  readonly assets: { readonly page: string; readonly style: string; readonly plots: string };
}

export interface RunningUi {
  /** With the word that lets one browser in. */
  readonly address: string;
  readonly origin: string;
  /** At once, whoever listens. */
  close(): void;
}

const html = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>sweepline</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/ui.css">
</head>
<body>
<div id="page"></div>
<noscript>This page is drawn by a script of its own: allow scripts for it.</noscript>
<script src="/ui.js"></script>
</body>
</html>
`;

const mostActionBytes = 256 * 1024;
const mostPlotRows = 50;

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

type Handler = (call: Call) => Promise<void> | void;

/** A path of ours: proxies are asked with whole addresses, and two slashes begin the name of another server. */
function urlOf({ url = "" }: IncomingMessage, origin: string): URL | undefined {
  return /^\/(?!\/)/.test(url) && URL.canParse(url, origin) ? new URL(url, origin) : undefined;
}

function refuseAtGate(response: ServerResponse, { status, text }: GateRefusal): void {
  sendRefusal(response, status, { error: { code: "REQUEST_NOT_LET_IN", message: text } });
}

/** Those that end or stop something do not wait for the others, nor do these for them: they may take a minute. */
function isPatient({ kind }: PageAction): boolean {
  return kind === "queue kill" || kind === "queue stop";
}

class Ui {
  readonly gate: Gate;
  readonly #live: LiveState;
  readonly #events: EventStream;
  readonly #refresher: Refresher;
  readonly #acting = new Sequence();

  constructor(
    private readonly context: ExperimentsContext,
    private readonly asked: UiRequest,
  ) {
    this.gate = new Gate(asked.access);
    this.#live = new LiveState(context, asked.facts);
    this.#events = new EventStream(randomBytes(6).toString("hex"), () => this.#refresher.rest());
    this.#refresher = new Refresher(context, this.#live, {
      told: (change) => {
        if (change.kind === "update") this.#events.send("update", change.update);
        else if (change.kind === "reload") this.#events.send("reload", {});
      },
      failed: (error) => this.#events.send("problem", refusalOf(error)),
      isHeard: () => this.#events.isHeard,
    });
  }

  readAhead(): void {
    this.#refresher.readAhead();
  }

  close(): void {
    this.#refresher.rest();
    this.#events.close();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setHeaders(response);
    const foreign = this.gate.refuseForeign(request);
    if (foreign !== undefined) return refuseAtGate(response, foreign);
    const url = urlOf(request, this.gate.origin);
    const route = url === undefined ? undefined : this.#routeOf(request.method ?? "", url.pathname);
    if (url === undefined || route === undefined)
      return sendRefusal(response, 404, { error: { code: "REQUEST_NOT_LET_IN", message: "There is nothing here." } });
    const refused = route.who === "anybody" ? undefined : this.gate.refuseStranger(request);
    const unchanged = route.who === "who may change" ? this.gate.refuseChange(request) : undefined;
    const refusal = refused ?? unchanged;
    if (refusal !== undefined) return refuseAtGate(response, refusal);
    await answeringFor(response, async () => route.handle({ request, response, url }));
  }

  /** Paths are words of this table: none leads to a file. */
  #routeOf(method: string, pathname: string) {
    const { page, style } = this.asked.assets;
    const routes: Readonly<Record<string, { who: "anybody" | "who was let in" | "who may change"; handle: Handler }>> =
      {
        "GET /": { who: "anybody", handle: (call) => this.#enter(call) },
        "GET /ui.js": { who: "anybody", handle: ({ response }) => answer(response, "script", page) },
        "GET /ui.css": { who: "anybody", handle: ({ response }) => answer(response, "style", style) },
        [`GET ${paths.page}`]: { who: "who was let in", handle: (call) => this.#page(call) },
        [`GET ${paths.events}`]: { who: "who was let in", handle: (call) => this.#listen(call) },
        [`GET ${paths.log}`]: { who: "who was let in", handle: (call) => this.#log(call) },
        [`GET ${paths.compare}`]: { who: "who was let in", handle: (call) => this.#compare(call) },
        [`GET ${paths.plots}`]: { who: "who was let in", handle: (call) => this.#plots(call) },
        [`POST ${paths.act}`]: { who: "who may change", handle: (call) => this.#act(call) },
      };
    const name = `${method} ${pathname}`;
    return Object.hasOwn(routes, name) ? routes[name] : undefined;
  }

  /** The page's frame holds nothing of the repository: anybody may have it. */
  #enter({ request, response, url }: Call): void {
    const entered = this.gate.enter(request, url);
    if (entered !== undefined && "status" in entered) {
      refuseAtGate(response, entered);
      return;
    }
    if (entered !== undefined) response.setHeader("set-cookie", entered.cookie);
    answer(response, "html", html);
  }

  async #page({ response }: Call): Promise<void> {
    await this.#refresher.begin();
    const isFree = this.gate.access === "read and change";
    const page: LivePage = {
      page: this.#live.page,
      queue: this.#live.queue,
      at: this.#events.at,
      access: this.gate.access,
      token: isFree ? this.gate.token : "",
    };
    answer(response, "json", JSON.stringify(page));
  }

  async #listen({ request, response, url }: Call): Promise<void> {
    const [from] = [request.headers["last-event-id"] ?? url.searchParams.get("from") ?? ""].flat();
    await this.#refresher.begin();
    if (!this.#events.listen(response, from ?? ""))
      sendRefusal(response, 503, { error: { code: "REQUEST_NOT_LET_IN", message: "Too many pages listen." } });
  }

  #rowOf(id: string): FilterRow {
    const row = this.#live.rowOf(id);
    if (row !== undefined) return row;
    throw new SweeplineError({ code: "NOT_AN_EXPERIMENT", message: `'${id}' is not there any more` });
  }

  #log({ response, url }: Call): void {
    const { experiment, facts } = this.#rowOf(url.searchParams.get("id") ?? "");
    const log = experiment.executor?.local?.log;
    if (log == null)
      throw new SweeplineError({ code: "NO_LOG", message: `there is no log of '${facts.name ?? ""}' here` });
    streamLog(log, response);
  }

  async #compare({ response, url }: Call): Promise<void> {
    const [a, b] = url.searchParams.getAll("id").map((id) => this.#rowOf(id));
    if (a === undefined || b === undefined)
      throw new SweeplineError({ code: "NOTHING_CHOSEN", message: "two experiments are compared" });
    answer(response, "json", JSON.stringify(await compareRows(this.context, a, b)));
  }

  async #plots({ response, url }: Call): Promise<void> {
    const ids = url.searchParams.getAll("id").slice(0, mostPlotRows);
    const page = await plotsOfRows(
      this.context,
      ids.map((id) => this.#rowOf(id)),
      this.asked.assets.plots,
    );
    answerPlots(response, page);
  }

  async #act({ request, response }: Call): Promise<void> {
    const action = parseAction(await jsonBody(request, mostActionBytes));
    const doing = () => act({ context: this.context, rowOf: (id) => this.#rowOf(id) }, action);
    // One after the other: they share locks of this process.
    try {
      // One after the other: they share locks of this process.
      const done = await (isPatient(action) ? doing() : this.#acting.add(doing));
      answer(response, "json", JSON.stringify({ done } satisfies ActionAnswer));
    } finally {
      this.#refresher.touch("all");
    }
  }
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
  });
}

/** Starts it. Errors: PORT_REFUSED. */
export async function startUi(context: ExperimentsContext, request: UiRequest): Promise<RunningUi> {
  const ui = new Ui(context, request);
  const server = createServer((incoming, response) => void ui.answer(incoming, response));
  try {
    await listening(server, request.port);
  } catch (error) {
    if (!isSystemError(error, "EADDRINUSE", "EACCES", "EADDRNOTAVAIL")) throw error;
    throw new SweeplineError({
      code: "PORT_REFUSED",
      message: `port ${request.port} of 127.0.0.1 can't be had${error.code === "EADDRINUSE" ? ": something listens there" : ""}`,
      hint: "Without --port a free one is found.",
      cause: error,
    });
  }
  ui.gate.port = (server.address() as AddressInfo).port;
  ui.readAhead();
  return {
    address: ui.gate.address,
    origin: ui.gate.origin,
    close: () => {
      ui.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
