/** Stands between a client and a server of this machine, and breaks all connections after so many bytes of one direction. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

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
