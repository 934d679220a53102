/** Looks several times a second whether somebody asks something of this process. */

import type { StateLayout } from "../experiments/layout.ts";
import { type QueueRequest, readRequests, removeRequest } from "../experiments/requests.ts";

const pollMs = 200;

export class RequestWatch {
  private readonly timer: NodeJS.Timeout;

  /** @param handle answers whether the request was for this process: it is removed then */
  constructor(
    private readonly state: StateLayout,
    private readonly handle: (request: QueueRequest) => boolean,
  ) {
    this.timer = setInterval(() => this.look(), pollMs);
    this.timer.unref();
  }

  look(): void {
    for (const request of readRequests(this.state)) if (this.handle(request)) removeRequest(this.state, request);
  }

  close(): void {
    clearInterval(this.timer);
  }
}
