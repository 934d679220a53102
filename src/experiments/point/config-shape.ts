/** The shape of a sweep that lives in a config: `zip`, `and`, `where`, `when`, `repeat`, `sample` below `hydra.sweeper`. */
import { SweeplineError } from "../../base/errors.ts";
import type { SweeperSettings } from "../../config/sweeper-settings.ts";
import { samplerNames } from "../../sweep/samplers/samplers.ts";
import { type SweepShape, zipKeys } from "../../sweep/shape.ts";

/** What the command line says of a setting takes the place of what the config says of it. Errors: CONFIG_BAD_SWEEP, BAD_OPTIONS. */
export function shapeUnder(settings: SweeperSettings, given: SweepShape): SweepShape {
  const repeat = given.repeat ?? repeatIn(settings);
  const sample = given.sample ?? sampleIn(settings);
  const narrowing = narrowingUnder(settings, given);
  return {
    zip: given.zip.length > 0 ? given.zip : settings.texts("zip").map(zipKeys),
    and: given.and.length > 0 ? given.and : settings.overrideLists("and"),
    ...(repeat === undefined ? {} : { repeat }),
    ...(sample === undefined ? {} : { sample }),
    ...(narrowing === undefined ? {} : { narrowing }),
  };
}

function repeatIn(settings: SweeperSettings): SweepShape["repeat"] {
  const times = settings.integer("repeat", 1);
  return times === undefined ? undefined : { times, key: settings.text("repeat_key") ?? "seed" };
}

function sampleIn(settings: SweeperSettings): SweepShape["sample"] {
  const count = settings.integer("sample", 1);
  if (count === undefined) return undefined;
  const name = settings.text("sampler") ?? "random";
  const sampler = samplerNames.find((known) => known === name);
  if (sampler === undefined)
    throw new SweeplineError({
      code: "CONFIG_BAD_SWEEP",
      message: `hydra.sweeper.sampler is '${name}': with hydra.sweeper.sample it is one of ${samplerNames.join(", ")}`,
    });
  return { count, sampler, seed: settings.integer("seed", 0) };
}

function narrowingUnder(settings: SweeperSettings, { narrowing }: SweepShape): SweepShape["narrowing"] {
  const { where = [], when = [] } = narrowing ?? {};
  const whenIn = () => settings.textsByKey("when").map(([key, condition]) => ({ key, condition }));
  const all = {
    where: where.length > 0 ? where : settings.texts("where"),
    when: when.length > 0 ? when : whenIn(),
  };
  return all.where.length === 0 && all.when.length === 0 ? undefined : all;
}
