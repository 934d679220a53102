/** Notes in refs of their own: written, read, passed over where they are none of ours. */
import { beforeEach, describe, expect, test } from "vitest";
import { editNotes, experimentOfNote, noteRef, readNotes } from "../../../src/experiments/notes/store.ts";
import type { ObjectId } from "../../../src/git/ids.ts";
import { openRepository } from "../../../src/git/repository.ts";
import { makeRepository, type Repository } from "../../rig/index.ts";

let made: Repository;
const first = "1".repeat(40) as ObjectId;
const second = "2".repeat(40) as ObjectId;
beforeEach(() => {
  made = makeRepository({ files: { x: "" } });
  made.git("config", "user.name", "Somebody");
  made.git("config", "user.email", "somebody@example.com");
});

const opened = () => openRepository(made.folder);
const textOf = async (experiment: ObjectId) => (await readNotes(opened())).get(experiment)?.note.text;

describe("notes in refs", () => {
  test("each is a commit without files, after the one before", async () => {
    await editNotes(opened(), [first, second], (note) => ({ ...note, text: "one" }));
    await editNotes(opened(), [first], (note) => ({ ...note, text: "two" }));
    expect([await textOf(first), await textOf(second)]).toEqual(["two", "one"]);
    expect(made.git("rev-list", "--count", noteRef(first))).toBe("2");
    expect(made.git("ls-tree", noteRef(first))).toBe("");
    made.git("pack-refs", "--all");
    expect(await textOf(first)).toBe("two");
  });

  test("what does not change is not written, and what was emptied stays to be told", async () => {
    await editNotes(opened(), [first], (note) => note);
    expect(made.git("for-each-ref", "refs/sweepline")).toBe("");
    await editNotes(opened(), [first], (note) => ({ ...note, text: "x" }));
    await editNotes(opened(), [first], (note) => ({ ...note, text: "" }));
    expect((await readNotes(opened())).get(first)?.note.text).toBe("");
    await expect(editNotes(opened(), [first], (note) => ({ ...note, text: "x".repeat(10_001) }))).rejects.toMatchObject(
      {
        code: "NOTE_TOO_LONG",
      },
    );
  });

  test("strange refs and messages are passed over", async () => {
    const blob = made.git("hash-object", "-w", "x");
    const commit = made.git("rev-parse", "HEAD");
    made.git("update-ref", noteRef(first), blob);
    made.git("update-ref", noteRef(second), commit);
    made.git("update-ref", "refs/sweepline/notes/aa/other", commit);
    expect([...(await readNotes(opened()))]).toEqual([]);
    expect(experimentOfNote("refs/sweepline/notes/aa/other")).toBeUndefined();
    expect(experimentOfNote(noteRef(first))).toBe(first);
  });
});
