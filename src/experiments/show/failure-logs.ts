/** The ends of the logs of failed experiments. */
import { LogText } from "../../base/text/log-text.ts";
import { withoutCredentials } from "../../base/text/secrets.ts";
import type { Baseline } from "../reading/types.ts";
import { logTail } from "../runs/log-tail.ts";

/** So many bytes of a log tell what went wrong. */
const longestTail = 4000;
/** So many logs are read. */
const mostLogs = 500;

export function failureLogs(baselines: readonly Baseline[]): ReadonlyMap<string, string> {
  const failed = baselines.flatMap(({ experiments }) =>
    experiments.flatMap(({ executor, revs }) => {
      const log = executor?.state === "failed" ? executor.local?.log : undefined;
      return log == null ? [] : [{ commit: revs[0].rev, log }];
    }),
  );
  return new Map(failed.slice(0, mostLogs).map(({ commit, log }) => [commit, shownTail(logTail(log))] as const));
}

/** The end of a log, safe to be shown and sent: without control characters, and without passwords of addresses. */
export function shownTail(log: Buffer): string {
  const text = new LogText();
  return withoutCredentials(text.next(log.subarray(-longestTail)) + text.end());
}
