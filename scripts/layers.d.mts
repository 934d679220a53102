type Rows = readonly (readonly string[])[];

export const ownFiles: string;
export const layers: Rows;
export const besides: readonly { readonly from: string; readonly to: string }[];
export const innerLayers: Readonly<Record<string, Rows>>;
export const packages: Readonly<Record<string, readonly string[]>>;
export const nodeModules: Readonly<Record<string, readonly string[]>>;
