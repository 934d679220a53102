/**
 * Who may ask, and who may change something. The server is on 127.0.0.1, where any page that the user has open may send requests,
 * and any program of the machine: so
 *
 * - the Host has to be ours: a name that a stranger points at 127.0.0.1 is none;
 * - facts go to who has the session's cookie, which no other site's request carries (SameSite=Strict) and no script reads (HttpOnly).
 *   It is given to the first who brings the word of the address that was printed, and to nobody else;
 * - a change also needs a header with the token that only our own page can read, JSON, and no other Origin than ours.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { entryWord, tokenHeader } from "../report/page/live-contract.ts";

export type Access = "read and change" | "read only";

/** What is said to who is not let in. */
export interface GateRefusal {
  readonly status: 400 | 403 | 405 | 415 | 421;
  readonly text: string;
}

function isSame(given: string | undefined, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(secret));
}

function newSecret(): string {
  return randomBytes(24).toString("base64url");
}

const forbidden = (text: string): GateRefusal => ({ status: 403, text });

const notLetIn = forbidden(
  "Open the address that `sweepline ui` printed. It lets one browser in, once: for another one start it anew.",
);

export class Gate {
  readonly token = newSecret();
  readonly #session = newSecret();
  #entry: string | undefined = newSecret();
  #port = 0;

  constructor(readonly access: Access) {}

  /** Once it is known. */
  set port(port: number) {
    this.#port = port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The address for one browser. */
  get address(): string {
    return `${this.origin}/?${entryWord}=${this.#entry ?? ""}`;
  }

  /** Of every request. */
  refuseForeign({ headers, method }: IncomingMessage): GateRefusal | undefined {
    const hosts = [`127.0.0.1:${this.#port}`, `localhost:${this.#port}`];
    if (!hosts.includes(headers.host ?? "")) return { status: 421, text: "This server has another name." };
    if (method !== "GET" && method !== "POST") return { status: 405, text: "Only GET and POST are answered." };
    return undefined;
  }

  /** The cookie for who brings the word; a refusal for who brings a wrong one; undefined for who brings none, or needs none. */
  enter(request: IncomingMessage, url: URL): { readonly cookie: string } | GateRefusal | undefined {
    const word = url.searchParams.get(entryWord);
    if (word === null || this.#hasSession(request)) return undefined;
    if (this.#entry === undefined || !isSame(word, this.#entry)) return notLetIn;
    this.#entry = undefined;
    return { cookie: `${this.#cookieName}=${this.#session}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Strict` };
  }

  /** Of what asks for facts. */
  refuseStranger(request: IncomingMessage): GateRefusal | undefined {
    const site = request.headers["sec-fetch-site"];
    const isOwn = site === undefined || site === "same-origin" || site === "none";
    return isOwn && this.#hasSession(request) ? undefined : notLetIn;
  }

  /** Of what would change something; the stranger was refused before. */
  refuseChange({ headers }: IncomingMessage): GateRefusal | undefined {
    if (this.access === "read only") return forbidden("This page only shows: it was started with --read-only.");
    const { origin, host } = headers;
    if (origin !== undefined && origin !== `http://${host}`) return forbidden("Another page asked for this.");
    const [given] = [headers[tokenHeader]].flat();
    if (!isSame(given, this.token)) return forbidden("The token is wrong: load the page anew.");
    if (!/^application\/json\b/.test(headers["content-type"] ?? "")) return { status: 415, text: "JSON is wanted." };
    return undefined;
  }

  /** Cookies are of a host, whatever the port: each server has a name for its own. */
  get #cookieName(): string {
    return `sweepline-ui-${this.#port}`;
  }

  #hasSession({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? "").split(/;\s*/).map((each) => each.split("="));
    return cookies.some(([name, value]) => name === this.#cookieName && isSame(value, this.#session));
  }
}
