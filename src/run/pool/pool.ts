import { createRequire } from "node:module";
import type { Piscina } from "piscina";
import type { WorkerTasks } from "./tasks.ts";

/** The pool of worker threads, typed by the task map. */
export class WorkerPool {
  private readonly pool: Piscina;

  constructor(threads: number) {
    // Loaded at the first use: a run in the workspace and a queued experiment need no pool.
    const piscina: typeof import("piscina") = createRequire(import.meta.url)("piscina");
    this.pool = new piscina.Piscina({
      filename: new URL("../bin/worker.js", import.meta.url).href,
      minThreads: 1,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      idleTimeout: 60_000,
      // A worker's garbage is short-lived: a small nursery keeps the memory of many workers flat, at no cost in time.
      resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 1024 },
      // Between tasks a worker must keep its event loop: streams of ended stages still close there.
      atomics: "disabled",
    });
    // A worker that dies between two tasks takes none with it, and is replaced; unheard, its error would end us.
    this.pool.on("error", () => undefined);
  }

  /** Rejects where the worker itself died (out of memory, process.exit in it): an outside cause, not the experiment's. */
  run<Name extends keyof WorkerTasks>(
    name: Name,
    input: WorkerTasks[Name]["input"] & { readonly port: unknown },
  ): Promise<WorkerTasks[Name]["output"]> {
    return this.pool.run(input, { name, transferList: [input.port as never] });
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
