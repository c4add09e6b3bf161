/** What all workers of a gateway that does not run share: opened when a route needs it. */
import { bayesDirectory } from '../filter/bayes/learning.ts';
import { openBayes, type Bayes } from '../filter/bayes/open-bayes.ts';
import { createCheckLocalServers } from '../gateway/dispatch/check-servers.ts';
import { addressesFrom } from '../gateway/dispatch/hop-addresses.ts';
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
import type { AskedServers } from './sides.ts';

export class StoppedFiles {
  readonly role: RoleName;
  readonly settings: Settings;
  readonly onDamage: (damage: Damage) => void;
  #ledger: Ledger | undefined;
  #bayes: Bayes | undefined;
  #lock: OwnerLock | undefined;
  #isLockedBySpool = false;
  #servers: AskedServers | undefined;
  #closeServers: (() => void) | undefined;
  #fault: Error | undefined;

  constructor(role: RoleName, settings: Settings, onDamage: (damage: Damage) => void) {
    this.role = role;
    this.settings = settings;
    this.onDamage = onDamage;
  }

  get spool(): string {
    return this.settings[this.role].spool;
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

  bayes(): Bayes {
    if (this.#bayes) return this.#bayes;
    if (!this.#isLockedBySpool) this.#lock = lockSpool(this.spool);
    return (this.#bayes = openBayes({
      directory: bayesDirectory(this.spool),
      rules: () => this.settings.bayes,
      now: () => systemClock.now(),
      onFault: (error) => void (this.#fault = error),
    }));
  }

  /** For a spool that is about to be opened, which takes the owner lock. */
  leaveLock(): void {
    this.#isLockedBySpool = true;
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** This process connects in place of the gateway, from its source addresses. */
  localServers(): AskedServers {
    return (this.#servers ??= this.#openServers());
  }

  #openServers(): AskedServers {
    const { settings, role } = this;
    const { servers, timeoutMs } = settings.dns;
    const resolver = createResolver({ servers, timeoutMs });
    this.#closeServers = () => resolver.close();
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
      this.#closeServers?.();
    } finally {
      this.#lock?.release();
    }
    if (this.#fault) throw this.#fault;
  }
}
