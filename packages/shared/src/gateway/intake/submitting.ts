/**
 * The ledger of submitters of a gateway: with whom it tells that a limit was exceeded, and what it tells its partners. A
 * submitter that one of them holds is held here too, where submitters are taken; each is released by itself.
 */
import type { Source, Topics } from '../../platform/topics.ts';
import { openLedger } from '../../directory/submitters/ledger-file.ts';
import type { Ledger, LedgerParts } from '../../directory/submitters/ledger.ts';
import { currentSubmitterRules } from '../../directory/submitters/rules.ts';
import { formatHold, parseHold } from '../../directory/submitters/told-hold.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Settings } from '../../config/settings.ts';
import type { HostSettings } from '../../config/sections/role.ts';

export interface SubmittingParts {
  readonly host: Pick<HostSettings, 'spool'>;
  /** False where another worker writes the file. */
  readonly keeps: boolean;
  settings(): Settings;
  /** Whether there is a listener for submitters. */
  takesSubmissions(): boolean;
  readonly topics: Topics;
  /** Told of what is counted here. */
  readonly onCounted?: NonNullable<LedgerParts['onCounted']>;
  readonly clock: Clock;
  readonly log: Log;
}

export function openSubmitters(parts: SubmittingParts): Ledger {
  const { host, keeps, settings, takesSubmissions, topics, onCounted, clock, log } = parts;
  const alarm = (submitter: string, reason: string, partner: boolean): void =>
    log.error('submitter.held', {
      submitter,
      reason,
      ...(partner && { by: 'partner' }),
      fix: `its mail waits: "mailpair submitter show ${submitter}", then release or purge`,
    });
  const ledger = openLedger({
    directory: host.spool,
    keeps,
    clock,
    submitterOf: currentSubmitterRules(settings),
    onExcess(submitter, reason, enforced) {
      if (enforced) alarm(submitter, reason, false);
      else log.warn('submitter.beyond-limit', { submitter, reason });
    },
    onHeld: (name) => teller.tell(name),
    ...(onCounted && { onCounted }),
    onFault: (error) => log.error('submitters.file-fault', { err: error }),
  });
  const ownHold = (name: string): string | undefined => {
    const held = ledger.heldFor(name);
    return held && held.by !== 'partner' ? formatHold(name, held) : undefined;
  };
  function holdToo(item: string, by: Source): boolean {
    const told = parseHold(item);
    if (!told || !ledger.holdToo(told, by === 'partner' ? by : 'limit')) return false;
    if (by === 'partner') alarm(told.name, told.reason, true);
    return true;
  }
  const teller = topics.add({
    name: 'submitters',
    look: ownHold,
    all: () => ledger.held().map(({ name }) => name),
    take: (items, by) => (takesSubmissions() ? items.filter((item) => holdToo(item, by)).length : 0),
  });
  return ledger;
}
