import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { tokenize } from "../../grammar/override/lexer.ts";
import { overrideParser, parseOverride } from "../../grammar/override/parse.ts";
import { escapeWord, printOverride, quote } from "../../grammar/override/printer.ts";
import { almostOverride as almost } from "./almost-override.ts";

const withoutSpans = (tree: unknown): string =>
  JSON.stringify(tree, (key, value: unknown) => (key === "offset" || key === "length" ? undefined : value));

test("what is printed reads as the same tree", () => {
  fc.assert(
    fc.property(almost, (text) => {
      const outcome = parseOverride(text);
      if (!outcome.ok) return;
      const printed = printOverride(outcome.tree);
      const again = parseOverride(printed);
      expect(again.ok && withoutSpans(again.tree)).toBe(withoutSpans(outcome.tree));
      expect(again.ok && printOverride(again.tree)).toBe(printed);
    }),
    { numRuns: 3000 },
  );
});

test("any text gives a tree or an issue inside the text", () => {
  const anything = fc.oneof(almost, fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));
  fc.assert(
    fc.property(anything, (text) => {
      const outcome = parseOverride(text);
      if (outcome.ok) return;
      const { offset, length, message } = outcome.issue;
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset + length).toBeLessThanOrEqual(text.length);
      expect(message).toMatch(/^\S.*\.$/s);
    }),
    { numRuns: 5000 },
  );
});

test("any bytes, decoded, are read without a throw", () => {
  const decoder = new TextDecoder();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const outcome = parseOverride(decoder.decode(bytes));
      expect(outcome.ok ? outcome.tree.key : outcome.issue.message).toBeTruthy();
    }),
  );
});

test("any text survives quoting, and any without rare characters survives escaping", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.constantFrom("'" as const, '"' as const), (text, mark) => {
      const outcome = parseOverride(`k=${quote(text, mark)}`);
      expect(outcome.ok && outcome.tree.value).toMatchObject({ kind: "quoted", text, quote: mark });
    }),
  );
  const plain = fc.string({ unit: fc.constantFrom(..."ab-/*,:=()[]{}\\ \t"), minLength: 1 });
  fc.assert(
    fc.property(plain, (text) => {
      const outcome = parseOverride(`k=${escapeWord(text)}`);
      expect(outcome.ok && outcome.tree.value).toMatchObject({ kind: "word", text });
    }),
  );
});

// Time in proportion to the text, shown by counting the parser's looks at a token and the lexer's searches.
const repeated: readonly (readonly [string, string, string])[] = [
  ["lists", "k=[", "1,"],
  ["choices", "k=", "a b,"],
  ["open brackets", "k=", "["],
  ["open interpolations", "k=", "${"],
  ["quotes", "k=", "'"],
  ["escaped quotes", "k='", "\\'"],
  ["blanks", "k=a", " "],
  ["dots in a key", "", "a."],
];

test.each(repeated)("work grows with the text only: %s", (_name, start, part) => {
  const work = (count: number): number => {
    const text = start + part.repeat(count);
    const looks = vi.spyOn(overrideParser() as unknown as { LA: (ahead: number) => unknown }, "LA");
    const searches = vi.spyOn(String.prototype, "indexOf");
    try {
      parseOverride(text);
      // A search passes over the text from its start to where it finds something.
      const searched = searches.mock.results.reduce((sum, { value }, index) => {
        const from = Number(searches.mock.calls[index]?.[1] ?? 0);
        return sum + (Number(value) < 0 ? text.length : Number(value)) - from;
      }, 0);
      return looks.mock.calls.length + searched + tokenize(text).length;
    } finally {
      looks.mockRestore();
      searches.mockRestore();
    }
  };
  const [small, large] = [work(200), work(2000)];
  expect(large).toBeLessThanOrEqual(12 * small + 1000);
});
