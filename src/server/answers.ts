/** Answers of the server: every one with the headers that keep a page to itself. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isExpected, SweeplineError } from "../base/errors.ts";
import { parseJson } from "../base/json.ts";
import type { Refusal } from "../report/page/live-contract.ts";

/** No script, style or connection but the server's own; no frame around it, no form, no other base. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A page with plots holds all that it needs, says so itself, and is nobody's origin: templates may be a stranger's. */
const plotsPolicy = "sandbox allow-scripts allow-downloads; frame-ancestors 'none'";

const alwaysHeaders = {
  "cache-control": "no-store",
  "content-security-policy": pagePolicy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const;

export function setHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(alwaysHeaders)) response.setHeader(name, value);
}

const types = {
  html: "text/html; charset=utf-8",
  script: "text/javascript; charset=utf-8",
  style: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
} as const;

export function answer(response: ServerResponse, type: keyof typeof types, text: string): void {
  response.setHeader("content-type", types[type]);
  response.end(text);
}

export function answerPlots(response: ServerResponse, html: string): void {
  response.setHeader("content-security-policy", plotsPolicy);
  answer(response, "html", html);
}

export function sendRefusal(response: ServerResponse, status: number, { error }: Refusal): void {
  response.statusCode = status;
  // What was sent and not read: the connection is not used again.
  response.setHeader("connection", "close");
  answer(response, "json", JSON.stringify({ error } satisfies Refusal));
}

export function refusalOf(error: Error): Refusal {
  if (!(error instanceof SweeplineError)) return { error: { code: "SYSTEM", message: error.message } };
  const { code, message, hint } = error;
  return { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
}

/** What is expected to be refused is answered; a bug goes on up. */
export async function answeringFor(response: ServerResponse, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isExpected(error)) throw error;
    if (response.headersSent) response.destroy();
    else sendRefusal(response, 409, refusalOf(error));
  }
}

/** The JSON of a request's body. Throws REQUEST_NOT_JSON, also for a body that is too large. */
export async function jsonBody(request: IncomingMessage, mostBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes)
      throw new SweeplineError({ code: "REQUEST_NOT_JSON", message: `more than ${mostBytes} bytes were sent` });
    chunks.push(chunk);
  }
  const value = parseJson(Buffer.concat(chunks).toString());
  if (value !== undefined) return value;
  throw new SweeplineError({ code: "REQUEST_NOT_JSON", message: "what was sent is no JSON" });
}
