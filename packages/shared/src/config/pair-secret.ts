/**
 * The file of the secret that the gateways of a pair share: one secret a line, `#` starts a comment. The first is
 * used, all are taken, so a secret is changed without a gap: add the new one below on every host, then move it to the
 * top on every host, then remove the old one. Pure.
 *
 * A secret must hold 32 octets by chance, as `openssl rand -base64 32` makes: 43 characters, or 64 of hex, which do
 * not repeat themselves.
 */

export interface SecretLines {
  readonly secrets: readonly string[];
  readonly faults: readonly SecretFault[];
}

export interface SecretFault {
  /** From 1; 0 for the file as a whole. */
  readonly line: number;
  readonly problem: string;
}

export const makeSecret = (path: string): string => `make one: openssl rand -base64 32 > ${path}`;

export function parsePairSecret(text: string): SecretLines {
  const secrets: string[] = [];
  const faults: SecretFault[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const problem = weaknessOf(line);
    if (problem === undefined) secrets.push(line);
    else faults.push({ line: index + 1, problem });
  }
  if (secrets.length === 0 && faults.length === 0) faults.push({ line: 0, problem: 'has no secret in it' });
  return { secrets, faults };
}

function weaknessOf(secret: string): string | undefined {
  const isHex = /^[0-9a-f]+$/i.test(secret);
  const [least, leastDistinct] = isHex ? [64, 9] : [43, 16];
  if (secret.length < least)
    return `is too short: ${secret.length} characters${isHex ? ' of hex' : ''}, and 32 octets by chance take ${least}`;
  if (new Set(secret).size < leastDistinct) return 'repeats a few characters, so it was not made by chance';
  return undefined;
}
