/**
 * The addresses of a From field (RFC 5322 §3.4, §3.6.2), for who goes by them: quoted names, comments and groups lead nobody
 * astray, and what cannot be read for certain is given as ''. Bounded work, whatever stands there.
 */
import { domainOf, localPartOf } from './address.ts';

/** One more is given, as '', when there are more. */
export const MOST_AUTHORS = 50;

const LONGEST_FIELD = 8 * 1024;

/** @param value of the field, folded or not: `Name <a@b>, "Q, uoted" <c@d>, e@f (comment), Group: g@h;` */
export function authorsOf(value: string): string[] {
  if (value.length > LONGEST_FIELD) return [''];
  const text = withoutComments(value.replace(/\r?\n/g, ''));
  return text === undefined ? [''] : mailboxesIn(text).map(addressOf);
}

/** Comments nest (RFC 5322 §3.2.2); within quotes a parenthesis is itself. Undefined when one of both does not end. */
function withoutComments(text: string): string | undefined {
  let kept = '';
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '\\' && (quoted || depth > 0)) {
      if (depth === 0) kept += text.slice(at, at + 2);
      at += 1;
    } else if (character === '"' && depth === 0) {
      quoted = !quoted;
      kept += character;
    } else if (!quoted && character === '(') depth += 1;
    else if (!quoted && character === ')' && depth > 0) depth -= 1;
    else if (depth === 0) kept += character;
  }
  return quoted || depth > 0 ? undefined : kept;
}

function mailboxesIn(text: string): string[] {
  const mailboxes: string[] = [];
  let from = 0;
  let quoted = false;
  let angled = false;
  for (let at = 0; at <= text.length; at += 1) {
    const character = text[at];
    if (character === '\\' && quoted) at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === '<') angled = true;
    else if (!quoted && character === '>') angled = false;
    else if (character === undefined || (!quoted && !angled && /[,;]/.test(character))) {
      const mailbox = text.slice(from, at).trim();
      if (mailbox !== '') mailboxes.push(mailbox);
      from = at + 1;
      if (mailboxes.length > MOST_AUTHORS) break;
    }
  }
  return mailboxes;
}

function addressOf(mailbox: string): string {
  // A display name in quotes is followed by anything but @; a group's name may stand before a bare address.
  const bare = mailbox.replace(/"(?:[^"\\]|\\.)*"(?![ \t]*@)/g, '').replace(/^[^"@:<]*:/, '');
  const angles = bare.match(/<[^<>]*>/g) ?? [];
  if (angles.length > 1 || (angles.length === 0 && /[<>]/.test(bare))) return '';
  const address = (angles[0]?.slice(1, -1) ?? bare)
    .split('@')
    .map((side) => side.trim())
    .join('@');
  if (!/^(?:"(?:[^"\\]|\\.)*"|[^\s"<>()@,;:\\]+)@[^\s"<>()@,;:\\]+$/.test(address)) return '';
  return `${localPartOf(address)}@${domainOf(address)}`;
}
