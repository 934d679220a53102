/** Notes as texts: what is kept, and what is read of a stranger's. */
import { describe, expect, test } from "vitest";
import {
  emptyNote,
  isTag,
  isTooLong,
  mergeNotes,
  noteMessage,
  parseNote,
} from "../../../src/experiments/notes/note.ts";

const full = { text: "a | b\n\u001b[31m", tags: ["x", "a/b"], starred: true };

describe("notes", () => {
  test("are read as they were written, tags sorted", () => {
    expect(parseNote(noteMessage(full))).toEqual({ ...full, tags: ["a/b", "x"] });
    expect(parseNote(noteMessage(emptyNote))).toEqual(emptyNote);
  });

  test.each([
    "",
    "{}",
    "[]",
    "text",
    '{"v":2}',
    '{"v":1,"tags":"x"}',
    '{"v":1,"starred":1}',
    `{"v":1,"text":"${"x".repeat(99_999)}"}`,
  ])("%.40s is none", (message) => {
    expect(parseNote(message)).toBeUndefined();
  });

  test("of a stranger's no more is read than one of ours may have", () => {
    const tags = [...Array.from({ length: 200 }, (_, at) => `t${at}`), "a b", "\u001b[2J", "", "-d", "x".repeat(65)];
    const read = parseNote(JSON.stringify({ v: 1, text: "y".repeat(20_000), tags, other: 1 }));
    expect(read?.text).toHaveLength(10_000);
    expect(read?.tags).toHaveLength(100);
    expect(read?.tags.every(isTag)).toBe(true);
    expect(isTooLong({ ...full, text: "y".repeat(10_001) })).toBe(true);
  });

  const plain = { text: "", tags: [], starred: false };

  test("of two without a common one, one has the tags of both and all that was said", () => {
    const earlier = { text: "old", tags: ["a"], starred: true };
    const later = { text: "", tags: ["b"], starred: false };
    expect(mergeNotes({ base: plain, earlier, later })).toEqual({ text: "old", tags: ["a", "b"], starred: true });
    const both = mergeNotes({ base: plain, earlier, later: { ...later, text: "new" } });
    expect(both.text).toBe("new\nold");
  });

  test("what either side removed since the common one stays removed, what either added is there", () => {
    const base = { text: "t", tags: ["one", "two"], starred: true };
    const removed = { text: "t", tags: ["two"], starred: false };
    const edited = { text: "edited", tags: ["one", "three", "two"], starred: true };
    const merged = { text: "edited", tags: ["three", "two"], starred: false };
    expect(mergeNotes({ base, earlier: removed, later: edited })).toEqual(merged);
    expect(mergeNotes({ base, earlier: edited, later: removed })).toEqual(merged);
  });

  test("of texts that both changed, neither is lost; one that was emptied gives way", () => {
    const base = { ...plain, text: "t" };
    const of = (earlier: string, later: string) =>
      mergeNotes({ base, earlier: { ...plain, text: earlier }, later: { ...plain, text: later } }).text;
    expect(of("a", "b")).toBe("b\na");
    expect(of("", "b")).toBe("b");
    expect(of("a", "")).toBe("a");
    expect(of("t", "")).toBe("");
    expect(of("same", "same")).toBe("same");
  });
});
