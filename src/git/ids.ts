/** Names of Git things that are all strings underneath: branded so that they can't be swapped. */
export type ObjectId = string & { readonly __brand: "ObjectId" };
export type RefName = string & { readonly __brand: "RefName" };
