/**
 * A gateway that does not run: routes work on its files, which are opened when one needs them. The owner lock then keeps them for
 * this process.
 */
import { bayesDirectory } from '../filter/bayes/learning.ts';
import { openBayes, type Bayes } from '../filter/bayes/open-bayes.ts';
import { createCheckLocalServers } from '../gateway/dispatch/check-servers.ts';
import { addressesFrom } from '../gateway/dispatch/hop-addresses.ts';
import { slotDirectories } from '../gateway/workers/slot.ts';
import { openLedger } from '../directory/submitters/ledger-file.ts';
import type { Ledger } from '../directory/submitters/ledger.ts';
import { createSubmitterRules } from '../directory/submitters/rules.ts';
import type { Settings } from '../config/settings.ts';
import { createResolver } from '../platform/dns/resolver.ts';
import { createNetworks } from '../platform/network/addresses.ts';
import { systemClock } from '../platform/time/clock.ts';
import type { RoleName } from '../platform/values/role-name.ts';
import { lockSpool, type OwnerLock } from '../spool/store/owner-lock.ts';
import type { Damage } from '../spool/store/spool.ts';
import { askAll, askHere } from './ask.ts';
import type { Ask } from './route.ts';
import type { AskedServers, Sides } from './sides.ts';
import { StoppedWorker, type SharedFiles } from './stopped-worker.ts';

export class StoppedGateway implements SharedFiles {
  readonly role: RoleName;
  readonly settings: Settings;
  readonly onDamage: (damage: Damage) => void;
  readonly ask: Ask;
  readonly #workers: readonly StoppedWorker[];
  readonly #closers: (() => Promise<void> | void)[] = [];
  #ledger: Ledger | undefined;
  #bayes: Bayes | undefined;
  #lock: OwnerLock | undefined;
  #fault: Error | undefined;

  constructor(role: RoleName, settings: Settings, onDamage: (damage: Damage) => void) {
    this.role = role;
    this.settings = settings;
    this.onDamage = onDamage;
    this.#workers = slotDirectories(this.spool).map((directory) => new StoppedWorker(this, directory));
    const sides = this.#workers.map((worker) => worker.sides);
    this.ask = askAll(sides.map(askHere), sides[0]!);
  }

  get spool(): string {
    return this.settings[this.role].spool;
  }

  /** @throws with what to set or to do when it cannot be had */
  async open(side: keyof Sides): Promise<void> {
    for (const { sides } of this.#workers) await sides[side]();
  }

  ledger(): Ledger {
    return (this.#ledger ??= openLedger({
      directory: this.spool,
      clock: systemClock,
      submitterOf: createSubmitterRules(this.settings),
      onExcess: () => undefined,
      onFault: (error) => void (this.#fault = error),
    }));
  }

  /** Where a spool is open, that has the owner lock. */
  bayes(): Bayes {
    if (this.#bayes) return this.#bayes;
    if (!this.#workers.some(({ hasSpool }) => hasSpool)) this.#lock = lockSpool(this.spool);
    return (this.#bayes = openBayes({
      directory: bayesDirectory(this.spool),
      rules: () => this.settings.bayes,
      now: () => systemClock.now(),
      onFault: (error) => void (this.#fault = error),
    }));
  }

  releaseLock(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** This process connects in place of the gateway, from its source addresses. */
  localServers(): AskedServers {
    const { settings, role } = this;
    const { servers, timeoutMs } = settings.dns;
    const resolver = createResolver({ servers, timeoutMs });
    this.#closers.push(() => resolver.close());
    const check = createCheckLocalServers({
      settings: () => settings,
      localName: settings[role].host,
      sources: settings[role].sourceAddresses,
      addressesOf: addressesFrom(resolver, () => createNetworks(settings.send.privateDestinations)),
      now: () => systemClock.now(),
    });
    return { check, settings: () => settings };
  }

  /** @throws when something could not be written */
  async close(): Promise<void> {
    try {
      await this.#bayes?.close();
      await this.#ledger?.close();
      for (const worker of this.#workers) await worker.close();
      for (const close of this.#closers) await close();
    } finally {
      this.releaseLock();
    }
    if (this.#fault) throw this.#fault;
  }
}
