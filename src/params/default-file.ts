/** The parameter file that is meant where none is named: by `params:` of a stage, by -S and by overrides. */
export const defaultParamsFile = "params.yaml";
