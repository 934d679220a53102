/** Whether one more experiment may start: the number of jobs, the memory, the devices. */
import type { StateLayout } from "../../experiments/layout.ts";
import { AutoJobs, type Measured } from "./auto-jobs.ts";
import { claimDevices, type DeviceOptions, DevicePool, type DeviceShare, deviceRunners } from "./devices.ts";

export interface CapacityOptions {
  readonly jobs: number;
  /** "measured": `jobs` is the most, the memory may allow fewer. Default: "fixed". */
  readonly memory?: "fixed" | "measured";
  readonly devices?: DeviceOptions;
  /** "take": entries that other processes could have, too. */
  readonly claims: "take" | "held";
}

const noDevices: DeviceShare = { environment: {}, locks: [] };

export class Capacity {
  jobs: number;
  private readonly auto: AutoJobs | undefined;
  private readonly devices: DevicePool | undefined;
  private readonly giveUpDevices: (() => void) | undefined;

  constructor(
    private readonly state: StateLayout,
    private readonly options: CapacityOptions,
    private readonly running: () => Iterable<Measured>,
  ) {
    this.jobs = options.jobs;
    this.auto = options.memory === "measured" ? new AutoJobs(running) : undefined;
    this.devices = options.devices === undefined ? undefined : new DevicePool(state, options.devices);
    this.giveUpDevices = this.devices !== undefined && options.claims === "take" ? claimDevices(state) : undefined;
  }

  /** "full": until one of ours ends. "later": the memory or another process may make room at any time. */
  acquire(): DeviceShare | "full" | "later" {
    if ([...this.running()].length >= this.jobs) return "full";
    if (this.auto?.mayStart() === false) return "later";
    if (this.devices !== undefined) return this.devices.take() ?? "later";
    return this.options.claims === "take" && deviceRunners(this.state).length > 0 ? "later" : noDevices;
  }

  /** @param run the one that had the share; undefined where none was started */
  release(share: DeviceShare, run?: Measured): void {
    this.devices?.give(share);
    if (run !== undefined) this.auto?.ended(run);
  }

  close(): void {
    this.auto?.close();
    this.giveUpDevices?.();
  }
}
