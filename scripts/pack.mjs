// Small chunks that many commands share, put into one file: Node needs a fifteenth of a millisecond for each file that it
// requires, and a command would load a hundred. Each stays a function of its own in there, run by whoever asks for it first.

/** Larger ones cost more to read, for those that do not need them, than another file does. */
const largestChunk = 16_000;
/** Of the entry points (commands, and parts loaded late), how many have to need it. */
const fewestEntries = 35;

const nameOf = (file) => file.split("/").at(-1).replace(/\.js$/, ".cjs");

/** The chunks that an output needs as soon as it is loaded, itself among them. */
function closureOf(outputs, file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  const direct = outputs[file].imports.filter(({ kind, external }) => kind === "import-statement" && external !== true);
  for (const { path } of direct) closureOf(outputs, path, found);
  return found;
}

/**
 * The names of the chunks to pack, by esbuild's record of a build and the length of each chunk's text. None that `--version`
 * needs, which is to load nothing else.
 */
export function packable({ outputs }, lengths) {
  const entries = Object.keys(outputs).filter((file) => outputs[file].entryPoint !== undefined);
  const uses = new Map();
  for (const entry of entries) for (const file of closureOf(outputs, entry)) uses.set(file, (uses.get(file) ?? 0) + 1);
  const main = entries.filter((file) => outputs[file].entryPoint === "src/cli/main.ts");
  const apart = new Set([...entries, ...main.flatMap((file) => [...closureOf(outputs, file)])]);
  const isPacked = (file) =>
    uses.get(file) >= fewestEntries && !apart.has(file) && lengths.get(nameOf(file)) <= largestChunk;
  return new Set([...uses.keys()].filter(isPacked).map(nameOf));
}

/** Like Node's own: who is in the middle of its first run is given as far as it is. */
const loader = `const made={};
const load=name=>{
if(!(name in chunks))return require(name);
if(name in made)return made[name].exports;
const module=made[name]={exports:{}};
chunks[name](module,module.exports,load);
return module.exports};
module.exports=load;
`;

/** One file of several, and its map: each begins on a line of its own, so that its own map is a section of the whole. */
function packed(name, chunks) {
  const sections = [];
  let text = "const chunks={\n";
  for (const { name, code, map } of chunks) {
    text += `"./${name}":function(module,exports,require){\n`;
    sections.push({ offset: { line: text.split("\n").length - 1, column: 0 }, map: JSON.parse(map) });
    text += `${code}},\n`;
  }
  return { name, code: `${text}};\n${loader}`, map: JSON.stringify({ version: 3, file: name, sections }) };
}

/**
 * Moves some chunks (CommonJS: name, code and map) into one more, named `name`, which answers what each of them exports:
 * who required one of them asks it.
 */
export function pack(chunks, names, name) {
  const asking = ({ code, ...rest }) => ({
    ...rest,
    code: code.replace(/\brequire\("\.\/(chunk-\w+\.cjs)"\)/g, (whole, asked) =>
      names.has(asked) ? `require("./${name}")("./${asked}")` : whole,
    ),
  });
  const inside = chunks.filter((chunk) => names.has(chunk.name));
  return [...chunks.filter((chunk) => !names.has(chunk.name)).map(asking), packed(name, inside)];
}
