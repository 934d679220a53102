/** Work over a network, tried again while its failure may pass: hosted remotes limit rates, and forty jobs push at once. */
import { pause } from "../base/pause.ts";
import { mayPass } from "./exit-codes.ts";

const tries = 8;
/** 0.25, 0.5, 1, ... 16 s: half a minute in all, each made longer by chance so that jobs do not meet again. */
const firstPauseMs = 250;

/**
 * @param told called before each further try, with what went wrong
 * @param stop once aborted, nothing is tried again
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  told: (message: string) => void,
  stop?: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === tries || !mayPass(error) || stop?.aborted) throw error;
      told(error instanceof Error ? error.message : String(error));
      await pause(firstPauseMs * 2 ** (attempt - 1) * (1 + Math.random()), stop);
      if (stop?.aborted) throw error;
    }
  }
}
