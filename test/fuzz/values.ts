/** Pieces that all inputs are made of: names that want out of their place, values of the wrong type, cuts in a text. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are templates of dvc.yaml
import fc from "fast-check";
import { stringify } from "yaml";

/** What the template holds, so that a file that was changed still means something. */
const knownNames = ["data", "data/a.txt", "data/sub/b.txt", "file.txt", "out.txt", "m.json", "params.yaml", "stage.sh"];

const hostileNames = [
  "",
  ".",
  "..",
  "./",
  "/",
  "~",
  "../canary/file.txt",
  "../../canary/folder",
  "../canary/new.txt",
  "data/../../canary/file.txt",
  "link/file.txt",
  "link",
  "data/link/file.txt",
  ".git",
  ".git/hooks/post-checkout",
  ".GIT/hooks/post-index-change",
  "git~1/config",
  ".git /config",
  ".git./config",
  ".g\u200cit/config",
  ".git::$INDEX_ALLOCATION/config",
  "sub\\..\\..\\canary\\file.txt",
  ".dvc",
  ".dvc/config",
  ".dvc/tmp/lock",
  ".dvc/cache/files",
  "dvc.yaml",
  "dvc.lock",
  "file.txt.dvc",
  "a\u0000b",
  "n".repeat(256),
  "d/".repeat(2100),
  "data//a.txt",
  "data/a.txt/b",
  "DATA/A.TXT",
  "-rf",
  "--upload-pack=touch ../canary/ran",
  "ext::sh -c touch% ../canary/ran",
  "\u001b[31mred",
  "\u202egpj.exe",
  "line\nline",
  "con",
  "e\u0301",
  "\u00e9",
  "\ud800",
  "*",
  "**/*",
  "[",
  "!x",
  "#x",
  " x ",
  "$(touch ../canary/ran)",
  "`touch ../canary/ran`",
  "${x}",
  "${",
  "remote://store/x",
  "gs://bucket/x",
  "https://user:secret@example.com/x",
  "file:///etc/passwd",
  "/etc/passwd",
  "/dev/zero",
  "C:\\x",
  "__proto__",
  "constructor",
];

export const hostileName = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...hostileNames) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
);

export const name = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...knownNames) },
  { weight: 3, arbitrary: hostileName },
);

const hex = "0123456789abcdef".split("");
/** A hash that nothing has; one of a folder; ones that are none. */
export const hash = fc.oneof(
  fc.string({ unit: fc.constantFrom(...hex), minLength: 32, maxLength: 32 }),
  fc.string({ unit: fc.constantFrom(...hex), minLength: 32, maxLength: 32 }).map((text) => `${text}.dir`),
  fc.constantFrom(
    "d41d8cd98f00b204e9800998ecf8427e",
    "../../../../canary/file.txt",
    "..",
    "aa",
    ".dir",
    "AA",
    "g".repeat(32),
  ),
);

const scalar = fc.oneof(
  hostileName,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(0, -0, -1, Number.POSITIVE_INFINITY, 2 ** 53, 2 ** 64, 1e-320, Number.NaN),
  fc.constantFrom("1e400", ".nan", "0x1f", "1_000", "2020-01-01", "yes", "~", "1:30", "=", "<<"),
);

/** A value of any type, some levels deep. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: fc.array(tie("value"), { maxLength: 4 }) },
    { weight: 1, arbitrary: fc.dictionary(hostileName, tie("value"), { maxKeys: 4 }) },
  ),
})).value;

/** Mostly what belongs there, at times anything. */
export const mostly = <T>(sound: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<unknown> =>
  fc.oneof({ weight, arbitrary: sound }, { weight: 1, arbitrary: anyValue });

/** Keys of a mapping that may all be absent. */
export const shape = (keys: Readonly<Record<string, fc.Arbitrary<unknown>>>) => fc.record(keys, { requiredKeys: [] });

const pieces = fc.constantFrom(
  ..."{}[]()<>:;,.#*&!|>-=+'\"\\\n\t\r 0a\u00e9\u0000\u2028\u{1f600}%@`$?~".split(""),
  "<<: ",
  "${",
  "- ",
  ": ",
  "&b ",
  "*b",
  "[".repeat(600),
  "{a: ".repeat(300),
  "<<<<<<< HEAD\n",
  "\ufeff",
  "---\n",
  "!!python/object:os.system ",
);

interface Cut {
  readonly at: number;
  readonly removed: number;
  readonly inserted: readonly string[];
}

const cut: fc.Arbitrary<Cut> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  removed: fc.oneof(fc.nat(4), fc.nat(200)),
  inserted: fc.array(pieces, { maxLength: 3 }),
});

const withCut = (text: string, { at, removed, inserted }: Cut) => {
  const place = Math.floor(at * text.length);
  return text.slice(0, place) + inserted.join("") + text.slice(place + removed);
};

/** The text, in one of four cases with some places changed. */
export const damaged = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: text },
    {
      weight: 1,
      arbitrary: fc
        .tuple(text, fc.array(cut, { minLength: 1, maxLength: 3 }))
        .map(([sound, cuts]) => cuts.reduce(withCut, sound)),
    },
  );

const asYaml = (value: unknown): string => {
  try {
    return stringify(value, { aliasDuplicateObjects: false });
  } catch {
    // What it can't write: a key that is a lone surrogate, say.
    return JSON.stringify(value);
  }
};

/** A value as the text of a YAML file: as blocks, or as JSON, which is YAML too. */
export const yamlText = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  damaged(
    fc.tuple(value, fc.boolean()).map(([data, isJson]) => (isJson ? (JSON.stringify(data) ?? "") : asYaml(data))),
  );

export const jsonText = (value: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  damaged(value.map((data) => JSON.stringify(data) ?? ""));
