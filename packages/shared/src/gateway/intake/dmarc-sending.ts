/** dmarc → queue: one report, to those who want it of those whom its domain names. It goes through the queue like any other mail. */
import { bodyOf } from '../../smtp/server/message-data.ts';
import { formatDate } from '../../smtp/server/received.ts';
import {
  composeReportMail,
  composeXml,
  packed,
  type Report,
} from '../../filter/dmarc-reports/compose-report.ts';
import { destinationsIn, wantsReports } from '../../filter/dmarc-reports/destinations.ts';
import { asQueued } from '../../filter/contract/message.ts';
import type { Spool } from '../../spool/store/spool.ts';
import type { Signing } from '../sign/signing.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Log } from '../../platform/log/log.ts';
import type { Resolver } from '../../platform/dns/resolver.ts';
import type { Settings } from '../../config/settings.ts';
import type { Entry } from '../../platform/values/entry.ts';

export interface ReportSenderParts {
  settings(): Settings;
  /** Our host name. */
  readonly host: string;
  readonly resolver: Pick<Resolver, 'resolveTxt'>;
  readonly spool: Pick<Spool, 'add'>;
  readonly signing: Pick<Signing, 'own'>;
  readonly nextId: () => string;
  /** A report is in the queue. */
  queued(entry: Entry): void;
  readonly clock: Clock;
  readonly log: Log;
}

/** @returns a function that rejects when DNS does not say, or the spool has no room: it is tried again */
export function createReportSender(
  parts: ReportSenderParts,
): (report: Report, from: string) => Promise<void> {
  const { settings, clock, log } = parts;

  async function queue(report: Report, gzip: Buffer, from: string, to: readonly string[]): Promise<void> {
    const now = clock.now();
    const id = parts.nextId();
    const date = formatDate(now);
    const body = bodyOf(Buffer.from(composeReportMail(report, gzip, to, date)));
    const received = `Received: by ${parts.host} (Mailpair) id ${id};\r\n\t${date}\r\n`;
    const entry: Entry = {
      id,
      receivedAt: now,
      expiresAt: now + settings().queue.expireMs,
      reversePath: from,
      recipients: to.map((address) => asQueued({ address, notify: ['never'] }, now)),
      eightBit: false,
      smtpUtf8: false,
      requireTls: false,
      head: await parts.signing.own({ id, at: now, head: received, body }),
      body: { sizeBytes: body.sizeBytes, sha256: body.sha256, eightBit: body.eightBit },
      origin: { session: '', listener: '', client: '', helo: '' },
    };
    await parts.spool.add(entry, body);
    parts.queued(entry);
    log.info('dmarc.reported', { id, domain: report.domain, day: report.day, to });
  }

  return async (report, from) => {
    const gzip = packed(composeXml(report));
    const to: string[] = [];
    for (const { address, maxBytes } of destinationsIn(report.rows[0]?.published.rua ?? '')) {
      if (gzip.length > maxBytes) continue;
      if (await wantsReports(address, report.domain, parts.resolver)) to.push(address);
    }
    if (to.length > 0) await queue(report, gzip, from, to);
    else log.info('dmarc.no-destination', { domain: report.domain, day: report.day });
  };
}
