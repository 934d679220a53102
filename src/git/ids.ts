/** Names of Git things that are all strings underneath: branded so that they can't be swapped. */
export type ObjectId = string & { readonly __brand: "ObjectId" };
export type RefName = string & { readonly __brand: "RefName" };

export function objectId(text: string): ObjectId {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) throw new TypeError(`not an object id: ${text.slice(0, 80)}`);
  return text as ObjectId;
}

export function refName(text: string): RefName {
  return text as RefName;
}
