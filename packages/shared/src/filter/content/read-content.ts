/**
 * A message decoded and bounded, whatever it is: never throws, linear in its size. It is read from its octets as a whole, for
 * all that is asked of it at once: text, URLs, attachments, faults of form.
 */
import type { Content } from '../../platform/values/content.ts';
import { mailboxesIn } from './addresses.ts';
import { bounds } from './bounds.ts';
import { noteHeaderFaults } from './header-faults.ts';
import { decodeWords } from '../mime/encoded-words.ts';
import { readHeader, valuesOf, type Field, type HeaderSection } from './header.ts';
import { Notes } from './notes.ts';
import { isToOpen, type Opener } from './open-attachments.ts';
import { readLeaf } from './read-leaf.ts';
import { Parts } from './read-parts.ts';

const headerBounds = {
  fields: bounds.fields,
  bytes: bounds.headerBytes,
  fieldCharacters: bounds.fieldCharacters,
};
const SUBJECT_CHARACTERS = 1_000;

/** The message with its attachments closed, which may be opened after. */
export class Reading {
  readonly #notes = new Notes();
  readonly #header: HeaderSection;

  constructor(message: Buffer) {
    const notes = this.#notes;
    const octets = message.subarray(0, bounds.messageBytes);
    if (octets.length < message.length)
      notes.unreadParts(`octets beyond ${bounds.messageBytes / 1024 / 1024} MB`);
    const header = readHeader(octets, 0, octets.length, headerBounds);
    this.#header = header;
    noteHeaderFaults(header, notes);
    const parts = new Parts(octets, notes, (leaf) => readLeaf(leaf, notes));
    parts.read(header, { depth: 0, usual: '' });
  }

  /** Whether an attachment is to be opened. */
  get hasToOpen(): boolean {
    return this.#notes.closed.some(({ facts }) => isToOpen(facts));
  }

  /** May be done again, by an opener that knows more. */
  open(open: Opener): void {
    this.#notes.openAll((octets, facts) => open(octets, facts, this.#notes));
  }

  content(): Content {
    return contentOf(this.#header, this.#notes);
  }
}

/** @param open looks into attachments; without it they stay closed */
export function readContent(message: Buffer, open?: Opener): Content {
  const reading = new Reading(message);
  if (open) reading.open(open);
  return reading.content();
}

/** Of a message of which no more than the header section could be read. */
export function contentNotRead(start: Buffer, reason: string): Content {
  const header = readHeader(start, 0, start.length, headerBounds);
  const notes = new Notes();
  noteHeaderFaults(header, notes);
  notes.unreadParts(reason);
  return contentOf(header, notes);
}

const contentOf = ({ fields }: HeaderSection, notes: Notes): Content => ({
  fields,
  text: notes.textOf,
  urls: notes.urlsOf,
  facts: notes.facts(shownOf(fields)),
});

/** What a mail program shows of the header section. */
const shownOf = (fields: readonly Field[]) => ({
  from: valuesOf(fields, 'from')
    .flatMap((value) => mailboxesIn(value, bounds.addresses))
    .slice(0, bounds.addresses)
    .map(({ name, address }) => ({ name: name.slice(0, 500), address: address.slice(0, 500) })),
  subject: decodeWords((valuesOf(fields, 'subject')[0] ?? '').slice(0, bounds.shownCharacters)).slice(
    0,
    SUBJECT_CHARACTERS,
  ),
  messageId: (valuesOf(fields, 'message-id')[0] ?? '').trim().slice(0, 500),
});
