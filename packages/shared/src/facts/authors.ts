/**
 * The addresses in From (RFC 5322 §3.6.2), of all From fields there are: a reader may show any. What cannot be read for
 * certain is given as '', so that who checks them errs on the safe side. Bounded work, whatever the octets are.
 */
import { domainOf, localPartOf } from '../values/address.ts';

/** No header section of a mail program is longer; what comes after is not looked at. */
export const HEADER_BYTES = 64 * 1024;

const MOST = 50;
const LONGEST_FIELD = 8 * 1024;

/** @param start the first octets of a message */
export function authorsIn(start: Buffer): string[] {
  const head = headerOf(start.subarray(0, HEADER_BYTES));
  if (head === undefined) return [''];
  const found: string[] = [];
  for (const [, value = ''] of head.matchAll(FROM)) {
    found.push(...(value.length > LONGEST_FIELD ? [''] : addressesIn(value)));
    if (found.length > MOST) return [...found.slice(0, MOST), ''];
  }
  return found;
}

/** A field whose name is From, blanks before the colon allowed as they were once (RFC 5322 §4.5), and the lines it goes on. */
const FROM = /^From[ \t]*:((?:[^\r\n]|\r?\n[ \t])*)/gim;

/** Undefined when it does not end within what there is. */
function headerOf(start: Buffer): string | undefined {
  const end = start.indexOf('\r\n\r\n');
  if (end >= 0) return start.toString('utf8', 0, end);
  if (start.length < HEADER_BYTES) return start.toString('utf8');
  return undefined;
}

/** Of `Name <a@b>, "Q, uoted" <c@d>, e@f (comment), Group: g@h;`. */
function addressesIn(field: string): string[] {
  return mailboxesIn(withoutComments(field.replace(/\r?\n/g, ''))).map(addressOf);
}

/** Comments nest (RFC 5322 §3.2.2); within quotes a parenthesis is itself. */
function withoutComments(text: string): string {
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
  return kept;
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
      if (mailboxes.length > MOST) break;
    }
  }
  return mailboxes;
}

function addressOf(mailbox: string): string {
  // A display name in quotes is followed by anything but @; a group's name may stand before a bare address.
  const bare = mailbox.replace(/"(?:[^"\\]|\\.)*"(?!@)/g, '').replace(/^[^"@:<]*:/, '');
  const angles = bare.match(/<[^<>]*>/g) ?? [];
  if (angles.length > 1 || (angles.length === 0 && /[<>]/.test(bare))) return '';
  const address = (angles[0]?.slice(1, -1) ?? bare).trim();
  if (!/^(?:"(?:[^"\\]|\\.)*"|[^\s"<>()@,;:\\]+)@[^\s"<>()@,;:\\]+$/.test(address)) return '';
  return `${localPartOf(address)}@${domainOf(address)}`;
}
