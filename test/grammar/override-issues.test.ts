import { describe, expect, test } from "vitest";
import { maxLength, maxNesting } from "../../grammar/override/errors.ts";
import { parseOverride } from "../../grammar/override/parse.ts";

function issueOf(text: string) {
  const outcome = parseOverride(text);
  if (outcome.ok) throw new Error(`reads well: ${text}`);
  return outcome.issue;
}

describe("one issue, its code, phase and place", () => {
  test.each([
    ["lr", "EQUAL_MISSING", "parser", 2],
    ["a:b=1", "EQUAL_MISSING", "parser", 1],
    ["a~=1", "EQUAL_MISSING", "parser", 1],
    ["a/b.c=1", "GROUP_NAME_EXPECTED", "parser", 2],
    ["lr = 0.1", "BLANK_IN_KEY", "lexer", 2],
    ["1a=1", "KEY_CHARACTER", "lexer", 0],
    ["a..b=1", "KEY_CHARACTER", "lexer", 1],
    ["k=é", "NEEDS_QUOTES", "lexer", 2],
    ["k=a\nb", "NEEDS_QUOTES", "lexer", 3],
    ["k='abc", "QUOTE_NOT_CLOSED", "lexer", 2],
    ["k=a=b", "UNEXPECTED_EQUAL", "parser", 3],
    ["k=[1,2", "BRACKET_NOT_CLOSED", "parser", 6],
    ["k={a:1", "BRACKET_NOT_CLOSED", "parser", 6],
    ["k=f(1", "BRACKET_NOT_CLOSED", "parser", 5],
    ["k=[1,,2]", "VALUE_EXPECTED", "parser", 5],
    ["k=1,", "VALUE_EXPECTED", "parser", 4],
    ["k=[1}", "UNEXPECTED_CLOSING", "parser", 4],
    ["k=1]", "UNEXPECTED_CLOSING", "parser", 3],
    ["k={'a':1}", "UNEXPECTED_QUOTE", "parser", 3],
    ["k=a'b'", "UNEXPECTED_QUOTE", "parser", 3],
    ["k=[1]x", "UNEXPECTED_TOKEN", "parser", 5],
    ["k='a' ", "UNEXPECTED_TOKEN", "parser", 5],
    ["k={a}", "UNEXPECTED_CLOSING", "parser", 4],
  ])("%j: %s", (text, code, phase, offset) => {
    expect(issueOf(text)).toMatchObject({ code, phase, offset });
  });
});

// One wording a code: what is expected, what was found, and what to write instead.
describe("words", () => {
  test.each([
    ["lr", "Expected '=' after the key, found the end.", "Write lr=VALUE; to delete a key, write ~KEY."],
    ["lr = 0.1", "Expected a key without blanks, found a blank.", "Remove the blanks around '=': lr=0.1"],
    ["k=naïve", "Expected quotes around 'ï', which an unquoted value cannot hold.", "k='naïve'"],
    ["k=\u200b", "Expected quotes around the character U+200B", "Quote the value"],
    ["k=[1,2", "Expected ',' or ']', found the end.", "Close the '[' at column 3 with ']'."],
    ["k=[f(1]", "Expected ',' or ')', found ']'.", "The '(' at column 5 is closed with ')'."],
    ["k=[1,]", "Expected a value after ',', found ']'.", "Remove the comma before it"],
    ["k=a=b", "Expected ',' or the end, found '='.", "Write \\= for the character"],
    ["k=(a)", "Expected a value, found '('.", "A call is a name and its arguments"],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an interpolation of the language
    ["k=${a.${b}}", "found '}'.", "An interpolation ends at its first '}'."],
    ["k={'a':1}", "Expected a key or '}', found the quoted text 'a'.", "Keys of a dict are not quoted"],
    ["k={a}", "Expected ':' after the key of a dict, found '}'.", ""],
    ["k=[1] ", "Expected ',' or the end, found a blank.", "Remove the blank."],
    ["k='hello", "Expected a closing ', found the end.", "Close it with ': a quote must stand around the whole value."],
    ["a=b=c", "found '='.", "quote it: 'a=\"b=c\"'."],
    ["a=http://x?y=1", "found '='.", "quote it: 'a=\"http://x?y=1\"'."],
    ["a=[b=c]", "found '='.", "quote the text around it."],
    ["a=b=c,d", "found '='.", "quote the text around it."],
    ["a.=1", "A name is expected after '.', found '='.", "one dot between"],
    ["a..b=1", "A name is expected after '.', found '.'.", "one dot between"],
    [".a=1", "A name is expected before '.'.", "one dot between"],
    ["a=1,", "Expected a value after ',', found the end.", "Write a value after the ',', or quote it: 'a=\"1,\"'."],
    ["+", "Expected a key after '+', found the end.", "Write +KEY=VALUE."],
    ["++", "Expected a key after '++', found the end.", "Write ++KEY=VALUE."],
  ])("%j", (text, message, hint) => {
    const issue = issueOf(text);
    expect(issue.message).toContain(message);
    expect(issue.hint ?? "").toContain(hint);
  });
});

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: interpolations of the language */
describe("an interpolation without its '}'", () => {
  test.each([
    ["a=${", "${"],
    ["a=${x", "${x"],
    ["a=[1,${x.y]", "${x.y]"],
  ])("%j: the brace is underlined to the end", (text, shown) => {
    const issue = issueOf(text);
    expect(issue).toMatchObject({ code: "INTERPOLATION_NOT_CLOSED", phase: "parser", offset: text.indexOf("{") });
    expect(issue.length).toBe(text.length - text.indexOf("{"));
    expect(issue.message).toContain(`'}' is missing: the interpolation '${shown}' is not closed.`);
    expect(issue.hint).toContain(`Close '${shown}' with '}'`);
  });
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: interpolations of the language */

describe("limits", () => {
  test.each([
    ["lists", "[", "]", "1"],
    ["dicts", "{a:", "}", "1"],
    ["calls", "f(", ")", "1"],
  ])("%s nest as deep as the limit, and no deeper", (_name, open, close, inner) => {
    const nested = (depth: number) => `k=${open.repeat(depth)}${inner}${close.repeat(depth)}`;
    expect(parseOverride(nested(maxNesting)).ok).toBe(true);
    expect(issueOf(nested(maxNesting + 1)).code).toBe("NESTED_TOO_DEEPLY");
    expect(issueOf(nested(100_000)).code).toBe("NESTED_TOO_DEEPLY");
    expect(parseOverride("k=[1]").ok).toBe(true);
  });

  test("a text may be very long, but not longer than any argument", () => {
    expect(parseOverride(`k=${"1".repeat(maxLength - 2)}`).ok).toBe(true);
    expect(issueOf(`k=${"1".repeat(maxLength)}`)).toMatchObject({ code: "OVERRIDE_TOO_LONG", phase: "lexer" });
  });
});
