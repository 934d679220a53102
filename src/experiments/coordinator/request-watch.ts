/** Looks several times a second whether somebody asks something of this process. */

import { isExpected } from "../../base/errors.ts";
import { note } from "../../base/trace.ts";
import type { StateLayout } from "../layout.ts";
import { type QueueRequest, readRequests, removeRequest } from "./requests.ts";

const pollMs = 200;

export class RequestWatch {
  private readonly timer: NodeJS.Timeout;

  /** @param handle answers whether the request was for this process: it is removed then */
  constructor(
    private readonly state: StateLayout,
    private readonly handle: (request: QueueRequest) => boolean,
  ) {
    this.timer = setInterval(() => this.tryToLook(), pollMs);
    this.timer.unref();
  }

  private tryToLook(): void {
    try {
      this.look();
    } catch (error) {
      // Too many open files, a full disk: it is looked at again soon.
      if (!isExpected(error)) throw error;
    }
  }

  private look(): void {
    for (const request of readRequests(this.state)) {
      if (!this.handle(request)) continue;
      note("requests", () => `heard: ${JSON.stringify(request)}`);
      removeRequest(this.state, request);
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}
