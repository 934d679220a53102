/** What points start from: the parameter files that they name, and the stages that they would run. */
import type { Value } from "../../base/value.ts";
import { pathKey } from "../../pipeline/paths.ts";
import { diskSource } from "../../pipeline/reading/disk-source.ts";
import { askedOnce, type FileSource, laidOver } from "../../pipeline/reading/file-source.ts";
import { loadProjectStages, type ProjectStages } from "../../pipeline/reading/project-stages.ts";
import { Readings } from "../../pipeline/reading/readings.ts";
import type { Point } from "../../sweep/types.ts";
import type { ExperimentsContext } from "../repository.ts";
import { type OpenedParamFile, openParamFiles, type ParamFilesRequest } from "./param-edits.ts";

/**
 * One reading for all that is done with points before they run: checks, a preview, queueing. Each file is read when it is first
 * asked for, and never again: what was checked is what is queued.
 */
export class PointInputs {
  /** What was parsed, for who reads on. */
  readonly readings = new Readings();
  /** The disk, each of its files as it was when it was first asked for. */
  readonly source: FileSource;
  private opened: Promise<readonly OpenedParamFile[]> | undefined;
  private loaded: Promise<ProjectStages> | undefined;

  constructor(
    private readonly context: ExperimentsContext,
    private readonly request: ParamFilesRequest,
    source: FileSource = diskSource(context.project),
  ) {
    this.source = askedOnce(source);
  }

  get points(): readonly Point[] {
    return this.request.points;
  }

  /** The same files, as they were read, for other points of the same keys. */
  for(points: readonly Point[]): PointInputs {
    const other = new PointInputs(this.context, { ...this.request, points }, this.source);
    other.opened = this.paramFiles();
    other.loaded = this.stages();
    return other;
  }

  /** Other points, of the files as they are now. */
  anew(points: readonly Point[]): PointInputs {
    return new PointInputs(this.context, { ...this.request, points });
  }

  get configs(): ParamFilesRequest["configs"] {
    return this.request.configs;
  }

  /** The folder of the command, relative to the project's root. */
  get folder(): string {
    return this.request.folder;
  }

  /** The parameter files that the points name. Errors: those of openParamFiles. */
  paramFiles(): Promise<readonly OpenedParamFile[]> {
    this.opened ??= openParamFiles(this.context, this.request, this.source);
    return this.opened;
  }

  /**
   * The project's stages before the points are written: parameter files that are not there yet count as there, with the
   * values of the first point that writes them. Errors: those of loadProjectStages.
   */
  stages(): Promise<ProjectStages> {
    this.loaded ??= this.load();
    return this.loaded;
  }

  private async load(): Promise<ProjectStages> {
    const source = laidOver(this.source, this.filesToCome(await this.paramFiles()));
    return loadProjectStages(this.context.project, { source, readings: this.readings });
  }

  private filesToCome(opened: readonly OpenedParamFile[]): ReadonlyMap<string, Value> {
    const toCome = new Map<string, Value>();
    for (const file of opened) {
      if (file.bytes !== undefined) continue;
      const writer = this.points.find((point) => file.isWrittenAt(point));
      if (writer !== undefined) toCome.set(pathKey(this.context.project.root, file.absolute), file.valueAt(writer));
    }
    return toCome;
  }
}
