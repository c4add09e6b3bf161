/** What is gathered while a message is read, within bounds. */
import type { AttachmentFacts, ContentFacts } from '../../values/content.ts';
import { printable } from '../../values/printable.ts';
import { bounds } from './bounds.ts';

const EVIDENCE_CHARACTERS = 200;

export class Notes {
  readonly #faults = new Map<string, string>();
  readonly #unread = new Set<string>();
  readonly #unopened = new Set<string>();
  readonly #urls = new Set<string>();
  readonly #attachments: AttachmentFacts[] = [];
  readonly #texts: string[] = [];
  #characters = 0;
  /** Octets that decoding has made. */
  decodedBytes = 0;
  parts = 0;

  /** The first evidence of each fault is kept. */
  fault(fault: string, evidence: string): void {
    if (!this.#faults.has(fault)) this.#faults.set(fault, printable(evidence, EVIDENCE_CHARACTERS));
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
    if (this.#urls.size < bounds.urls) this.#urls.add(kept);
    else if (!this.#urls.has(kept)) this.unread(`URLs after ${bounds.urls}`);
  }

  /** @returns false when there is no room for it */
  attachment(facts: AttachmentFacts): boolean {
    if (this.#attachments.length < bounds.attachments) return this.#attachments.push(facts) > 0;
    this.unreadParts(`attachments after ${bounds.attachments}`);
    return false;
  }

  /** One that may hold others, which stand behind it. */
  attach(facts: AttachmentFacts, open: (facts: AttachmentFacts) => AttachmentFacts): boolean {
    const at = this.#attachments.length;
    const isNoted = this.attachment(facts);
    const opened = open(facts);
    if (isNoted) this.#attachments[at] = opened;
    return isNoted;
  }

  get textOf(): string {
    return this.#texts.join('\n');
  }

  get urlsOf(): readonly string[] {
    return [...this.#urls];
  }

  /** What is left of the octets that may be decoded. */
  get roomBytes(): number {
    return Math.max(0, bounds.decodedBytes - this.decodedBytes);
  }

  facts(of: Pick<ContentFacts, 'from' | 'subject' | 'messageId'>): ContentFacts {
    return {
      faults: [...this.#faults].map(([fault, evidence]) => ({ fault, evidence })),
      ...of,
      attachments: [...this.#attachments, ...[...this.#unopened].map(partsNotRead)],
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
