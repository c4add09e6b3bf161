/**
 * What an operator can do to the quarantine. A running gateway and the files of a stopped gateway offer the same operations.
 *
 * Release puts the octets as they were received into the queue, and no check sees them again. They are on disk there before
 * they leave the quarantine. Where the recipient does not exist its sender, whom nobody knows, is not told.
 */
import { link, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Learned } from '../filter/bayes/open-bayes.ts';
import type { Quarantine } from '../gateway/quarantine/quarantining.ts';
import type { Clock } from '../platform/time/clock.ts';
import { failpoints } from '../platform/process/failpoint.ts';
import { octetsIn } from '../platform/files/regular-file.ts';
import type { Settings } from '../config/settings.ts';
import type { Body } from '../platform/values/body.ts';
import type { Entry, RecipientState } from '../platform/values/entry.ts';
import type { Quarantined } from '../platform/values/quarantined.ts';
import { isAddress, readPage, type Page } from './page.ts';
import { itemOf, matches, type QuarantineFilter, type QuarantineItem } from './quarantine-item.ts';

export interface Released {
  /** Recipients that get it now; none when it is not kept from the one that was named. */
  readonly released: readonly string[];
  /** Its entry in the queue; null when nobody gets it. */
  readonly queuedAs: string | null;
}

export interface Removed {
  readonly removed: readonly string[];
}

interface Noted {
  readonly id: string;
  readonly recipients: readonly string[];
  /** In the queue. */
  readonly entry?: string;
}

export interface QuarantineControlParts {
  settings(): Settings;
  readonly quarantine: Quarantine;
  /** Of the queue. */
  readonly incomingDirectory: string;
  /** Resolves when it is on disk. */
  enqueue(entry: Entry, body: Body): Promise<void>;
  readonly nextId: () => string;
  readonly clock: Clock;
  /** Teaches the classifier. */
  learn(as: 'spam' | 'ham', body: Body): Promise<Learned>;
  /** Told what the operator did. */
  note?(event: 'released' | 'deleted', about: Noted): void;
}

export class QuarantineControl {
  readonly #parts: QuarantineControlParts;

  constructor(parts: QuarantineControlParts) {
    this.#parts = parts;
  }

  async page(filter: QuarantineFilter, limit: number, after?: string): Promise<Page<QuarantineItem>> {
    return readPage(this.#parts.quarantine, {
      prefix: filter.prefix,
      after,
      limit,
      itemOf: (entry) => (matches(entry, filter) ? itemOf(entry) : undefined),
    });
  }

  async show(id: string): Promise<Quarantined | undefined> {
    return this.#parts.quarantine.get(id);
  }

  /** The octets as they were received. */
  async message(id: string): Promise<Readable | undefined> {
    const entry = this.#parts.quarantine.get(id);
    if (!entry) return undefined;
    const body = await this.#parts.quarantine.body(entry);
    return body.path === undefined
      ? Readable.from(body.chunks ?? [])
      : Readable.from(octetsIn(body.path), { objectMode: false });
  }

  /** To one recipient, or to all it is kept from. Undefined when there is no such message. */
  async release(id: string, to?: string): Promise<Released | undefined> {
    let queuedAs: string | null = null;
    const released = await this.#take(id, to, async (entry, chosen) => {
      queuedAs = await this.#requeue(entry, chosen);
      if (failpoints) await failpoints.pass('quarantine.requeued');
      this.#parts.note?.('released', {
        id,
        recipients: chosen.map(({ address }) => address),
        entry: queuedAs,
      });
    });
    return released && { released, queuedAs };
  }

  /** No notice is sent. */
  async remove(id: string, to?: string): Promise<Removed | undefined> {
    const removed = await this.#take(id, to, () => Promise.resolve());
    if (removed && removed.length > 0) this.#parts.note?.('deleted', { id, recipients: removed });
    return removed && { removed };
  }

  /** Teaches the classifier; the message stays. */
  async learn(id: string, as: 'spam' | 'ham') {
    const entry = this.#parts.quarantine.get(id);
    return entry && { learned: await this.#parts.learn(as, await this.#parts.quarantine.body(entry)) };
  }

  async #requeue(entry: Quarantined, to: readonly RecipientState[]): Promise<string> {
    const now = this.#parts.clock.now();
    const id = this.#parts.nextId();
    const { kept: _kept, ...rest } = entry;
    const queued: Entry = {
      ...rest,
      id,
      head: entry.head.replace(/^X-Mailpair-Verdict: .*$/m, 'X-Mailpair-Verdict: released'),
      expiresAt: now + this.#parts.settings().queue.expireMs,
      recipients: to.map((recipient) => ({ ...recipient, notify: ['never'], dueAt: now })),
    };
    const body = await this.#parts.quarantine.body(entry);
    if (body.path === undefined) await this.#parts.enqueue(queued, body);
    else await this.#enqueueFile(queued, body, body.path);
    return id;
  }

  /** The queue may remove the file that it is given. */
  async #enqueueFile(entry: Entry, body: Body, kept: string): Promise<void> {
    const path = join(this.#parts.incomingDirectory, `released-${entry.id}`);
    await link(kept, path);
    try {
      await this.#parts.enqueue(entry, { ...body, path });
    } finally {
      await rm(path, { force: true });
    }
  }

  /** Does something with recipients and then takes them out. */
  async #take(
    id: string,
    to: string | undefined,
    use: (entry: Quarantined, chosen: readonly RecipientState[]) => Promise<void>,
  ): Promise<string[] | undefined> {
    const taken: string[] = [];
    const before = await this.#parts.quarantine.change(id, async (entry) => {
      const isChosen = ({ address }: RecipientState): boolean => to === undefined || isAddress(address, to);
      const chosen = entry.recipients.filter(isChosen);
      if (chosen.length === 0) return entry;
      await use(entry, chosen);
      taken.push(...chosen.map(({ address }) => address));
      const left = entry.recipients.filter((recipient) => !isChosen(recipient));
      return left.length > 0 ? { ...entry, recipients: left } : null;
    });
    return before && taken;
  }
}
