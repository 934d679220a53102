/** Server-Sent Events: what is told goes to all who listen; who was away for a moment gets what it missed. */
import type { ServerResponse } from "node:http";

/** More listeners than tabs that anybody looks at. */
const mostListeners = 32;
/** Kept for those who come back. */
const mostKept = 200;
const mostKeptBytes = 8 << 20;
/** Who takes nothing for so long gets it all anew, later. */
const mostUnsent = 32 << 20;

interface Told {
  readonly number: number;
  readonly text: string;
}

/** The text of one event. JSON has no line ends. */
export function eventText(name: string, data: unknown, id?: string): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

export const eventHeaders = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" } as const;

export class EventStream {
  readonly #listeners = new Set<ServerResponse>();
  readonly #kept: Told[] = [];
  #keptBytes = 0;
  #number = 0;

  /** @param run another one for each server: numbers of an earlier one mean nothing */
  constructor(
    private readonly run: string,
    private readonly onAlone: () => void,
  ) {}

  /** By which later events are news. */
  get at(): string {
    return `${this.run}-${this.#number}`;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  send(name: string, data: unknown): void {
    this.#number += 1;
    const text = eventText(name, data, this.at);
    this.#kept.push({ number: this.#number, text });
    this.#keptBytes += text.length;
    while (this.#kept.length > mostKept || (this.#keptBytes > mostKeptBytes && this.#kept.length > 1))
      this.#keptBytes -= this.#kept.shift()?.text.length ?? 0;
    for (const listener of this.#listeners) {
      if (listener.writableLength > mostUnsent) listener.destroy();
      else listener.write(text);
    }
  }

  /** Answers false where there are too many. @param from the last event that it has */
  listen(response: ServerResponse, from: string): boolean {
    if (this.#listeners.size >= mostListeners) return false;
    response.writeHead(200, eventHeaders);
    response.write(this.#missed(from));
    this.#listeners.add(response);
    response.once("close", () => {
      this.#listeners.delete(response);
      if (this.#listeners.size === 0) this.onAlone();
    });
    return true;
  }

  close(): void {
    for (const listener of this.#listeners) listener.destroy();
  }

  #missed(from: string): string {
    const [run, number] = [from.slice(0, from.lastIndexOf("-")), Number(from.slice(from.lastIndexOf("-") + 1))];
    const first = this.#kept[0]?.number ?? this.#number + 1;
    const isKnown = run === this.run && Number.isSafeInteger(number) && number <= this.#number && number >= first - 1;
    if (!isKnown) return eventText("reload", {}, this.at);
    const missed = this.#kept.filter((told) => told.number > number).map(({ text }) => text);
    // A first line: the browser knows then that it is connected.
    return missed.length === 0 ? ": connected\n\n" : missed.join("");
  }
}
