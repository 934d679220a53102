import { describe, expect, it } from "vitest";
import { visible, visibleJson, visibleLines, visibleText } from "../../../src/base/text/visible.ts";

describe("texts of strangers", () => {
  it("hold no command that a CI system would find in its log", () => {
    for (const show of [visible, visibleText]) {
      expect(show("m=##vso[task.prependpath]/tmp ##[error]x ###VSO[y]")).not.toMatch(/##(?:vso)?\[/i);
      expect(show("  ::add-mask::x")).toBe("  \\x3a:add-mask::x");
      for (const plain of ["a::b", "## title", "##", "x ::y::"]) expect(show(plain)).toBe(plain);
    }
    expect(visibleText("a\n\t::stop-commands::x\nb::c")).toBe("a\n\t\\x3a:stop-commands::x\nb::c");
    expect(visible("a\u001b[1m")).toBe("a\\x1b[1m");
  });
});

describe("characters that nobody sees", () => {
  const unseen = [
    0x1b, 0x7f, 0x9b, 0xad, 0x61c, 0x180e, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066,
    0x2069, 0x3164, 0xfeff, 0xe0041,
  ].map((code) => String.fromCodePoint(code));

  it.each(unseen.map((character) => [character.codePointAt(0)?.toString(16), character]))(
    "U+%s",
    (_code, character) => {
      for (const show of [visible, visibleText, visibleLines]) {
        const shown = show(`a${character}b`);
        expect(shown).toMatch(/^a\\[xuU][0-9a-f]+b$/);
        expect(show(shown)).toBe(shown);
      }
      const json = visibleJson(JSON.stringify({ [`a${character}`]: character }));
      expect(json).not.toContain(character);
      expect(JSON.parse(json)).toEqual({ [`a${character}`]: character });
    },
  );

  it("shows letters that look like others, in a word with those", () => {
    for (const show of [visible, visibleText, visibleLines]) {
      expect(show("l\u0430rge")).toBe("l\\u0430rge");
      expect(show("l\u0430rge-\u0391cc")).toBe("l\\u0430rge-\\u0391cc");
      for (const plain of ["\u0442\u0435\u0441\u0442", "\u0394loss", "\u03bb_reg", "\u03b1", "na\u00efve", "x_\u0430"])
        expect(show(plain)).toBe(plain);
    }
  });

  it("leaves letters, joiners and emoji as they are", () => {
    for (const plain of ["\u0437\u0434", "\u{1f468}\u200d\u{1f469}", "\u0645\u06cc\u200c\u062e", "e\u0301"]) {
      expect(visible(plain)).toBe(plain);
      expect(visibleJson(JSON.stringify(plain))).toBe(JSON.stringify(plain));
    }
  });
});
