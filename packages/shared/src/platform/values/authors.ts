/**
 * Whom a From field names (RFC 5322 §3.4, §3.6.2): its mailboxes, with all that the syntax allows or once allowed (comments and
 * white space anywhere, quoted local parts, domain literals, groups, empty elements), and every domain. Of a field that is not
 * written so, every domain that any reader might find in it. Linear, and what is kept of it is bounded, however long it is.
 */
import { normaliseDomain } from './address.ts';
import { tokensOf, type Token } from './address-tokens.ts';
import { domainNameIn, domainsNamedIn } from './named-domains.ts';

export interface Mailbox {
  /** What a reader sees beside the address, without quotes, encoded words as they stand; '' without. */
  readonly name: string;
  /** '' where there is none, or none to read for certain. */
  readonly address: string;
}

export interface Authors {
  /** At most `MOST_AUTHORS`, and one for each domain. */
  readonly mailboxes: readonly Mailbox[];
  /** Each once, at most `MOST_DOMAINS`; literals in brackets. */
  readonly domains: readonly string[];
  readonly isReadable: boolean;
  readonly hasMoreMailboxes: boolean;
  readonly hasMoreDomains: boolean;
}

export const MOST_AUTHORS = 50;
/** No real message has so many. */
export const MOST_DOMAINS = 10;
/** What is behind is not read, and it is said that there is more: no real field has a tenth of it. */
const MOST_TOKENS = 10_000;
const NAME_CHARACTERS = 1_000;

/** @param value of the field, folded or not, as characters */
export function readAuthors(value: string): Authors {
  const reader = new AuthorReader();
  let left = MOST_TOKENS;
  for (const token of tokensOf(value)) {
    if (left === 0) {
      reader.giveUp();
      break;
    }
    reader.take(token);
    left -= 1;
  }
  return reader.finish(value);
}

/** The addresses alone, '' for what cannot be read for certain, and for more than there may be. */
export function authorsOf(value: string): string[] {
  const { mailboxes, isReadable, hasMoreMailboxes } = readAuthors(value);
  if (!isReadable) return [''];
  return [
    ...mailboxes.slice(0, MOST_AUTHORS).map(({ address }) => address),
    ...(hasMoreMailboxes ? [''] : []),
  ];
}

class AuthorReader {
  readonly #mailboxes: Mailbox[] = [];
  readonly #domains = new Set<string>();
  #isReadable = true;
  #hasMoreMailboxes = false;
  #hasMoreDomains = false;
  /** Of the mailbox at hand: what stands outside its angle brackets, and within. */
  #outside: Token[] = [];
  #inside: Token[] | undefined;
  #isOpen = false;

  take(token: Token): void {
    const { kind } = token;
    if (this.#isOpen && kind !== '>' && kind !== 'fault') this.#inside!.push(token);
    else if (kind === ',' || kind === ';') this.#end();
    else if (kind === ':') this.#beginGroup();
    else if (kind === '<') this.#open();
    else if (kind === '>' && this.#isOpen) this.#isOpen = false;
    else if (kind === '>' || kind === 'fault' || (kind === '@' && this.#inside)) this.#isReadable = false;
    else this.#outside.push(token);
  }

  giveUp(): void {
    this.#isReadable = false;
    this.#hasMoreMailboxes = this.#hasMoreDomains = true;
  }

  finish(value: string): Authors {
    if (this.#isOpen) this.#isReadable = false;
    this.#end();
    // Without an address programs show what else there is, and some take it for one.
    if (!this.#isReadable || this.#domains.size === 0)
      for (const domain of domainsNamedIn(value, MOST_DOMAINS + 1)) this.#name(domain);
    return {
      mailboxes: this.#mailboxes,
      domains: [...this.#domains],
      isReadable: this.#isReadable,
      hasMoreMailboxes: this.#hasMoreMailboxes,
      hasMoreDomains: this.#hasMoreDomains,
    };
  }

  #open(): void {
    if (this.#inside) this.#isReadable = false;
    this.#inside = [];
    this.#isOpen = true;
  }

  /** What stands before is its name. */
  #beginGroup(): void {
    if (this.#inside || this.#outside.some(isAt)) this.#isReadable = false;
    this.#outside = [];
    this.#inside = undefined;
  }

  #end(): void {
    const [outside, inside] = [this.#outside, this.#inside?.filter(isNoComment)];
    [this.#outside, this.#inside, this.#isOpen] = [[], undefined, false];
    const words = outside.filter(isNoComment);
    if (!inside && words.length === 0) return;
    const spec = inside ?? words;
    if (inside?.length === 0 ? !words.some(isAt) : !inside && !words.some(isAt))
      return this.#add({ name: nameIn(outside), address: '' }, undefined);
    const address = addressIn(spec);
    if (!address) this.#isReadable = false;
    const name = nameIn(inside ? outside : outside.filter((token) => !isNoComment(token)));
    this.#add({ name, address: address ? `${address.localPart}@${address.domain}` : '' }, address?.domain);
  }

  #add(mailbox: Mailbox, domain: string | undefined): void {
    const isNew = domain !== undefined && this.#name(domain);
    if (this.#mailboxes.length >= MOST_AUTHORS) this.#hasMoreMailboxes = true;
    if (this.#mailboxes.length < MOST_AUTHORS || isNew) this.#mailboxes.push(mailbox);
  }

  /** @returns whether it was not named before, and is kept */
  #name(domain: string): boolean {
    if (this.#domains.has(domain)) return false;
    if (this.#domains.size >= MOST_DOMAINS) {
      this.#hasMoreDomains = true;
      return false;
    }
    this.#domains.add(domain);
    return true;
  }
}

const isAt = ({ kind }: Token): boolean => kind === '@';
const isNoComment = ({ kind }: Token): boolean => kind !== 'comment';

/** An addr-spec (§3.4.1, §4.4), comments taken out. Encoded words may not be in one (RFC 2047 §5). */
function addressIn(tokens: readonly Token[]): { localPart: string; domain: string } | undefined {
  const at = tokens.findIndex(isAt);
  const localPart = joined(tokens.slice(0, at), ['atom', 'quoted']);
  const behind = tokens.slice(at + 1);
  const isLiteral = behind[0]?.kind === 'literal' && behind.length === 1;
  const written = isLiteral ? behind[0]!.text : joined(behind, ['atom']);
  if (at < 0 || localPart === undefined || written === undefined) return undefined;
  const domain = isLiteral ? literalIn(written) : domainNameIn(written);
  return domain === undefined ? undefined : { localPart, domain };
}

const LITERAL = /^\[\s*(?:\d{1,3}(?:\.\d{1,3}){3}|ipv6:[0-9a-f:.]+)\s*\]$/i;
const literalIn = (text: string): string | undefined =>
  LITERAL.test(text) ? normaliseDomain(text) : undefined;

/** Words and the dots between them as one; undefined where there are others, or no dot is between two. */
function joined(tokens: readonly Token[], kinds: readonly Token['kind'][]): string | undefined {
  const isOdd = ({ kind, text }: Token, i: number): boolean =>
    !kinds.includes(kind) ||
    /[\x00-\x1f\x7f]|=\?/.test(text) ||
    (i > 0 && !tokens[i - 1]!.text.endsWith('.') && !text.startsWith('.'));
  return tokens.length === 0 || tokens.some(isOdd) ? undefined : tokens.map(({ text }) => text).join('');
}

/** The words; without any what the comments say. */
function nameIn(tokens: readonly Token[]): string {
  const words = tokens.filter(isNoComment);
  return (words.length > 0 ? words : tokens)
    .map((token) => (token.isApart ? ' ' : '') + shownOf(token))
    .join('')
    .slice(0, NAME_CHARACTERS)
    .trim();
}

const shownOf = ({ kind, text }: Token): string =>
  kind === 'quoted' || kind === 'comment' ? text.slice(1, -1).replace(/\\([\s\S])/g, '$1') : text;
