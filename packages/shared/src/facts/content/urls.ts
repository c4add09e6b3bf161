/** URLs in text, and those carried within URLs. What a mail program would make a link of. Pure. */

const inText = /(?:\b(?:https?|ftp):\/\/|\bwww\.)[^\s<>"'`{}|\\^]{3,}/gi;
const within = /(?:https?|ftp):\/\/[^\s<>"'`{}|\\^]{3,}/i;
const encoded = /(?:https?|ftp)(?::|%3a)(?:\/|%2f){2}/i;
/** Beyond these a URL says nothing more that is wanted here. */
const CHARACTERS = 4_096;
const DEPTH = 3;

export function urlsIn(text: string, found: (url: string) => void): void {
  if (!text.includes('://') && !/www\./i.test(text)) return;
  for (const [url] of text.matchAll(inText)) withCarried(trimmed(url.slice(0, CHARACTERS)), found);
}

/** A URL and those that stand in it, as redirectors have them. */
export function withCarried(url: string, found: (url: string) => void): void {
  found(url);
  let rest = url.slice(1);
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const at = rest.search(encoded);
    if (at === -1) return;
    rest = unescaped(rest.slice(at));
    const carried = within.exec(rest)?.[0];
    if (carried === undefined) return;
    found(trimmed(carried));
    rest = rest.slice(1);
  }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%([2-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  }
}

/** Without what ends the sentence around it. */
function trimmed(url: string): string {
  let end = url.length;
  const keeps = (url.includes('(') ? ')' : '') + (url.includes('[') ? ']' : '');
  while (end > 0) {
    const last = url[end - 1]!;
    if (keeps.includes(last) || !'.,;:!?*_~)]'.includes(last)) break;
    end -= 1;
  }
  return url.slice(0, end);
}
