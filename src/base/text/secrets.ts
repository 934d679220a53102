/** Texts that somebody else will read (a log, a report), without what opens doors. */

/** Before the @ of an address. A scheme is taken from where its word begins, so that no character is looked at twice. */
const userInfo = /(?<![\w+.-])([\w+.-]+:\/\/)[^\s/?#'"]*@/g;

/** Values of an address that let in whoever has them: `?access_token=...`, `&X-Amz-Signature=...`. */
const openingValues = /([?&][\w-]{0,40}(?:token|password|secret|signature|credential|api_?key)=)[^\s&#'"]+/gi;

/** `scheme://user:token@host` as `scheme://***@host`, anywhere in a text. The last @ counts, as for curl. */
export function withoutCredentials(text: string): string {
  if (!text.includes("://")) return text;
  return text.replace(userInfo, "$1***@").replace(openingValues, "$1***");
}
