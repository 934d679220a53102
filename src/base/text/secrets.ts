/** Texts that somebody else will read (a log, a report), without what opens doors. */

/** `scheme://user:token@host` as `scheme://***@host`, anywhere in a text. The last @ counts, as for curl. */
export function withoutCredentials(text: string): string {
  if (!text.includes("://")) return text;
  return text.replace(/(\b[a-z][\w+.-]*:\/\/)[^\s/?#'"]*@/gi, "$1***@");
}
