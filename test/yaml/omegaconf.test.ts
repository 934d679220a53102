/** Texts recorded from OmegaConf 2.3.1 on PyYAML 6 (OmegaConf.to_yaml); test/interop compares with the real one. */
import { expect, test } from "vitest";
import type { Scalar, Value } from "../../src/base/value.ts";
import { dumpOmegaConf } from "../../src/yaml/omegaconf.ts";
import recorded from "./omegaconf-texts.json" with { type: "json" };

function untyped([kind, content]: readonly unknown[]): Value {
  if (kind === "map")
    return new Map(
      (content as readonly (readonly [unknown[], unknown[]])[]).map(([key, item]) => [
        untyped(key) as Scalar,
        untyped(item),
      ]),
    );
  if (kind === "list") return (content as readonly unknown[][]).map(untyped);
  if (kind === "int") return BigInt(content as string);
  return kind === "float" ? floatOf(content as string) : (content as Scalar);
}

function floatOf(text: string): number {
  return Number(text.replace("inf", "Infinity"));
}

test.each(recorded.map(([value, text]) => ({ value: value as unknown[], text: text as string })))(
  "$text",
  ({ value, text }) => {
    expect(dumpOmegaConf(untyped(value))).toBe(text);
  },
);
