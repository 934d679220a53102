/** The pin of a run: held while a stage's outputs are stored or restored, until its lock file names them. */
import { type Pin, type PinRequest, pinCache } from "../locks/pins.ts";
import type { LockBook } from "./lock-book.ts";

/** Of one stage; both may be called again and again. */
export interface StepPin {
  hold(): Promise<void>;
  release(): void;
}

export const noStepPin: StepPin = { hold: async () => undefined, release: () => undefined };

/** One pin for all stages that a run has at hand. */
export class StorePins {
  private holders = 0;
  private pin: Promise<Pin> | undefined;

  constructor(
    private readonly request: PinRequest,
    private readonly locks: LockBook,
  ) {
    locks.onWritten(() => this.releaseIfIdle());
  }

  ofStep(): StepPin {
    let isHeld = false;
    return {
      hold: async () => {
        if (!isHeld) this.holders++;
        isHeld = true;
        this.pin ??= pinCache(this.request);
        await this.pin;
      },
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.holders--;
        this.releaseIfIdle();
      },
    };
  }

  /** Entries that a lock file has not got yet keep it. */
  private releaseIfIdle(): void {
    const { pin } = this;
    if (pin === undefined || this.holders > 0 || this.locks.isPending()) return;
    this.pin = undefined;
    void pin.then((taken) => taken.release());
  }
}
