/**
 * judge → queue: messages that are kept from their recipients until the operator lets them go or their time is over. They lie
 * in a spool of their own beside the queue, with the same guarantees: on disk before 250, one sync for many.
 *
 * Nothing is deleted before its time. When the quarantine is full, what should go there is deferred.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EntryClaims } from '../dispatch/entry-claims.ts';
import { entryOf, type Message } from '../../filter/contract/message.ts';
import { openLmdbSpool } from '../../spool/store/lmdb-spool.ts';
import { SpoolFullError, type Damage, type Spool } from '../../spool/store/spool.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { failpoints } from '../../platform/process/failpoint.ts';
import { fieldsIn, HEADER_BYTES } from '../../platform/values/header-start.ts';
import type { Log } from '../../platform/log/log.ts';
import { readStart } from '../../platform/files/read-start.ts';
import type { Settings } from '../../config/settings.ts';
import type { Body } from '../../platform/values/body.ts';
import type { Entry } from '../../platform/values/entry.ts';
import type { Recipient } from '../../platform/values/envelope.ts';
import type { Kept, Quarantined } from '../../platform/values/quarantined.ts';
import type { Judgement } from '../../filter/contract/verdict.ts';

export interface QuarantineParts {
  /** The spool directory of the gateway. */
  readonly directory: string;
  settings(): Pick<Settings, 'quarantine' | 'queue'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Octets that other workers keep. */
  elsewhereBytes?(): number;
  /** Its time was over. */
  expired?(entry: Entry): void;
  onDamage(damage: Damage): void;
}

export interface KeptFor {
  readonly recipient: Recipient;
  readonly judgement: Judgement;
}

export interface Quarantine {
  /**
   * Resolves when it is on disk.
   * @throws SpoolFullError when there is no room
   */
  keep(message: Message, recipients: readonly KeptFor[]): Promise<void>;
  /** Takes back what `keep` took, because the client was not told 250. */
  drop(id: string): Promise<void>;
  get(id: string): Quarantined | undefined;
  /** By time of receipt. */
  list(after?: string): Iterable<Quarantined>;
  /** @throws DamagedEntryError after setting the message aside */
  body(entry: Quarantined): Promise<Body>;
  /**
   * Changes one message, one change after the other; null deletes it.
   * @returns the message as it was, or undefined when there is none
   */
  change(
    id: string,
    how: (entry: Quarantined) => Quarantined | null | Promise<Quarantined | null>,
  ): Promise<Quarantined | undefined>;
  count(): number;
  sizeBytes(): number;
  /** Messages and files that are set aside. */
  damaged(): Damage[];
  /** What another quarantine kept, as it was kept there. */
  add(entry: Entry, body: Body): Promise<void>;
  /** Where a body may be written so that `add` can link it. */
  readonly incomingDirectory: string;
  /** From now on deletes what has been kept for long enough. */
  start(): void;
  close(): Promise<void>;
}

const EXPIRE_EVERY_MS = 60_000;
const EXPIRED_TOGETHER = 500;
/** What a message takes at least. */
const LEAST_BYTES = 4096;

/** @throws naming the directory and the fix when it cannot be used */
export async function openQuarantine(parts: QuarantineParts): Promise<Quarantine> {
  const { settings, clock, onDamage } = parts;
  const directory = join(parts.directory, 'quarantine');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { minFreeBytes } = settings().queue;
  const spool = await openLmdbSpool({ directory, minFreeBytes, clock, onDamage });
  let sizeBytes = 0;
  let seen = 0;
  for (const entry of spool.list()) {
    sizeBytes += sizeOf(entry);
    if ((seen += 1) % 1_000 === 0) await nextTurn();
  }
  return new SpoolQuarantine(parts, spool, sizeBytes);
}

/** Whether there has ever been one in that spool directory. */
export const quarantineIn = (directory: string): string => join(directory, 'quarantine', 'queue.mdb');

class SpoolQuarantine implements Quarantine {
  readonly #parts: QuarantineParts;
  readonly #spool: Spool;
  readonly #claims: EntryClaims;
  #sizeBytes: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: QuarantineParts, spool: Spool, sizeBytes: number) {
    this.#parts = parts;
    this.#spool = spool;
    this.#sizeBytes = sizeBytes;
    this.#claims = new EntryClaims({
      store: (id, entry) => (entry ? spool.update(entry) : spool.remove(id)),
      released: () => undefined,
    });
  }

  async keep(message: Message, recipients: readonly KeptFor[]): Promise<void> {
    const { keepMs, maxBytes } = this.#parts.settings().quarantine;
    const { body, receivedAt } = message;
    const takes = sizeOf({ body });
    const sizeBytes = this.#sizeBytes + (this.#parts.elsewhereBytes?.() ?? 0);
    if (sizeBytes + takes > maxBytes)
      throw new SpoolFullError(
        `the quarantine holds ${sizeBytes} bytes of the ${maxBytes} it may (quarantine.maxSize): ` +
          'look through it and delete, or let it be larger',
      );
    this.#sizeBytes += takes;
    try {
      const states = recipients.map(({ recipient }) => ({
        ...recipient,
        status: 'queued' as const,
        attempts: 0,
        dueAt: receivedAt + keepMs,
      }));
      const entry: Quarantined = {
        ...entryOf(message, states, keepMs),
        kept: await keptOf(body, recipients),
      };
      await this.#spool.add(entry, body);
      if (failpoints) await failpoints.pass('quarantine.kept');
    } catch (error) {
      this.#sizeBytes -= takes;
      throw error;
    }
  }

  async add(entry: Entry, body: Body): Promise<void> {
    await this.#spool.add(entry, body);
    this.#sizeBytes += sizeOf(entry);
  }

  get incomingDirectory(): string {
    return this.#spool.incomingDirectory;
  }

  async drop(id: string): Promise<void> {
    await this.change(id, () => null);
  }

  get = (id: string): Quarantined | undefined => this.#spool.get(id) as Quarantined | undefined;

  list = (after?: string): Iterable<Quarantined> => this.#spool.list(after) as Iterable<Quarantined>;

  body = (entry: Quarantined): Promise<Body> => this.#spool.body(entry);

  async change(
    id: string,
    how: (entry: Quarantined) => Quarantined | null | Promise<Quarantined | null>,
  ): Promise<Quarantined | undefined> {
    const claim = this.#claims.claim(id, () => this.#spool.get(id));
    if (!claim) return undefined;
    try {
      let isGone = false;
      const before = await claim.change(async (entry) => {
        const after = await how(entry as Quarantined);
        isGone = after === null;
        return after;
      });
      if (before && isGone) this.#sizeBytes -= sizeOf(before);
      return before as Quarantined | undefined;
    } finally {
      claim.release();
    }
  }

  count = (): number => this.#spool.count();

  damaged = (): Damage[] => this.#spool.damaged();

  sizeBytes = (): number => this.#sizeBytes;

  start(): void {
    const expire = (): void => {
      this.#expire().catch((error: unknown) => this.#parts.log.error('quarantine.fault', { err: error }));
    };
    this.#timer = setInterval(expire, EXPIRE_EVERY_MS).unref();
    expire();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#claims.idle();
    await this.#spool.close();
  }

  async #expire(): Promise<void> {
    const { clock, log } = this.#parts;
    const now = clock.now();
    const over: Entry[] = [];
    for (const { lane, dueAt } of this.#spool.lanes())
      if (dueAt <= now && over.length < EXPIRED_TOGETHER)
        over.push(...this.#spool.due(lane, now, EXPIRED_TOGETHER - over.length).entries);
    await Promise.all(over.map(({ id }) => this.change(id, () => null)));
    for (const entry of over) {
      const { id, reversePath, recipients } = entry;
      log.info('quarantine.expired', {
        id,
        from: reversePath,
        recipients: recipients.map(({ address }) => address),
      });
      this.#parts.expired?.(entry);
    }
  }
}

const sizeOf = ({ body }: Pick<Entry, 'body'>): number => Math.max(body.sizeBytes, LEAST_BYTES);

async function keptOf(body: Body, recipients: readonly KeptFor[]): Promise<Kept> {
  const fields = fieldsIn(await readStart(body, HEADER_BYTES), ['from', 'subject', 'message-id']);
  return {
    from: fields.from,
    subject: fields.subject,
    messageId: fields['message-id'],
    reasons: Object.fromEntries(
      recipients.map(({ recipient, judgement: { verdict, score } }) => [
        recipient.address,
        { reason: verdict.reason, score },
      ]),
    ),
  };
}
