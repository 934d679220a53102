/**
 * Devices and other places of which each running experiment gets one of its own. A lock file a place, so that two
 * processes which run the queue do not give out the same one.
 */
import path from "node:path";
import { existsSync, readdirSync } from "../../base/files.ts";
import { lockHolder, tryLock, unlock } from "../../base/locks.ts";
import type { StateLayout } from "../../experiments/layout.ts";

export interface DeviceOptions {
  /** As CUDA_VISIBLE_DEVICES names them: numbers or UUIDs. */
  readonly gpus: readonly string[];
  /** How many experiments share one. */
  readonly perGpu: number;
  /** name to number of places, numbered from 0. */
  readonly slots: ReadonlyMap<string, number>;
}

/** One place of each kind: what the stages are told of it, and how it is given back. */
export interface DeviceShare {
  readonly environment: Readonly<Record<string, string>>;
  readonly locks: readonly string[];
}

interface Place {
  readonly lock: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** `tpu-v4` as the end of a variable's name: TPU_V4. */
export function slotVariable(name: string): string {
  return `SWEEPLINE_SLOT_${name.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase()}`;
}

function claimFile(state: StateLayout, pid: number): string {
  return path.join(state.devices, `runner-${pid}.lock`);
}

/**
 * Tells the other processes that run the queue that this one gives each experiment a device of its own: meanwhile one
 * that gives none starts nothing. Answers what ends it.
 */
export function claimDevices(state: StateLayout): () => void {
  const file = claimFile(state, process.pid);
  tryLock(file, "devices");
  return () => unlock(file);
}

/** The living processes that give out devices. */
export function deviceRunners(state: StateLayout): readonly number[] {
  if (!existsSync(state.devices)) return [];
  return readdirSync(state.devices).flatMap((name) => {
    if (!name.startsWith("runner-")) return [];
    return lockHolder(path.join(state.devices, name))?.pid ?? [];
  });
}

export class DevicePool {
  /** For each kind its places, in the order in which they are given out. */
  private readonly kinds: readonly (readonly Place[])[];

  constructor(state: StateLayout, options: DeviceOptions) {
    const folder = state.devices;
    const gpus = Array.from({ length: options.perGpu }, (_, share) =>
      options.gpus.map((gpu) => ({
        lock: path.join(folder, `gpu-${encodeURIComponent(gpu)}-${share}.lock`),
        environment: { CUDA_VISIBLE_DEVICES: gpu, ROCR_VISIBLE_DEVICES: gpu },
      })),
    ).flat();
    const slots = [...options.slots].map(([name, number]) =>
      Array.from({ length: number }, (_, index) => ({
        lock: path.join(folder, `slot-${encodeURIComponent(name)}-${index}.lock`),
        environment: { [slotVariable(name)]: String(index) },
      })),
    );
    this.kinds = [...(options.gpus.length === 0 ? [] : [gpus]), ...slots];
  }

  /** How many experiments can run at once; undefined where nothing limits them. */
  get places(): number | undefined {
    return this.kinds.length === 0 ? undefined : Math.min(...this.kinds.map((places) => places.length));
  }

  /** One place of each kind, or undefined where one of them is all taken. */
  take(): DeviceShare | undefined {
    const taken: Place[] = [];
    for (const places of this.kinds) {
      const place = places.find(({ lock }) => tryLock(lock, "device"));
      if (place === undefined) {
        for (const { lock } of taken) unlock(lock);
        return undefined;
      }
      taken.push(place);
    }
    return {
      environment: Object.assign({}, ...taken.map((place) => place.environment)),
      locks: taken.map((place) => place.lock),
    };
  }

  give(share: DeviceShare): void {
    for (const lock of share.locks) unlock(lock);
  }
}
