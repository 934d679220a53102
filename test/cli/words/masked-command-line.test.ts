import { describe, expect, test } from "vitest";
import { maskedCommandLine } from "../../../src/cli/words/masked-command-line.ts";

describe("a command line for strangers", () => {
  test.each([
    [["sweep", "lr=1,2", "+model/a@b=c", "~old=1"], "sweepline sweep lr=... +model/a@b=... ~old=..."],
    [
      ["exp", "run", "-S", "lr=1", "--set-param=x=2", "-n", "name"],
      "sweepline exp run -S lr=... --set-param=... -n ...",
    ],
    [["exp", "push", "https://user:token@host/r=1", "brave-ibex"], "sweepline exp ... ... ..."],
    [["exp", "run", "-ptoken", "-vv", "--jobs", "2", "--", "t"], "sweepline exp run -p... -vv --jobs ... -- ..."],
  ])("%j", (argv, shown) => {
    expect(
      maskedCommandLine(
        argv,
        ["exp", "run", "sweep"].filter((word) => argv.includes(word)),
      ),
    ).toBe(shown);
  });

  test.each([
    [
      ["remote", "modify", "r", "password", "c2VjcmV0cGFzcw=="],
      ["remote", "modify"],
      "sweepline remote modify ... ... ...",
    ],
    [["config", "--local", "remote.r.secret_access_key", "c2Vj=="], ["config"], "sweepline config --local ... ..."],
    [["config", "a.b", "user=secret"], ["config"], "sweepline config ... ..."],
    [["sweep", "c2VjcmV0cGFzcw==", "c2Vj=", "lr=1"], ["sweep"], "sweepline sweep ... ... lr=..."],
    [["sweep", "--message", "secret=x", "--", "lr=1"], ["sweep"], "sweepline sweep --message ... -- lr=..."],
    [["exp", "run", "stage=x", "-S", "c2Vj=="], ["exp", "run"], "sweepline exp run ... -S ..."],
    [["matrix", "plan", "lr=1,2"], ["matrix", "plan"], "sweepline matrix plan lr=..."],
    [["remote", "modify", "--password=c2Vj=="], ["remote", "modify"], "sweepline remote modify --password=..."],
  ])("no secret that has a '=': %j", (argv, words, shown) => {
    expect(maskedCommandLine(argv, words)).toBe(shown);
  });

  test("a value that is the name of the command is one all the same", () => {
    expect(maskedCommandLine(["exp", "run", "run"], ["exp", "run"])).toBe("sweepline exp run ...");
  });
});
