/** URLs in text, and those carried within URLs. What a mail program would make a link of. Pure. */
import { BareLinks } from './bare-links.ts';
import { percentDecoded, webUrl } from './web-url.ts';

const inText = /(?:(?:https?|ftp):\/\/|\bwww\.)[^\s<>"'`{}|\\^]{3,}/gi;
const within = /(?:https?|ftp):\/\/[^\s<>"'`{}|\\^]{3,}/i;
/** `%253A` is a colon that was encoded twice. */
const encoded = /(?:https?|ftp)(?::|%(?:25){0,2}3a)(?:\/|%(?:25){0,2}2f){2}/i;
const target = /[?&;][^=&#;]{1,64}=([a-z0-9][^&#;:]*(?:\/|%2f)[^&#;]*)/gi;
/** Characters without width, which hide a host from whoever looks for it. */
const unseen =
  /[\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}]|\p{Variation_Selector}|\u{34f}/gu;
/** Full-width forms of ASCII, and the full stops that browsers take for dots (UTS 46). */
const wide = /[\uff01-\uff5e\u3002\uff61]/g;
/** Beyond these a URL says nothing more that is wanted here. */
const CHARACTERS = 4_096;
const DEPTH = 3;

/** Those without a scheme are given as they stand: `www.host.example`, `host.example/path`. */
export function urlsIn(text: string, found: (url: string) => void): void {
  if (!/[^\0-\x7f]/.test(text)) return urlsInLine(text, found);
  const narrow = /[\uff01-\uff5e\u3002\uff61]/.test(text) ? text.replace(wide, narrowed) : text;
  urlsInLine(narrow, found);
  const seen = narrow.replace(unseen, '');
  if (seen.length < narrow.length) urlsInLine(seen, found);
}

const narrowed = (character: string): string => {
  const code = character.charCodeAt(0);
  return code >= 0xff01 && code <= 0xff5e ? String.fromCharCode(code - 0xfee0) : '.';
};

function urlsInLine(text: string, found: (url: string) => void): void {
  const bare = new BareLinks(text);
  let end = 0;
  if (text.includes('://') || /www\./i.test(text))
    for (const match of text.matchAll(inText)) {
      bare.find(end, match.index, found);
      end = match.index + match[0].length;
      withCarried(trimmed(match[0]), found);
    }
  bare.find(end, text.length, (link) => withCarried(trimmed(link), found));
}

/** A URL as browsers take it, and those that stand in it, as redirectors have them. */
export function withCarried(url: string, found: (url: string) => void): void {
  found((webUrl(url) ?? url).slice(0, CHARACTERS));
  let rest = url.slice(1, CHARACTERS);
  if (rest.includes('=')) bareTargets(rest, found);
  for (let depth = 0; depth < DEPTH; depth += 1) {
    const at = rest.search(encoded);
    if (at === -1) return;
    rest = percentDecoded(rest.slice(at));
    for (let times = 1; times < DEPTH && /^[a-z]{3,5}%/i.test(rest); times += 1) rest = percentDecoded(rest);
    const carried = within.exec(rest)?.[0];
    if (carried === undefined) return;
    const url = trimmed(carried);
    found(webUrl(url) ?? url);
    rest = rest.slice(1);
  }
}

/** Values that are a host with a path, as some redirectors have them: `?q=host.example/path`. */
function bareTargets(rest: string, found: (url: string) => void): void {
  for (const [, value] of rest.matchAll(target)) {
    const text = percentDecoded(value!);
    new BareLinks(text).find(0, text.length, (link) => {
      if (link.includes('/') && text.startsWith(link)) found(trimmed(link));
    });
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
