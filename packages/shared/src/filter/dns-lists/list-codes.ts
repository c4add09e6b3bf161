/**
 * What the answers of a list in DNS mean (RFC 5782 §2.1). By themselves those in 127.0.0.0/24 are listings. Others are
 * only where the operator names them, as `127.0.1.2` or `127.0.*.3`. Some are how lists say that they do not answer us,
 * and an answer outside 127.0.0.0/8 comes from no list at all.
 */

/**
 * - `listing`: the subject is listed
 * - `other`: neither this nor that; as if it were not listed
 * - `refusal`: the list does not answer us, whatever is asked
 * - `foreign`: no list answers so
 */
export type CodeMeaning = 'listing' | 'other' | 'refusal' | 'foreign';

/** 127.0.0.1 is URIBL's and SURBL's word for a resolver that asks too much, 127.0.0.255 is DNSWL's. */
const refusals: ReadonlySet<string> = new Set(['127.0.0.1', '127.0.0.255']);

/** @param named the codes that the operator names, each of which is a listing but in 127.255.255.0/24 */
export function meaningOf(code: string, named: readonly string[]): CodeMeaning {
  if (code.startsWith('127.255.255.')) return 'refusal';
  if (named.some((pattern) => matchesCode(code, pattern))) return 'listing';
  if (refusals.has(code)) return 'refusal';
  if (code.startsWith('127.0.0.')) return 'listing';
  return code.startsWith('127.') ? 'other' : 'foreign';
}

/** Whether a code is one of a pattern, in which `*` stands for any octet. */
export function matchesCode(code: string, pattern: string): boolean {
  if (!pattern.includes('*')) return code === pattern;
  const octets = code.split('.');
  return pattern.split('.').every((part, i) => part === '*' || part === octets[i]);
}
