import path from "node:path";
import { Command } from "commander";
import { exitCodes, SweeplineError } from "../../../base/errors.ts";
import {
  askForCheckpoint,
  checkpointPlace,
  checkpointVariable,
} from "../../../pipeline/processes/checkpoint-signal.ts";
import type { CommandFactory } from "../command.ts";

const examples = `
Examples, in the command of a stage:
  python train.py --epochs 1 && sweepline checkpoint
  for epoch in 1 2 3; do ./train model.bin; sweepline checkpoint || exit; done
`;

function unheard(message: string): SweeplineError {
  return new SweeplineError({
    code: "CHECKPOINT_UNHEARD",
    message,
    hint: "It belongs into the command of a stage with a `checkpoint: true` output, run by `sweepline exp run` or a sweep.",
  });
}

/** `sweepline checkpoint` */
export const command: CommandFactory = (io, finish) =>
  new Command("checkpoint")
    .description(
      "Register the outputs of the stage that calls it, as they are now, as a checkpoint of the experiment. It returns once the checkpoint is safe.",
    )
    .addHelpText("after", examples)
    .action(async () => {
      const { DVC_ROOT: root, [checkpointVariable]: isAsked } = io.env;
      if (!root || !isAsked) throw unheard("no stage that makes checkpoints runs here");
      const answer = await askForCheckpoint(checkpointPlace(path.join(root, ".dvc", "tmp")));
      if (answer === "nobody") throw unheard("the run that this stage belongs to is gone");
      finish(exitCodes.ok);
    });
