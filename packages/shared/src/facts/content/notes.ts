/** What is gathered while a message is read, within bounds. */
import type { AttachmentFacts, ContentFacts } from '../../values/content.ts';
import { printable } from '../../values/printable.ts';
import { bounds } from './bounds.ts';

const EVIDENCE_CHARACTERS = 200;

export class Notes {
  readonly #faults = new Map<string, string>();
  readonly #unread = new Set<string>();
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

  attachment(facts: AttachmentFacts): void {
    if (this.#attachments.length < bounds.attachments) this.#attachments.push(facts);
    else this.unread(`attachments after ${bounds.attachments}`);
  }

  /** One that may hold others, which stand behind it. */
  attach(facts: AttachmentFacts, open: (facts: AttachmentFacts) => AttachmentFacts): void {
    const at = this.#attachments.length;
    this.attachment(facts);
    const opened = open(facts);
    if (at < this.#attachments.length) this.#attachments[at] = opened;
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
      attachments: this.#attachments,
      unread: [...this.#unread],
    };
  }
}
