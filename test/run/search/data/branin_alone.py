"""Prints as JSON the best of 60 trials of Optuna's TPE on Branin's function, for each of 20 seeds."""

import json
import math

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def branin(trial):
    x = trial.suggest_float("x", -5.0, 10.0)
    y = trial.suggest_float("y", 0.0, 15.0)
    a = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return a * a + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


best = []
for seed in range(20):
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.optimize(branin, n_trials=60)
    best.append(study.best_value)
print(json.dumps(best))
