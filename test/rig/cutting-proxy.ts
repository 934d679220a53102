/** Stands between a client and a server of this machine, and breaks all connections after so many bytes of one direction. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect } from "vitest";
import { seed } from "../seed.ts";

export type Direction = "sent" | "received";

export class CuttingProxy {
  /** What came through since `reset`, over all connections. */
  readonly passed = { sent: 0, received: 0 };
  #cut: { readonly direction: Direction; readonly after: number } | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #server;

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, "127.0.0.1")));
  }

  static async start(port: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(port);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Counts anew. @param cut undefined: nothing is broken */
  reset(cut?: { readonly direction: Direction; readonly after: number }): void {
    this.passed.sent = 0;
    this.passed.received = 0;
    this.#cut = cut;
  }

  close(): void {
    this.#breakAll();
    this.#server.close();
  }

  #breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket, server: Socket): void {
    for (const [from, to, direction] of [
      [client, server, "sent"],
      [server, client, "received"],
    ] as const) {
      this.#sockets.add(from);
      from.on("data", (chunk: Buffer) => this.#pass(chunk, to, direction));
      from.on("end", () => to.end());
      from.on("error", () => to.destroy());
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroySoon();
      });
    }
  }

  #pass(chunk: Buffer, to: Socket, direction: Direction): void {
    const cut = this.#cut?.direction === direction ? this.#cut.after - this.passed[direction] : Infinity;
    this.passed[direction] += chunk.length;
    if (cut > chunk.length) to.write(chunk);
    else to.write(chunk.subarray(0, Math.max(0, cut)), () => this.#breakAll());
  }
}

/** How many places of each direction are tried beside the first and the last; SWEEPLINE_CUTS=1000 tries more. */
const cuts = Number(process.env.SWEEPLINE_CUTS ?? 1);

/** So many of the numbers below `end`, by the seed; the first and the last byte are among them. */
function sample(end: number): readonly number[] {
  let state = (seed ?? 1) >>> 0;
  const drawn = Array.from({ length: cuts }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % end;
  });
  return [...new Set([0, ...drawn, end - 1])];
}

/**
 * A whole call, for the bytes of it, then at each of some places one that is cut and one that finishes it. Calls of one name are
 * on the same sides; `look` sees them after each.
 */
export async function cutEverywhere(
  proxy: CuttingProxy,
  call: (name: string) => Promise<number | null>,
  look: (name: string) => void,
): Promise<void> {
  proxy.reset();
  expect(await call("whole")).toBe(0);
  const whole = { ...proxy.passed };
  let number = 0;
  for (const direction of ["sent", "received"] as const satisfies readonly Direction[]) {
    for (const after of sample(whole[direction])) {
      const name = `cut-${number++}`;
      proxy.reset({ direction, after });
      const exitCode = await call(name);
      // The last words may be such that nobody misses them.
      expect([direction, after, [0, 255].includes(exitCode ?? -1)]).toEqual([direction, after, true]);
      look(name);
      proxy.reset();
      expect([direction, after, await call(name)]).toEqual([direction, after, 0]);
      look(name);
    }
  }
}
