/** Faults of a header section that matter (RFC 5322 §3.6): what programs read differently, or show as something else. Pure. */
import { mailboxesIn } from './addresses.ts';
import { bounds } from './bounds.ts';
import { decodeWords } from '../mime/encoded-words.ts';
import { valuesOf, type HeaderSection } from './header.ts';
import type { Notes } from './notes.ts';

/** At most once (RFC 5322 §3.6, RFC 2045 §3). Those that describe the body are noted where it is read. */
const singular = new Set([
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'message-id',
  'in-reply-to',
  'references',
  'subject',
  'mime-version',
]);
const LINE_CHARACTERS = 998;

export function noteHeaderFaults({ fields, left, leftBytes, odd }: HeaderSection, notes: Notes): void {
  if (left > 0) {
    notes.fault('too-many-fields', `${fields.length + left} fields`);
    notes.unreadParts(`fields after ${bounds.fields}`);
  }
  if (leftBytes > 0) {
    notes.fault('header-too-big', `more than ${bounds.headerBytes / 1024} KB`);
    notes.unreadParts(`octets of the header beyond ${bounds.headerBytes / 1024} KB`);
  }
  if (odd) notes.fault('odd-header-line', odd.line);
  const seen = new Set<string>();
  for (const [name, value] of fields) {
    if (!singular.has(name)) continue;
    if (seen.has(name)) notes.fault(name === 'from' ? 'duplicate-from' : 'duplicate-field', name);
    seen.add(name);
    if (value.length > LINE_CHARACTERS && (name === 'subject' || name === 'from'))
      notes.fault('overlong-field', `${name} has ${value.length} characters`);
  }
  if (!seen.has('date')) notes.fault('no-date', 'no Date field');
  if (!seen.has('from')) notes.fault('no-from', 'no From field');
  for (const value of valuesOf(fields, 'from').slice(0, 2)) noteFrom(value, seen.has('sender'), notes);
  for (const name of ['subject', 'from', 'to', 'reply-to'])
    noteControls(name, valuesOf(fields, name)[0], notes);
}

function noteFrom(value: string, hasSender: boolean, notes: Notes): void {
  const mailboxes = mailboxesIn(value, bounds.addresses);
  const [first] = mailboxes;
  if (!first?.address.includes('@')) notes.fault('from-without-address', value);
  // RFC 5322 §3.6.2: then Sender says who sent it.
  else if (mailboxes.length > 1 && !hasSender)
    notes.fault('several-authors', mailboxes.map(({ address }) => address).join(', '));
}

/** Controls that encoded words bring in: line ends and NUL end a value in some programs. */
function noteControls(name: string, value: string | undefined, notes: Notes): void {
  // Beyond encoded words no value has them: they end lines, and DATA refuses NUL.
  if (!value?.includes('=?')) return;
  const decoded = decodeWords(value.slice(0, bounds.shownCharacters));
  if (/[\u0000\r\n]/.test(decoded)) notes.fault('controls-in-field', `${name}: ${decoded.slice(0, 100)}`);
}
