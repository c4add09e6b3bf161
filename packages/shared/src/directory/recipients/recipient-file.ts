/**
 * The list of valid recipients in a file: one address a line, `@example.com` for a whole domain, `#` starts a
 * comment. Pure.
 */
import { domainOf, normaliseDomain, recipientKey } from '../../platform/values/address.ts';

export interface RecipientList {
  has(address: string): boolean;
  readonly size: number;
}

/** @throws with every bad line named */
export function parseRecipientFile(text: string, path: string): RecipientList {
  const known = new Set<string>();
  const faults: string[] = [];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trim();
    if (line === '') continue;
    if (/^@[^\s@]+$/.test(line)) known.add(`@${normaliseDomain(line.slice(1))}`);
    else if (/^[^\s@]+@[^\s@]+$/.test(line)) known.add(recipientKey(line));
    else faults.push(`${path}:${index + 1}: “${line}” is neither an address nor @domain`);
  }
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return {
    has: (address) => known.has(recipientKey(address)) || known.has(`@${domainOf(address)}`),
    size: known.size,
  };
}
