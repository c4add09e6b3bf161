/**
 * The domains that a text names: what stands behind an @, read as any mail program might. For a From that cannot be read as an
 * address (RFC 5322 §3.4) and is shown to somebody nevertheless. Linear.
 */
import { normaliseDomain } from './address.ts';
import { withoutComments } from './comments.ts';

/** Longer ones are none, whatever characters they have: a name has 253 octets at most, and as many characters before they are mapped. */
const LONGEST_NAME = 500;
/** Signs @ that are looked behind. */
const MOST_SIGNS = 1_000;

/** In A-labels and lower case, without empty labels; undefined where it is no domain name. */
export function domainNameIn(text: string): string | undefined {
  if (text.length > LONGEST_NAME) return undefined;
  const dotted = text
    .normalize('NFKC')
    .replace(/[.\u3002]+/g, '.')
    .replace(/^\.|\.$/g, '');
  const domain = normaliseDomain(dotted);
  return domain.length <= 253 && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(domain) ? domain : undefined;
}

/** @param most of them */
export function domainsNamedIn(text: string, most: number): ReadonlySet<string> {
  const found = new Set<string>();
  const plain = text.normalize('NFKC');
  for (const reading of [plain, withoutComments(plain)])
    for (const behind of reading.split('@', MOST_SIGNS).slice(1)) {
      if (found.size >= most) return found;
      for (const domain of domainsBehind(behind)) found.add(domain);
    }
  return found;
}

/** The first word, and all up to where an address ends: programs differ in what ends a domain and what they leave out of it. */
function domainsBehind(text: string): readonly string[] {
  const stretch = /^[^<>,;:]*/
    .exec(text)![0]
    .replace(/\([^()]*\)/g, ' ')
    .trim();
  const word = /^"?[^\s"\\[\]()]*/.exec(stretch)![0];
  const literal = /^\[[^\]]*\]?/.exec(stretch)?.[0] ?? '';
  return [word, literal, stretch].flatMap((each) => domainsIn(each.replace(/[\s"\\[\]\x00-\x1f\x7f]+/g, '')));
}

/** One, or what is left of it between characters that no domain has. */
function domainsIn(candidate: string): readonly string[] {
  const whole = domainNameIn(candidate);
  if (whole !== undefined) return [whole];
  return candidate
    .split(/[^\p{L}\p{N}\p{M}\p{Cf}_.\u3002-]+/u)
    .filter((piece) => piece.includes('.') || piece.includes('\u3002'))
    .map(domainNameIn)
    .filter((domain) => domain !== undefined);
}
