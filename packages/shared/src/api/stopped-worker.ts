/** What one worker of a gateway that does not run left on disk. */
import { exampleOf } from '../filter/bayes/example.ts';
import type { Learned } from '../filter/bayes/open-bayes.ts';
import { readContent } from '../filter/content/read-content.ts';
import { EntryClaims } from '../gateway/dispatch/entry-claims.ts';
import { readDrain } from '../gateway/pair/drain-file.ts';
import type { Drain } from '../gateway/pair/drain.ts';
import { openQuarantine, type Quarantine } from '../gateway/quarantine/quarantining.ts';
import { readRegular } from '../platform/files/regular-file.ts';
import { nameOf } from '../platform/http/api-caller.ts';
import { silentLog } from '../platform/log/log.ts';
import { systemClock } from '../platform/time/clock.ts';
import type { Body } from '../platform/values/body.ts';
import { createIds } from '../spool/store/ids.ts';
import { openLmdbSpool } from '../spool/store/lmdb-spool.ts';
import type { Spool } from '../spool/store/spool.ts';
import { keptIn } from './kept-lines.ts';
import { QuarantineControl } from './quarantine-control.ts';
import { QueueControl } from './queue-control.ts';
import type { Classifier, Sides } from './sides.ts';
import type { StoppedFiles } from './stopped-files.ts';
import { TraceControl } from './trace.ts';

const clock = systemClock;

export class StoppedWorker {
  readonly #files: StoppedFiles;
  readonly #directory: string;
  #spool: Promise<Spool> | undefined;
  #quarantine: Promise<Quarantine> | undefined;

  constructor(files: StoppedFiles, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  readonly sides: Sides = {
    queue: () => this.#queueSide(),
    quarantine: () => this.#quarantineSide(),
    traces: () => this.#traceSide(),
    records: () => keptIn(this.#files.spool),
    bayes: () => this.#classifier(),
    localServers: () => this.#files.localServers(),
    bans: () => this.#refuse(),
    senders: () => this.#refuse(),
    draining: () => this.#refuse(),
    configuration: () => this.#refuse(),
  };

  /** What only a gateway that runs has. */
  #refuse(): never {
    const { role, settings } = this.#files;
    throw new Error(
      settings[role].http ? 'it does not run' : `it cannot be asked while ${role}.http is none`,
    );
  }

  #openSpool(): Promise<Spool> {
    return (this.#spool ??= this.#openedSpool());
  }

  async #openedSpool(): Promise<Spool> {
    const { role, settings } = this.#files;
    const { http } = settings[role];
    this.#files.leaveLock();
    try {
      return await openLmdbSpool({
        directory: this.#directory,
        minFreeBytes: 0,
        clock,
        onDamage: (damage) => this.#files.onDamage(damage),
      });
    } catch (error) {
      const notAsked = http
        ? `nothing answers at ${nameOf(http)} (${role}.http)`
        : `${role}.http is none, so a running gateway cannot be asked: set it, e.g. to 127.0.0.1:8025`;
      throw new Error(`${(error as Error).message}; and ${notAsked}`, { cause: error });
    }
  }

  async #openQuarantine(): Promise<Quarantine> {
    await this.#openSpool(); // which has the owner lock
    const { settings } = this.#files;
    return (this.#quarantine ??= openQuarantine({
      directory: this.#directory,
      settings: () => settings,
      clock,
      log: silentLog,
      onDamage: (damage) => this.#files.onDamage(damage),
    }));
  }

  async #queueSide(): Promise<QueueControl> {
    const { role, settings } = this.#files;
    const spool = await this.#openSpool();
    const claims = new EntryClaims({
      store: (id, entry) => (entry ? spool.update(entry) : spool.remove(id)),
      released: () => undefined,
    });
    return new QueueControl({
      role,
      host: settings[role].host,
      settings: () => settings,
      spool,
      ledger: this.#files.ledger(),
      change: (id, how) => claims.change(id, () => spool.get(id), how),
      keptDrain: drainIn(settings[role].spool),
      clock,
    });
  }

  async #quarantineSide(): Promise<QuarantineControl> {
    const { settings } = this.#files;
    const spool = await this.#openSpool();
    return new QuarantineControl({
      settings: () => settings,
      quarantine: await this.#openQuarantine(),
      incomingDirectory: spool.incomingDirectory,
      enqueue: (entry, body) => spool.add(entry, body),
      nextId: createIds({ clock, slot: 0 }),
      clock,
      learn: (as, body) => this.#learnBody(as, body),
    });
  }

  async #traceSide(): Promise<TraceControl> {
    const spool = await this.#openSpool();
    return new TraceControl({
      directory: this.#directory,
      spool,
      quarantine: await this.#openQuarantine(),
    });
  }

  #classifier(): Classifier {
    const bayes = this.#files.bayes();
    return {
      learn: (example) => bayes.learn(example),
      learnBody: (as, body) => this.#learnBody(as, body),
      status: () => bayes.status(),
    };
  }

  async #learnBody(as: 'spam' | 'ham', { path, chunks = [] }: Body): Promise<Learned> {
    const octets = path === undefined ? Buffer.concat(chunks) : await readRegular(path);
    return this.#files.bayes().learn(exampleOf(readContent(octets), as, clock.now()));
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled([this.#quarantine, this.#spool]);
    for (const store of opened) if (store.status === 'fulfilled') await store.value?.close();
  }
}

/** What is wrong with the file the gateway reports when it starts. */
function drainIn(spool: string): Drain | null {
  try {
    return readDrain(spool, clock.now());
  } catch {
    return null;
  }
}
