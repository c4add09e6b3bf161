/** The ledger of submitters of a gateway, with whom it tells that a limit was exceeded. */
import { openLedger } from './submitters/ledger-file.ts';
import type { Ledger } from './submitters/ledger.ts';
import type { Clock } from './system/clock.ts';
import type { Log } from './system/log.ts';
import type { HostSettings } from './system/settings.ts';

export interface SubmittingParts {
  readonly host: Pick<HostSettings, 'spool'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function openSubmitters({ host, clock, log }: SubmittingParts): Ledger {
  return openLedger({
    directory: host.spool,
    clock,
    onExcess(submitter, reason, enforced) {
      if (!enforced) log.warn('submitter.beyond-limit', { submitter, reason });
      else
        log.error('submitter.held', {
          submitter,
          reason,
          fix: `its mail waits: "mailpair submitter show ${submitter}", then release or purge`,
        });
    },
    onFault: (error) => log.error('submitters.file-fault', { err: error }),
  });
}
