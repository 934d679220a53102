"""Reads recordings on the standard input (optuna-decisions.json) and prints them with the decisions that Optuna makes now."""

import json
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def pruner(recording):
    if recording["rule"] in ("asha", "halving"):
        return optuna.pruners.SuccessiveHalvingPruner(
            min_resource=recording["minSteps"], reduction_factor=recording["reduction"], min_early_stopping_rate=0
        )
    return optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=recording["minSteps"])


def is_early(recording, step, came):
    """Halving ends nobody at a rung to which fewer have come than one of whom is to go on. Who may go on all the same is one that
    Optuna counts at that rung too."""
    rung = recording["minSteps"]
    while rung < step:
        rung *= recording["reduction"]
    if rung != step:
        return False
    came[rung] = came.get(rung, 0) + 1
    return recording["rule"] == "halving" and came[rung] < recording["reduction"]


def decide(recording):
    study = optuna.create_study(direction=recording["direction"], pruner=pruner(recording))
    trials = {}
    came = {}
    log = []
    for run, step, value, _ in recording["log"]:
        trial = trials[run] = trials.get(run) or study.ask()
        trial.report(value, step)
        early = is_early(recording, step, came)
        stopped = bool(trial.should_prune()) and not early
        log.append([run, step, value, stopped])
        if stopped:
            study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        elif step == recording["steps"]:
            study.tell(trial, value)
    return {**recording, "log": log}


recorded = json.load(sys.stdin)
made = {"by": f"Optuna {optuna.__version__}", "recordings": [decide(recording) for recording in recorded["recordings"]]}
print(json.dumps(made))
