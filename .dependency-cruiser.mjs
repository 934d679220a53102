/** The rules of who imports whom, made of the tables in scripts/layers.mjs. `npm run lint` holds src/ and grammar/ to them. */
import { besides, innerLayers, layers, nodeModules, ownFiles, packages } from "./scripts/layers.mjs";

const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
/** Of a folder with all that is in it, or of a file. */
const within = (place) => (place.endsWith(".ts") ? `^${quoted(place)}$` : `^${quoted(place)}/`);

/** Of an inner folder: one that holds inner folders of its own stands for its own files. */
function inner(top, name, names) {
  if (name === ownFiles) return `^${quoted(top)}/[^/]+$`;
  const isOuter = names.some((other) => other.startsWith(`${name}/`));
  return isOuter ? `^${quoted(`${top}/${name}`)}/[^/]+$` : within(`${top}/${name}`);
}

/** One rule a place: it imports neither what stands above it nor its neighbours. */
function orderRules(rows, patternOf, { inside = "", mayBeside = () => false }) {
  return rows
    .flatMap((row, index) =>
      row.map((place) => {
        const closed = [...rows.slice(0, index).flat(), ...row.filter((other) => other !== place)];
        return { place, closed: closed.filter((other) => !mayBeside(place, other)).map(patternOf) };
      }),
    )
    .flatMap(({ place, closed }) =>
      closed.length === 0
        ? []
        : [
            {
              name: `order: ${inside}${place}`,
              severity: "error",
              comment: "Imports go down the rows of scripts/layers.mjs, never up or to a neighbour.",
              from: { path: patternOf(place) },
              to: { path: closed },
            },
          ],
    );
}

const isBeside = (from, to) => besides.some((pair) => pair.from === from && pair.to === to);

const innerRules = Object.entries(innerLayers).flatMap(([top, rows]) =>
  orderRules(rows, (name) => inner(top, name, rows.flat()), { inside: `${top}/` }),
);

const packagePattern = (name) => `(^|/)node_modules/${quoted(name)}/`;
const packageRules = Object.entries(packages).map(([name, folders]) => ({
  name: `package: ${name}`,
  severity: "error",
  comment: `${name} is imported in ${folders.join(", ")} only.`,
  from: { path: "^(src|grammar)/", pathNot: folders.map(within) },
  to: { path: packagePattern(name) },
}));

const nodeRules = Object.entries(nodeModules).map(([name, places]) => ({
  name: `node: ${name}`,
  severity: "error",
  comment: `node:${name} is used ${places.length === 0 ? "nowhere" : `in ${places.join(", ")} only`}.`,
  from: { path: "^(src|grammar)/", ...(places.length === 0 ? {} : { pathNot: places.map(within) }) },
  to: { path: `^${name}(/|$)`, dependencyTypes: ["core"] },
}));

export default {
  forbidden: [
    {
      name: "circle",
      severity: "error",
      comment: "No file imports itself by way of others, types and late imports included.",
      from: {},
      to: { circular: true },
    },
    ...orderRules(layers, within, { mayBeside: isBeside }),
    ...innerRules,
    ...packageRules,
    ...nodeRules,
    {
      name: "unlisted",
      severity: "error",
      comment: "What is not ours, Node's or a package of scripts/layers.mjs is not imported.",
      from: { path: "^(src|grammar)/" },
      to: {
        pathNot: ["^(src|grammar)/", ...Object.keys(packages).map(packagePattern)],
        dependencyTypesNot: ["core"],
      },
    },
  ],
  options: {
    // Imports of types, which the compiler takes away, are seen too.
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
