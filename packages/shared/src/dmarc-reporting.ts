/**
 * judge → dmarc → queue: what DMARC said of strangers' mail is counted, and once a day reported to the domains that want it. Each
 * gateway reports what it saw itself. A report goes through the queue like any other mail; that it was sent is noted after it
 * is on disk there, so a crash in between sends one twice, under the same Report-ID.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { bodyOf } from './accept/message-data.ts';
import { formatDate } from './accept/received.ts';
import { composeReportMail, composeXml, packed, reportsOf, type Report } from './dmarc/compose-report.ts';
import { beginOf, DayFiles, dayOf } from './dmarc/day-files.ts';
import { destinationsIn, wantsReports } from './dmarc/destinations.ts';
import { rowOf } from './dmarc/row.ts';
import type { Judged } from './judging.ts';
import { asQueued } from './message.ts';
import type { Spool } from './queue/spool.ts';
import type { Signing } from './signing.ts';
import type { Clock } from './system/clock.ts';
import type { Log } from './system/log.ts';
import type { Metrics } from './system/metrics.ts';
import type { Resolver } from './system/resolver.ts';
import type { Settings } from './system/settings.ts';
import { domainOf } from './values/address.ts';
import type { Entry } from './values/entry.ts';

export interface ReportingParts {
  settings(): Settings;
  /** Our host name. */
  readonly host: string;
  /** The spool's; what is gathered lies in a directory of it. */
  readonly directory: string;
  /** Those of the other workers, whose rows are reported here; null in a worker that leaves it to another. */
  readonly others?: (() => readonly string[]) | null;
  readonly resolver: Pick<Resolver, 'resolveTxt'>;
  readonly spool: Pick<Spool, 'add'>;
  readonly signing: Pick<Signing, 'own'>;
  readonly nextId: () => string;
  /** A report is in the queue. */
  queued(entry: Entry): void;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'authenticated'>;
}

export interface Reporting {
  /** What was learnt of a message, and what came of it. */
  note(judged: Judged): void;
  /** Sends what is due; by itself every few minutes. */
  look(): Promise<void>;
  close(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Reports of a day are spread over so long, so that not all the world sends at midnight. */
const SPREAD_MS = 2 * 60 * 60_000;
/** A day whose reports could not be sent for so long is let go. */
const LATE_MS = 3 * DAY_MS;

/** Where rows lie in the directory of a spool. */
export const reportDirectory = (spool: string): string => join(spool, 'dmarc');

export function openReporting(parts: ReportingParts): Reporting {
  const { settings, clock, log, metrics } = parts;
  const others = (): readonly string[] => (parts.others?.() ?? []).map(reportDirectory);
  const files = new DayFiles(reportDirectory(parts.directory), others);
  const delayMs = createHash('sha256').update(parts.host).digest().readUInt32BE(0) % SPREAD_MS;
  let looking: Promise<void> | undefined;

  function note({ facts, judgements: [judgement] }: Judged): void {
    const { spf, authentication } = facts.learnt;
    if (spf?.kind === 'known') metrics.authenticated('spf', spf.value.result);
    if (authentication?.kind !== 'known') return;
    const { dkim, dmarc, arc } = authentication.value;
    metrics.authenticated('dmarc', dmarc.result);
    metrics.authenticated('arc', arc.result);
    for (const { result } of dkim) metrics.authenticated('dkim', result);
    if (!settings().dmarcReports.collect || !judgement) return;
    const row = rowOf(facts, judgement.findings, settings().judge.mode === 'enforce');
    if (row) files.add(row, facts.at);
  }

  /** @throws when DNS does not say, or the spool has no room: it is tried again */
  async function send(report: Report, from: string): Promise<void> {
    const gzip = packed(composeXml(report));
    const to: string[] = [];
    for (const { address, maxBytes } of destinationsIn(report.rows[0]?.published.rua ?? '')) {
      if (gzip.length > maxBytes) continue;
      if (await wantsReports(address, report.domain, parts.resolver)) to.push(address);
    }
    if (to.length > 0) await queue(report, gzip, from, to);
    else log.info('dmarc.no-destination', { domain: report.domain, day: report.day });
  }

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

  async function sendDay(day: string, from: string): Promise<void> {
    const sent = files.sent(day);
    const about = { day, host: parts.host, from, organisation: domainOf(from) };
    for (const report of reportsOf(files.rows(day), about)) {
      if (sent.has(report.domain)) continue;
      try {
        await send(report, from);
        files.noteSent(day, report.domain);
      } catch (error) {
        log.warn('dmarc.not-reported', { domain: report.domain, day, reason: (error as Error).message });
      }
    }
  }

  async function lookOnce(): Promise<void> {
    const { send: sends, from, keepMs } = settings().dmarcReports;
    const now = clock.now();
    try {
      files.flush();
      files.expire(keepMs, now);
      if (!sends || from === null || parts.others === null) return;
      for (const day of files.days()) {
        const age = now - beginOf(day) - DAY_MS;
        if (day !== dayOf(now) && age >= delayMs && age < LATE_MS) await sendDay(day, from);
      }
    } catch (error) {
      log.error('dmarc.fault', { err: error });
    }
  }

  const look = (): Promise<void> =>
    (looking ??= lookOnce().finally(() => {
      looking = undefined;
    }));
  const timer = setInterval(() => void look(), EVERY_MS).unref();

  return {
    note,
    look,
    async close() {
      clearInterval(timer);
      await looking;
      try {
        files.flush();
      } catch (error) {
        log.error('dmarc.fault', { err: error });
      }
    },
  };
}
