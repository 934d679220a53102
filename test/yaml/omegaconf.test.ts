/** Texts recorded from OmegaConf 2.3.1 on PyYAML 6 (OmegaConf.to_yaml); test/interop compares with the real one. */
import { expect, test } from "vitest";
import { dumpOmegaConf } from "../../src/yaml/omegaconf.ts";
import recorded from "./omegaconf-texts.json" with { type: "json" };
import { untyped } from "./recorded.ts";

test.each(recorded.map(([value, text]) => ({ value: value as unknown[], text: text as string })))(
  "$text",
  ({ value, text }) => {
    expect(dumpOmegaConf(untyped(value))).toBe(text);
  },
);
