/** What is gathered while a message is read, within bounds. */
import type { AttachmentFacts, ContentFacts } from '../../platform/values/content.ts';
import { printable } from '../../platform/values/printable.ts';
import { bounds } from './bounds.ts';

const EVIDENCE_CHARACTERS = 200;
const MORE = `attachments after ${bounds.attachments}`;

export interface Closed {
  readonly facts: AttachmentFacts;
  readonly octets: Buffer;
}

/** `http://user@Example.com:80/p` → `user@example.com:80`: enough to tell hosts apart, without parsing each URL. */
const hostIn = (url: string): string =>
  (/^(?:[a-z]+:)?[/\\]{0,9}([^/\\?#]{0,255})/i.exec(url)?.[1] ?? '').toLowerCase();

export class Notes {
  readonly #faults = new Map<string, string>();
  readonly #unread = new Set<string>();
  readonly #unopened = new Set<string>();
  readonly #urls = new Set<string>();
  /** Those without a scheme: they come last, for some are only names of files. */
  readonly #bareLinks = new Set<string>();
  /** Of the URLs, once there are as many as are kept in any case. */
  readonly #hosts = new Set<string>();
  /** The parts of the message itself, closed. */
  readonly #closed: Closed[] = [];
  #attachments: AttachmentFacts[] | undefined;
  /** Parts of the message that are still to be opened, for which room is kept. */
  #toCome = 0;
  readonly #texts: string[] = [];
  #characters = 0;
  #isQuiet = false;
  #nameRoom: number = bounds.otherNamesCharacters;
  /** How much was noted of the message before its attachments were opened. */
  #read: Readonly<Record<'texts' | 'characters' | 'parts' | 'decodedBytes', number>> | undefined;
  /** Octets that decoding has made. */
  decodedBytes = 0;
  parts = 0;
  /** Parts that were read again, for programs differ in them. */
  readings = 0;

  /** The first evidence of each fault is kept. */
  fault(fault: string, evidence: string): void {
    if (!this.#isQuiet && !this.#faults.has(fault))
      this.#faults.set(fault, printable(evidence, EVIDENCE_CHARACTERS));
  }

  withoutFaults(read: () => void): void {
    const before = this.#isQuiet;
    this.#isQuiet = true;
    read();
    this.#isQuiet = before;
  }

  unread(what: string): void {
    this.#unread.add(what);
  }

  /** Parts of the message that no bound leaves unread without a verdict: what they hold is not known. */
  unreadParts(what: string): void {
    this.unread(what);
    this.#unopened.add(what);
  }

  text(text: string): void {
    const room = bounds.textCharacters - this.#characters;
    if (text.length > room) this.unread(`text beyond ${bounds.textCharacters / 1024} KB`);
    if (room <= 0 || text === '') return;
    const kept = text.length > room ? text.slice(0, room) : text;
    this.#texts.push(kept);
    this.#characters += kept.length;
  }

  url(url: string): void {
    if (url.length > bounds.urlCharacters) this.unread(`URLs beyond ${bounds.urlCharacters} characters`);
    const kept = url.slice(0, bounds.urlCharacters);
    const urls = /^(?:[a-z]+:|www\.)/i.test(kept) ? this.#urls : this.#bareLinks;
    if (urls.size < bounds.urls || this.#isNewHost(kept)) urls.add(kept);
    else if (!urls.has(kept)) this.unread(`URLs after ${bounds.urls}`);
  }

  /** Beyond the bound one URL of each host is kept, for lists are asked about hosts. */
  #isNewHost(url: string): boolean {
    const host = hostIn(url);
    if (this.#hosts.size === 0) for (const known of this.#urls) this.#hosts.add(hostIn(known));
    if (this.#hosts.has(host)) return false;
    const hasRoom = this.#hosts.size < bounds.urlHosts;
    if (hasRoom) this.#hosts.add(host);
    else this.unread(`hosts of URLs after ${bounds.urlHosts}`);
    return hasRoom;
  }

  /** @returns the names of a part besides its usual one, as far as there is room for them */
  otherNames(names: readonly string[]): readonly string[] {
    const kept = names.filter((name) => (this.#nameRoom -= name.length) >= 0);
    if (kept.length < names.length) this.unreadParts('other names of attachments');
    return kept;
  }

  /** A part of the message, which is opened later if at all. */
  part(facts: AttachmentFacts, octets: Buffer): void {
    if (this.#closed.length < bounds.attachments) this.#closed.push({ facts, octets });
    else this.unreadParts(MORE);
  }

  get closed(): readonly Closed[] {
    return this.#closed;
  }

  /** The parts noted meanwhile, which stand in an attachment and are the caller's to open. */
  partsWithin(read: () => void): readonly Closed[] {
    const before = this.#closed.length;
    read();
    return this.#closed.splice(before);
  }

  /** Opens all parts; those within each stand behind it. May be done again. */
  openAll(open: (octets: Buffer, facts: AttachmentFacts) => AttachmentFacts): void {
    this.#forgetOpened();
    this.#attachments = [];
    this.#toCome = this.#closed.length;
    for (const { facts, octets } of this.#closed) {
      this.#toCome -= 1;
      this.attach(facts, () => open(octets, facts));
    }
  }

  /** Text of messages in attachments is noted while they are opened. */
  #forgetOpened(): void {
    const { parts, decodedBytes } = this;
    this.#read ??= { texts: this.#texts.length, characters: this.#characters, parts, decodedBytes };
    this.#texts.length = this.#read.texts;
    this.#characters = this.#read.characters;
    this.parts = this.#read.parts;
    this.decodedBytes = this.#read.decodedBytes;
  }

  /** One within another. @returns false when there is no room for it */
  attach(facts: AttachmentFacts, open: (facts: AttachmentFacts) => AttachmentFacts): boolean {
    const attachments = (this.#attachments ??= []);
    const at = attachments.length;
    const isNoted = at + this.#toCome < bounds.attachments;
    if (isNoted) attachments.push(facts);
    else this.unreadParts(MORE);
    const opened = open(facts);
    if (isNoted) attachments[at] = opened;
    return isNoted;
  }

  get textOf(): string {
    return this.#texts.join('\n');
  }

  get urlsOf(): readonly string[] {
    return [...this.#urls, ...this.#bareLinks].slice(0, bounds.urls + bounds.urlHosts);
  }

  /** What is left of the octets that may be decoded. */
  get roomBytes(): number {
    return Math.max(0, bounds.decodedBytes - this.decodedBytes);
  }

  facts(of: Pick<ContentFacts, 'from' | 'subject' | 'messageId'>): ContentFacts {
    return {
      faults: [...this.#faults].map(([fault, evidence]) => ({ fault, evidence })),
      ...of,
      attachments: [
        ...(this.#attachments ?? this.#closed.map(({ facts }) => facts)),
        ...[...this.#unopened].map(partsNotRead),
      ],
      unread: [...this.#unread],
    };
  }
}

const partsNotRead = (what: string): AttachmentFacts => ({
  name: '',
  declaredType: '',
  looksLike: '',
  sizeBytes: 0,
  depth: 0,
  unopened: `not read: ${what}`,
});
