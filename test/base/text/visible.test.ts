import { describe, expect, it } from "vitest";
import { visible, visibleText } from "../../../src/base/text/visible.ts";

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
