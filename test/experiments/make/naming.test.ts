import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KnownExperiment, type NamingRequest, namePoints } from "../../../src/experiments/make/naming.ts";
import { checkName, isName, nextNumber } from "../../../src/experiments/names.ts";
import { randomName } from "../../../src/experiments/random-names.ts";
import { makeRepository } from "../../rig/index.ts";

describe("names", () => {
  test.each([
    "a",
    "grid-1",
    "lr=0.1",
    "ünï",
    "日本",
    "a.b",
    "a_b",
    "A",
    "x@y",
    "a{b",
    "1",
    "heads",
    "a'b",
    'a"b',
    "$(x)",
    "a;b",
  ])("%j is one", (name) => expect(isName(name)).toBe(true));

  test.each(
    [
      "",
      "../../heads/evil",
      "a/b",
      "a b",
      "a~",
      "b^",
      "c:d",
      "a b~^:",
      "q?",
      "s*",
      "[x",
      "back\\slash",
      "-leading",
      "--force",
      ".hidden",
      "..",
      "a..b",
      "end.",
      "x.lock",
      "a@{0}",
      "@",
      "tab\there",
      "new\nline",
      "nul\0",
      "esc\u001b[31m",
      "del\u007f",
      "c1\u009b31m",
      "x".repeat(300),
      "ü".repeat(101),
    ].map((name) => ({ title: encodeURIComponent(name.slice(0, 20)), name })),
  )("$title is none", ({ name }) => {
    expect(isName(name)).toBe(false);
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: "BAD_NAME" }));
  });

  test.each(["HEAD", "workspace", "caf\ufffd"])("%j is none for a new one", (name) => {
    expect(isName(name)).toBe(true);
    expect(() => checkName(name)).toThrow(expect.objectContaining({ code: "BAD_NAME" }));
  });

  test("the refusal carries no control characters to the terminal", () => {
    expect(() => checkName("a\u001b[31mred\u009b\n")).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^\P{Cc}+$/u) }),
    );
  });

  test("every name that we take, git takes too", () => {
    const repository = makeRepository({ dvc: false });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 12 }), (name) => {
        if (!isName(name)) return;
        expect(repository.git("check-ref-format", `refs/exps/aa/bb/${name}`)).toBe("");
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    [[], 1],
    [["grid-1", "grid-2"], 3],
    [["grid-7"], 8],
    [["grid", "grid-", "grid-x", "grid-01", "grid-1-1", "other-9", "grid-0", "grid--3"], 1],
    [["grid-1e3", "grid-99999999999"], 1],
    [["grid-5", "grid-12", "gridx-40"], 13],
  ])("after %j comes grid-%d", (taken, number) => expect(nextNumber("grid", taken)).toBe(number));

  test("a base with signs of patterns is only text", () => expect(nextNumber("a.b", ["a.b-2", "axb-9"])).toBe(3));

  test("random names are names, and those that are taken are not given", () => {
    const taken = new Set<string>();
    for (let at = 0; at < 200; at++) {
      const name = randomName((candidate) => taken.has(candidate));
      expect(isName(name) && !taken.has(name)).toBe(true);
      taken.add(name);
    }
    let asked = 0;
    expect(randomName(() => ++asked <= 100)).toMatch(/-2$/);
  });
});

const done = (name: string, identity: string): KnownExperiment => ({ name, identity, state: "done" });
const queued = (name: string, identity: string): KnownExperiment => ({ name, identity, state: "queued", sequence: 4 });
const failed = (name: string, identity: string): KnownExperiment => ({ name, identity, state: "failed", sequence: 3 });

function names(request: Partial<NamingRequest>): string {
  let number = 0;
  const points = namePoints({
    identities: ["a", "b"],
    name: undefined,
    numbered: false,
    known: [],
    samePoint: "skip",
    takenName: "refuse",
    failedBefore: "queue",
    randomName: (isTaken) => {
      do number++;
      while (isTaken(`random-${number}`));
      return `random-${number}`;
    },
    ...request,
  });
  return points
    .map((point) => {
      if (point.kind === "repeated") return "repeated";
      if (point.kind === "known") return `known ${point.known.name}`;
      return point.replaces === undefined
        ? point.name
        : `${point.name} for ${point.replaces.state} ${point.replaces.name}`;
    })
    .join(", ");
}

describe("naming points", () => {
  test.each<[string, Partial<NamingRequest>, string]>([
    ["random names", {}, "random-1, random-2"],
    ["random names that nobody has", { known: [done("random-1", "x")] }, "random-2, random-3"],
    ["a given name", { identities: ["a"], name: "n" }, "n"],
    ["numbers", { name: "g", numbered: true }, "g-1, g-2"],
    ["numbers after the highest", { name: "g", numbered: true, known: [done("g-3", "x")] }, "g-4, g-5"],
    ["a sweep of one is numbered too", { identities: ["a"], name: "g", numbered: true }, "g-1"],
    ["the same point twice", { identities: ["a", "b", "a"] }, "random-1, random-2, repeated"],
    ["a point that is done", { known: [done("d", "a")] }, "known d, random-1"],
    ["a point that is queued", { known: [queued("q", "b")] }, "random-1, known q"],
    ["all known", { name: "g", numbered: true, known: [done("g-1", "a"), queued("g-2", "b")] }, "known g-1, known g-2"],
    ["done counts more than failed", { known: [done("d", "a"), failed("f", "a")] }, "known d, random-1"],
    ["in either order", { known: [failed("f", "a"), done("d", "a")] }, "known d, random-1"],
    ["failed before: queued again in its place", { known: [failed("f", "a")] }, "f for failed f, random-1"],
    ["failed before: reported", { known: [failed("f", "a")], failedBefore: "report" }, "known f, random-1"],
    [
      "lost before: queued again in its place, also without --retry-failed",
      { known: [{ ...failed("f", "a"), failure: "lost" }], failedBefore: "report" },
      "f for failed f, random-1",
    ],
    ["failed before, numbered", { name: "g", numbered: true, known: [failed("g-1", "a")] }, "g-1 for failed g-1, g-2"],
    [
      "--force makes it again in its place",
      { known: [done("d", "a")], samePoint: "replace" },
      "d for done d, random-1",
    ],
    ["a direct run does not look", { known: [done("d", "a")], samePoint: "ignore" }, "random-1, random-2"],
    ["a name of a failed one is free", { identities: ["a"], name: "f", known: [failed("f", "x")] }, "f for failed f"],
    [
      "--force takes a name",
      { identities: ["a"], name: "d", known: [done("d", "x")], takenName: "replace" },
      "d for done d",
    ],
    ["a known point under another name stays", { identities: ["a"], name: "n", known: [done("d", "a")] }, "known d"],
    [
      "--force with a new name makes a second one",
      { identities: ["a"], name: "n", known: [done("d", "a")], samePoint: "replace" },
      "n",
    ],
    [
      "--force with a new base makes new numbers",
      { name: "bb", numbered: true, known: [done("aa-1", "a"), failed("aa-2", "b")], samePoint: "replace" },
      "bb-1, bb-2",
    ],
    [
      "--force with the same base replaces the number that the point has",
      {
        name: "bb",
        numbered: true,
        known: [done("bb-4", "a"), done("aa-1", "a"), done("bb-7", "b")],
        samePoint: "replace",
      },
      "bb-4 for done bb-4, bb-7 for done bb-7",
    ],
    [
      "--force with planned names keeps to them",
      { names: ["p-1", "p-2"], known: [done("d", "a"), done("p-2", "x")], samePoint: "replace", takenName: "replace" },
      "p-1, p-2 for done p-2",
    ],
  ])("%s", (_, request, expected) => expect(names(request)).toBe(expected));

  test.each<[string, Partial<NamingRequest>, string]>([
    ["a name that is done", { identities: ["a"], name: "d", known: [done("d", "x")] }, "NAME_TAKEN"],
    ["a name that is queued", { identities: ["a"], name: "q", known: [queued("q", "x")] }, "NAME_TAKEN"],
    [
      "a bad name, even where nothing is new",
      { identities: ["a"], name: "x.lock", known: [done("d", "a")] },
      "BAD_NAME",
    ],
  ])("refused: %s", (_, request, code) => {
    expect(() => names(request)).toThrow(expect.objectContaining({ code }));
  });
});
