import path from "node:path";
import { describe, expect, test } from "vitest";
import { stateLayout } from "../../../src/experiments/layout.ts";
import { DevicePool, slotVariable } from "../../../src/run/limits/devices.ts";
import { makeTemporaryFolder } from "../../rig/index.ts";

function makeState() {
  return stateLayout({ tmpDir: path.join(makeTemporaryFolder(), "tmp") });
}

const noSlots: ReadonlyMap<string, number> = new Map();

describe("devices", () => {
  test("are given to one experiment each, spread over the GPUs before they are shared", () => {
    const pool = new DevicePool(makeState(), { gpus: ["0", "7"], perGpu: 2, slots: noSlots });
    expect(pool.places).toBe(4);
    const shares = [pool.take(), pool.take(), pool.take(), pool.take()];
    expect(shares.map((share) => share?.environment.CUDA_VISIBLE_DEVICES)).toEqual(["0", "7", "0", "7"]);
    expect(shares[0]?.environment.ROCR_VISIBLE_DEVICES).toBe("0");
    expect(pool.take()).toBeUndefined();
    if (shares[1] !== undefined) pool.give(shares[1]);
    expect(pool.take()?.environment.CUDA_VISIBLE_DEVICES).toBe("7");
  });

  test("are not given to two pools of one repository", () => {
    const state = makeState();
    const first = new DevicePool(state, { gpus: ["0"], perGpu: 1, slots: noSlots });
    const second = new DevicePool(state, { gpus: ["0", "1"], perGpu: 1, slots: noSlots });
    const share = first.take();
    expect(second.take()?.environment.CUDA_VISIBLE_DEVICES).toBe("1");
    expect(second.take()).toBeUndefined();
    if (share !== undefined) first.give(share);
    expect(second.take()?.environment.CUDA_VISIBLE_DEVICES).toBe("0");
  });

  test("are given all or none", () => {
    const pool = new DevicePool(makeState(), { gpus: ["0", "1"], perGpu: 1, slots: new Map([["licence", 1]]) });
    expect(pool.places).toBe(1);
    const share = pool.take();
    expect(share?.environment).toMatchObject({ CUDA_VISIBLE_DEVICES: "0", SWEEPLINE_SLOT_LICENCE: "0" });
    expect(pool.take()).toBeUndefined();
    if (share !== undefined) pool.give(share);
    expect(pool.take()?.environment.CUDA_VISIBLE_DEVICES).toBe("0");
  });

  test("names slots in upper case", () => {
    expect(slotVariable("tpu-v4")).toBe("SWEEPLINE_SLOT_TPU_V4");
  });
});
