/**
 * The domain of the author: of the first mailbox in From (RFC 5322 §3.4, §3.6.2), read without being led astray by
 * quoted names, comments and groups. Pure; linear in the length of the field.
 */
import { normaliseDomain } from '../values/address.ts';

/** Lower-case A-labels; undefined when there is none that could be a domain. */
export function authorDomain(value: string): string | undefined {
  const plain = withoutQuotesAndComments(value);
  if (plain === undefined) return undefined;
  // Behind the name of a group stand its members.
  const first = plain.replace(/^[^<@,]*:/, '').split(/[,;]/, 1)[0] ?? '';
  const angle = /<([^<>]*)>/.exec(first);
  const address = (angle ? angle[1]! : first).replace(/[ \t\r\n]+/g, '');
  const at = address.lastIndexOf('@');
  if (at < 1) return undefined;
  const domain = normaliseDomain(Buffer.from(address.slice(at + 1), 'latin1').toString());
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domain) && domain.length <= 253 ? domain : undefined;
}

/** Quoted strings stand as `q`, comments as nothing; undefined when one does not end. */
function withoutQuotesAndComments(value: string): string | undefined {
  const kept: string[] = [];
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < value.length; at += 1) {
    const char = value[at]!;
    if (char === '\\' && (quoted || depth > 0)) at += 1;
    else if (quoted) quoted = char !== '"';
    else if (char === '(') depth += 1;
    else if (depth > 0) depth -= char === ')' ? 1 : 0;
    else if (char === '"') {
      quoted = true;
      kept.push('q');
    } else kept.push(char);
  }
  return quoted || depth > 0 ? undefined : kept.join('');
}
