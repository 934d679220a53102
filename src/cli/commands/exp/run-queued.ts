/** `exp run --queue`: into the queue, to be run later. */
import { exitCodes } from "../../../base/errors.ts";
import { type EnqueueOutcome, enqueue } from "../../../experiments/make/enqueue.ts";
import { type EnqueuePurpose, enqueueRequest } from "../../../experiments/make/enqueue-request.ts";
import { askedRun } from "../../options/experiments.ts";
import type { ExitCode } from "../../terminal/io.ts";
import { queuedText } from "../../words/queue-text.ts";
import type { RunCall } from "./run-call.ts";

/** Makes queue entries of the points. */
export function enqueueCall(call: RunCall, purpose: EnqueuePurpose): Promise<EnqueueOutcome> {
  const { context, inputs, options, from } = call;
  const facts = { inputs, name: options.name, run: askedRun(call, call), ...(from === undefined ? {} : { from }) };
  return enqueue(context, enqueueRequest(purpose, facts));
}

/** Queues the points and says so. */
export async function queueOnly(call: RunCall): Promise<ExitCode> {
  const points = call.expansion.isSweep ? "sweep" : "one";
  const outcome = await enqueueCall(call, { kind: "queue", points, place: call.options.first ? "first" : "last" });
  call.io.stdout.write(queuedText(outcome, call.expansion.points));
  return exitCodes.ok;
}
