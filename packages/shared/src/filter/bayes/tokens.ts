/**
 * What of a message speaks for spam or ham: words of text and subject and pairs of them, addresses, hosts of URLs, the
 * fields there are and what some of them say, attachments. Only what a message still has when it comes back from a mailbox to be
 * learnt: no trace fields, nothing that gateways and mailboxes add. Pure; time is bounded by the bounds of `Content`.
 */
import type { Content } from '../../platform/values/content.ts';
import { TokenSet } from './token-set.ts';

/** Characters of text that are read. */
const MAX_TEXT = 48 * 1024;
const MAX_VALUE = 1_000;
const SHORTEST_WORD = 2;
const LONGEST_WORD = 24;

/** Where a word stands, so that `free` in the subject is another token than in the text. */
const seeds = {
  text: 1,
  subject: 2,
  fromName: 3,
  fromAddress: 4,
  host: 5,
  fieldName: 6,
  fieldValue: 7,
  attachment: 8,
  fault: 9,
  path: 10,
} as const;

/** Fields whose words count, each by itself. */
const read: ReadonlySet<string> = new Set([
  'reply-to',
  'content-type',
  'content-transfer-encoding',
  'x-mailer',
  'user-agent',
  'organization',
  'list-id',
  'x-priority',
  'importance',
  'precedence',
  'auto-submitted',
  'content-language',
]);

/** Fields that trace, or that whoever takes the mail in may add: not even that they are there counts. */
const ignored = new RegExp(
  `^(${[
    'received|return-path|delivered-to|envelope-to|x-original-to|x-envelope.*|x-received|resent-.*|x-from-.*',
    'authentication-results|arc-.*|received-spf|x-spam.*|x-virus.*|x-mailpair.*|x-rspamd.*|x-ms-exchange.*',
    'status|x-status|x-keywords|x-uidl?|content-length|lines|x-mozilla.*|x-gmail.*|x-evolution.*|x-sieve',
    'date|to|cc|bcc|subject|from|message-id|references|in-reply-to',
  ].join('|')})$`,
);

const set = new TokenSet();

/** @returns high and low half of each token in turn; valid until the next call */
export function tokensOf({ fields, text, urls, facts }: Content): Uint32Array {
  set.clear();
  for (const { name, address } of facts.from.slice(0, 3)) {
    words(name, seeds.fromName);
    token(address.toLowerCase(), seeds.fromAddress);
    hosts(address.slice(address.lastIndexOf('@') + 1), seeds.fromAddress);
  }
  words(facts.subject, seeds.subject);
  for (const [name, value] of fields) {
    if (ignored.test(name)) continue;
    token(name, seeds.fieldName);
    if (read.has(name)) words(value.slice(0, MAX_VALUE), seeds.fieldValue + 16 * hashOf(name));
  }
  hosts(facts.messageId.slice(facts.messageId.lastIndexOf('@') + 1).split('>', 1)[0]!, seeds.fieldValue);
  for (const url of urls) aboutUrl(url);
  for (const { name, declaredType, looksLike } of facts.attachments.slice(0, 50)) {
    token(`${name.slice(name.lastIndexOf('.') + 1).toLowerCase()} ${looksLike}`, seeds.attachment);
    token(declaredType, seeds.attachment);
  }
  for (const { fault } of facts.faults) token(fault, seeds.fault);
  words(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text, seeds.text);
  return set.tokens;
}

/** The host and what it is below: `a.b.example.com`, `b.example.com`, `example.com`. */
function hosts(host: string, seed: number): void {
  const name = host.slice(0, 255).toLowerCase();
  token(name, seed);
  for (let dot = name.indexOf('.'), n = 0; dot > 0 && n < 4; dot = name.indexOf('.', dot + 1), n += 1)
    token(name.slice(dot), seed);
}

function aboutUrl(url: string): void {
  const text = url.slice(0, MAX_VALUE);
  const match = /^[a-z]+:\/*(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)(?::\d+)?/i.exec(text);
  if (!match) return;
  hosts(match[1]!, seeds.host);
  words(text.slice(match[0].length).slice(0, 200), seeds.path, false);
}

function token(text: string, seed: number): void {
  let [a, b] = [start(seed), seed];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x5bd1e995) ^ (b >>> 15);
  }
  set.add(mix(a), mix(b));
}

const SPACE = 0;
const LETTER = 1;
/** Within a word only: `don't`, `e-mail`. */
const JOINER = 2;
/** A word by itself: scripts without spaces. */
const ALONE = 3;

const kinds = new Uint8Array(0x10000);
for (let code = 0; code < kinds.length; code += 1) {
  if (code >= 0x2e80 && code <= 0x9fff && !(code >= 0x3000 && code <= 0x303f)) kinds[code] = ALONE;
  else if (
    /[\p{L}\p{N}\p{M}\p{S}$%!]/u.test(String.fromCharCode(code)) &&
    !/[<>=+~^|`]/.test(String.fromCharCode(code))
  )
    kinds[code] = LETTER;
  else if (`'-.@_’`.includes(String.fromCharCode(code))) kinds[code] = JOINER;
  else if (code >= 0xd800 && code <= 0xdfff) kinds[code] = LETTER;
}

/** Lower case for what is quickly told; that is enough for tokens. */
const lower = new Uint16Array(0x10000);
for (let code = 0; code < lower.length; code += 1) {
  const text = String.fromCharCode(code).toLowerCase();
  lower[code] = text.length === 1 ? text.charCodeAt(0) : code;
}

/** Each word, and each with the one before it. */
function words(text: string, seed: number, pairs = true): void {
  const [startA, startB] = [start(seed), seed];
  let [beforeA, beforeB] = [0, 0];
  const end = text.length;
  for (let i = 0; i < end;) {
    const kind = kinds[text.charCodeAt(i)]!;
    if (kind === SPACE || kind === JOINER) {
      i += 1;
      continue;
    }
    let [a, b] = [startA, startB];
    const from = i;
    for (; i < end; i += 1) {
      const code = text.charCodeAt(i);
      const next = kinds[code]!;
      if (next === SPACE || (next === ALONE && i > from)) break;
      if (next === JOINER && (i + 1 === end || kinds[text.charCodeAt(i + 1)] !== LETTER)) break;
      const char = lower[code]!;
      a = Math.imul(a ^ char, 0x01000193);
      b = Math.imul(b ^ char, 0x5bd1e995) ^ (b >>> 15);
      if (next === ALONE) {
        i += 1;
        break;
      }
    }
    const length = i - from;
    if (kind !== ALONE && length < SHORTEST_WORD) continue;
    if (length > LONGEST_WORD) {
      a = start(seed + 32) ^ text.charCodeAt(from);
      b = length >> 3;
    }
    a = mix(a);
    b = mix(b);
    set.add(a, b);
    if (pairs && (beforeA !== 0 || beforeB !== 0))
      set.add(mix(Math.imul(beforeA, 0x27d4eb2f) ^ a), mix(Math.imul(beforeB, 0x165667b1) + b));
    beforeA = a;
    beforeB = b;
  }
}

const start = (seed: number): number => Math.imul(seed + 1, 0x9e3779b1);

function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

const hashes = new Map<string, number>();
function hashOf(name: string): number {
  let hash = hashes.get(name);
  if (hash === undefined) {
    hash = 0;
    for (let i = 0; i < name.length; i += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
    hashes.set(name, hash);
  }
  return hash;
}
