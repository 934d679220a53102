"""Answers lines of JSON on the standard input: the samplers of Optuna for `sweepline search`.

Each line is a request, and has one answer. Coordinates are those of the space of a search: a float from 0 up to 1, or the
index of a value.
"""

import json
import os
import sys
import warnings

# What libraries print must not stand among the answers.
answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def refuse(kind, message):
    return {"error": kind, "message": message}


class Search:
    def __init__(self, request):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        warnings.filterwarnings("ignore")
        self.optuna = optuna
        self.request = request
        self.asked = {}
        self.space = {axis["name"]: self.distribution(axis) for axis in request["axes"]}
        self.names = list(self.space)
        self.study = optuna.create_study(directions=request["directions"], sampler=self.sampler(0))

    def distribution(self, axis):
        kinds = self.optuna.distributions
        if axis["kind"] == "float":
            return kinds.FloatDistribution(0.0, 1.0)
        if axis["kind"] == "int":
            return kinds.IntDistribution(0, axis["size"] - 1)
        return kinds.CategoricalDistribution(tuple(range(axis["size"])))

    def sampler(self, seed):
        kinds = self.optuna.samplers
        name = self.request["sampler"]
        given = {"constraints_func": lambda trial: (0.0,)} if self.request["constrained"] else {}
        if name == "tpe":
            return kinds.TPESampler(seed=seed, constant_liar=self.request["several"], **given)
        if name == "cmaes":
            import cmaes  # noqa: F401  Optuna imports it late, and tells less.

            return kinds.CmaEsSampler(seed=seed)
        import scipy  # noqa: F401
        import torch  # noqa: F401

        return kinds.GPSampler(seed=seed, **given)

    def give_up(self, number):
        trial = self.asked.pop(number, None)
        if trial is None:
            return {}
        attributes = self.study.get_trials(deepcopy=False)[trial.number].system_attrs
        self.study.tell(trial.number, state=self.optuna.trial.TrialState.FAIL)
        return attributes

    def ask(self, number, seed):
        """A sampler of its own for each: what it draws depends on what it was told, not on what was asked before."""
        self.give_up(number)
        self.study.sampler = self.sampler(seed)
        trial = self.study.ask(self.space)
        self.asked[number] = trial
        return {"point": [trial.params[name] for name in self.names]}

    def tell(self, number, point, values, feasible):
        """The trial as it was run: values are rounded before. None: it failed."""
        attributes = dict(self.give_up(number))
        if values is None:
            return {}
        if self.request["constrained"]:
            attributes["constraints"] = (-1.0,) if feasible else (1.0,)
        trial = self.optuna.trial.create_trial(
            params=dict(zip(self.names, point)),
            distributions=self.space,
            values=values,
            system_attrs=attributes,
        )
        self.study.add_trial(trial)
        return {}


def main():
    search = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "open":
                search = Search(request)
                answer = {}
            elif request["do"] == "ask":
                answer = search.ask(request["number"], request["seed"])
            else:
                answer = search.tell(request["number"], request["point"], request["values"], request["feasible"])
        except ImportError as error:
            answer = refuse("missing", str(error))
        except Exception as error:
            answer = refuse("failed", f"{type(error).__name__}: {error}")
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


main()
