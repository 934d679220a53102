/** YAML beside the readers of the others: ruamel.yaml, with which DVC reads, and OmegaConf's, with which Hydra does. */
import { expect, test } from "vitest";
import { SweeplineError } from "../../src/base/errors.ts";
import type { Value } from "../../src/base/value.ts";
import { readComposedFile } from "../../src/params/config-file.ts";
import { plainValue } from "../../src/params/text/located.ts";
import { parseYaml } from "../../src/params/yaml/parse.ts";
import { scanYaml } from "../../src/yaml/scan.ts";
import { describeWithDvc, runPython } from "./peers.ts";
import { typed } from "./typed.ts";
import { yamlTexts } from "./yaml-texts.ts";

const common = `
import sys, json, datetime
class Odd(Exception): pass
def typed(v):
    if v is None: return ["null", None]
    if isinstance(v, bool): return ["bool", v]
    if isinstance(v, int): return ["int", str(v)]
    if isinstance(v, float): return ["float", repr(v)]
    if isinstance(v, str): return ["str", v]
    if isinstance(v, list): return ["list", [typed(i) for i in v]]
    if isinstance(v, dict): return ["map", [[typed(k), typed(i)] for k, i in v.items()]]
    raise Odd()
def answer(load):
    for line in sys.stdin:
        try: result = typed(load(json.loads(line)))
        except Odd: result = "odd"
        except Exception: result = "refused"
        print(json.dumps(result))
`;
const ruamel = `${common}
import warnings
warnings.showwarning = lambda *a, **k: None
from ruamel.yaml import YAML
answer(lambda text: YAML(typ="safe").load(text))
`;
const omegaconf = `${common}
import yaml
from omegaconf._utils import get_yaml_loader
answer(lambda text: yaml.load(text, Loader=get_yaml_loader()))
`;

function outcome(read: () => Value | undefined): unknown {
  try {
    return typed(read() ?? null);
  } catch (error) {
    if (error instanceof SweeplineError) return "refused";
    throw error;
  }
}

function parsed(text: string): Value | undefined {
  const { root } = parseYaml({ path: "x.yaml", text });
  return root === undefined ? undefined : plainValue(root);
}

function config(text: string): Value | undefined {
  const { root } = readComposedFile({ path: "x.yaml", bytes: new TextEncoder().encode(text) });
  return root === undefined ? undefined : plainValue(root);
}

/** A line that begins with the colon of an empty key, and a collection behind it: the `yaml` package has no such. */
const emptyKey = /^[ -]*: /m;
/** 1 and true are one key to Python, and OmegaConf takes a key twice that is no text. */
const numberKeys = /^[ -]*(?:1|true|0\.5) *:[\s\S]*^[ -]*(?:1|true|0\.5) *:/m;

/** Texts that the other reader takes and we read differently. */
function compared(texts: readonly string[], theirs: readonly unknown[], read: (text: string) => Value | undefined) {
  const wrong: unknown[] = [];
  let taken = 0;
  for (const [index, text] of texts.entries()) {
    const ours = outcome(() => read(text));
    const other = theirs[index];
    if (other === "odd" || other === "refused" || emptyKey.test(text)) continue;
    taken += 1;
    if (JSON.stringify(ours) !== JSON.stringify(other)) wrong.push({ text, ours, other });
  }
  return { wrong, taken };
}

describeWithDvc("YAML as the others read it", () => {
  test.each([1, 2, 3, 4])("ruamel.yaml, 2,500 texts, seed %i", (seed) => {
    const texts = yamlTexts(2500, seed);
    const theirs = runPython(ruamel, texts);
    const { wrong, taken } = compared(texts, theirs, parsed);
    expect(wrong).toEqual([]);
    // The quick reader leaves texts to the other, and never guesses.
    const scanned = texts.map((text) => scanYaml(text));
    const guessed = texts.flatMap((text, index) => {
      const value = scanned[index];
      // Refused: the keys 1 and true are one to Python.
      if (value === undefined || theirs[index] === "odd" || theirs[index] === "refused") return [];
      return JSON.stringify(typed(value)) === JSON.stringify(theirs[index])
        ? []
        : [{ text, value, theirs: theirs[index] }];
    });
    expect(guessed).toEqual([]);
    expect(taken).toBeGreaterThan(1000);
    expect(scanned.filter((value) => value !== undefined).length).toBeGreaterThan(50);
  });

  test.each([11, 12])("OmegaConf, 2,500 texts, seed %i", (seed) => {
    const texts = yamlTexts(2500, seed).filter((text) => !numberKeys.test(text));
    const { wrong, taken } = compared(texts, runPython(omegaconf, texts), config);
    expect(wrong).toEqual([]);
    expect(taken).toBeGreaterThan(1000);
  });
});
