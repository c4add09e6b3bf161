/**
 * MAIL FROM and RCPT TO with their parameters (RFC 5321 §4.1.1.2, §4.1.1.3, §4.1.2).
 * Strict where a later host could read it otherwise, lenient where real senders are harmlessly odd.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { normaliseDomain } from '../../platform/values/address.ts';

export interface PathCommand {
  /** Without angle brackets and source route; '' for the null reverse-path. */
  readonly address: string;
  /** Upper-case keyword → value, '' when it has none. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MAX_PATH = 256;
/** RFC 1035 §2.3.4: a name of 255 octets on the wire has 253 as text. */
const MAX_DOMAIN = 253;
const MAX_LABEL = 63;

// U+FFFD stands for octets that are not UTF-8 (RFC 6531 §3.3).
const NEVER = String.raw`\x00-\x1f\x7f-\x9f\ufffd`;
const ATOM = String.raw`[^\s"(),:;<>@[\\\]${NEVER}]+`;
const QUOTED = String.raw`"(?:[^"\\\u2028\u2029${NEVER}]|\\[ -~])*"`;
const LABEL = String.raw`[\p{L}\p{N}\p{M}_](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}_])?`;
const DOMAIN = String.raw`${LABEL}(?:\.${LABEL})*\.?`;
// No other tag is registered (RFC 5321 §4.1.3).
const LITERAL = String.raw`\[(?:([\d.]+)|IPv6:([0-9a-f:.]+))\]`;

const MAILBOX = new RegExp(`^(?:${ATOM}|${QUOTED})@(?:(${DOMAIN})|${LITERAL})$`, 'iu');
const SOURCE_ROUTE = /^@[^\s,:@]+(?:,@[^\s,:@]+)*:/;
const LINE_END = /[\n\r\u2028\u2029]/;
const NONE: PathCommand['parameters'] = new Map();
const PARAMETER = /^([A-Z0-9][A-Z0-9-]*)(?:=([^\s=\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*))?$/i;

/**
 * The path and parameters that follow `FROM:` or `TO:`; undefined when the argument of MAIL or RCPT does not begin so, or has a line
 * end within it. Blanks after the colon are common and skipped, though RFC 5321 §3.3 has none there.
 */
export function afterKeyword(keyword: 'FROM:' | 'TO:', argument: string): string | undefined {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword || LINE_END.test(argument))
    return undefined;
  return argument.slice(keyword.length).trimStart();
}

/** @returns the parsed command; 'address' or the name of the bad parameter says what is wrong. */
export function parsePathCommand(
  argument: string,
): PathCommand | { fault: 'address' } | { fault: 'parameter'; name: string } {
  const end = endOfPath(argument);
  if (end < 0) return { fault: 'address' };
  const path = argument.slice(1, end);
  const address = path.startsWith('@') ? path.replace(SOURCE_ROUTE, '') : path;
  if (!isAddress(address)) return { fault: 'address' };

  if (end + 1 === argument.length) return { address, parameters: NONE };
  const parameters = new Map<string, string>();
  for (const word of argument.slice(end + 1).split(/\s+/)) {
    if (word === '') continue;
    const match = PARAMETER.exec(word);
    const name = match?.[1]?.toUpperCase();
    if (!name || parameters.has(name)) return { fault: 'parameter', name: name ?? printable(word) };
    parameters.set(name, match?.[2] ?? '');
  }
  return { address, parameters };
}

/** The index of the `>` that ends the path; one inside a quoted local part does not count. */
function endOfPath(argument: string): number {
  if (!argument.startsWith('<')) return -1;
  let quoted = false;
  for (let i = 1; i < argument.length; i += 1) {
    const char = argument[i];
    if (char === '\\' && quoted) i += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === '>' && !quoted) return i + 1 === argument.length || argument[i + 1] === ' ' ? i : -1;
  }
  return -1;
}

function isAddress(address: string): boolean {
  if (address === '' || address.toLowerCase() === 'postmaster') return true;
  if (Buffer.byteLength(address) > MAX_PATH) return false;
  const match = MAILBOX.exec(address);
  if (match === null) return false;
  const [, domain, ipv4, ipv6] = match;
  if (domain !== undefined) return canExist(domain);
  return ipv4 === undefined ? isIPv6(ipv6!) : isIPv4(ipv4);
}

/** Whether the DNS can have such a name, in A-labels where it is internationalised. */
function canExist(domain: string): boolean {
  const name = normaliseDomain(domain);
  if (name.length <= MAX_LABEL) return true;
  return name.length <= MAX_DOMAIN && name.split('.').every(({ length }) => length <= MAX_LABEL);
}

/** What of a word may be said back to its sender. */
const printable = (word: string): string => word.slice(0, 40).replace(/[^!-~]/g, '?');

/** Decodes xtext (RFC 3461 §4); undefined when it is not xtext or stands for more than printable ASCII. */
export function decodeXtext(value: string): string | undefined {
  if (/\+(?!2[0-9A-F]|[3-6][0-9A-F]|7[0-9A-E])/.test(value)) return undefined;
  const decoded = value.replace(/\+(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /^[ -~]*$/.test(decoded) ? decoded : undefined;
}

/**
 * Decodes ORCPT, `type;address` (RFC 3461 §4.2). An address of type utf-8 has its characters beyond ASCII as
 * `\x{E9}` or, with SMTPUTF8, as they are (RFC 6533 §3).
 */
export function decodeOrcpt(value: string, smtpUtf8: boolean): string | undefined {
  if (!/^[a-z0-9-]+;./i.test(value)) return undefined;
  if (!/^utf-8;/i.test(value)) return decodeXtext(value);
  if (!smtpUtf8 && /[^!-~]/.test(value)) return undefined;
  const decoded = value.replace(/\\x\{([0-9A-F]{2,6})\}/g, (escape, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : escape;
  });
  return new RegExp(`[${NEVER}]`).test(decoded) ? undefined : decoded;
}
