/**
 * judge → dmarc → queue: what DMARC said of strangers' mail is counted, and once a day reported to the domains that want it. Each
 * gateway reports what it saw itself. That a report was sent is noted after it is on disk in the queue, so a crash in between
 * sends one twice, under the same Report-ID.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { reportsOf } from '../../filter/dmarc-reports/compose-report.ts';
import { beginOf, DayFiles, dayOf } from '../../filter/dmarc-reports/day-files.ts';
import { rowOf } from '../../filter/dmarc-reports/row.ts';
import type { Judged } from '../../filter/pipeline/judging.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { domainOf } from '../../platform/values/address.ts';
import type { Learnt } from '../../filter/pipeline/facts.ts';
import { createReportSender, type ReportSenderParts } from './dmarc-sending.ts';

export interface ReportingParts extends ReportSenderParts {
  /** The spool's; what is gathered lies in a directory of it. */
  readonly directory: string;
  /** Those of the other workers, whose rows are reported here; null in a worker that leaves it to another. */
  readonly others?: (() => readonly string[]) | null;
  readonly metrics: Pick<Metrics, 'authenticated'>;
}

const EVERY_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
/** Reports of a day are spread over so long, so that not all the world sends at midnight. */
const SPREAD_MS = 2 * 60 * 60_000;
/** A day whose reports could not be sent for so long is let go. */
const LATE_MS = 3 * DAY_MS;

/** Where rows lie in the directory of a spool. */
export const reportDirectory = (spool: string): string => join(spool, 'dmarc');

export class Reporting {
  readonly #parts: ReportingParts;
  readonly #files: DayFiles;
  readonly #send: ReturnType<typeof createReportSender>;
  /** How long after midnight this host sends. */
  readonly #delayMs: number;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;

  constructor(parts: ReportingParts) {
    this.#parts = parts;
    const others = (): readonly string[] => (parts.others?.() ?? []).map(reportDirectory);
    this.#files = new DayFiles(reportDirectory(parts.directory), others);
    this.#send = createReportSender(parts);
    this.#delayMs = createHash('sha256').update(parts.host).digest().readUInt32BE(0) % SPREAD_MS;
    this.#timer = setInterval(() => void this.look(), EVERY_MS).unref();
  }

  /** What was learnt of a message, and what came of it. */
  note({ facts, judgements: [judgement] }: Judged): void {
    const { settings, metrics } = this.#parts;
    countResults(facts.learnt, metrics);
    if (facts.learnt.authentication?.kind !== 'known') return;
    if (!settings().dmarcReports.collect || !judgement) return;
    const row = rowOf(facts, judgement.findings, settings().judge.mode === 'enforce');
    if (row) this.#files.add(row, facts.at);
  }

  /** Sends what is due; by itself every few minutes. */
  look(): Promise<void> {
    return (this.#looking ??= this.#lookOnce().finally(() => {
      this.#looking = undefined;
    }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
    try {
      this.#files.flush();
    } catch (error) {
      this.#parts.log.error('dmarc.fault', { err: error });
    }
  }

  async #lookOnce(): Promise<void> {
    const { settings, clock, log, others } = this.#parts;
    const { send, from, keepMs } = settings().dmarcReports;
    const now = clock.now();
    try {
      this.#files.flush();
      this.#files.expire(keepMs, now);
      if (!send || from === null || others === null) return;
      for (const day of this.#files.days()) {
        const age = now - beginOf(day) - DAY_MS;
        if (day !== dayOf(now) && age >= this.#delayMs && age < LATE_MS) await this.#sendDay(day, from);
      }
    } catch (error) {
      log.error('dmarc.fault', { err: error });
    }
  }

  async #sendDay(day: string, from: string): Promise<void> {
    const { host, log } = this.#parts;
    const sent = this.#files.sent(day);
    const about = { day, host, from, organisation: domainOf(from) };
    for (const report of reportsOf(this.#files.rows(day), about)) {
      if (sent.has(report.domain)) continue;
      try {
        await this.#send(report, from);
        this.#files.noteSent(day, report.domain);
      } catch (error) {
        log.warn('dmarc.not-reported', { domain: report.domain, day, reason: (error as Error).message });
      }
    }
  }
}

function countResults({ spf, authentication }: Learnt, metrics: ReportingParts['metrics']): void {
  if (spf?.kind === 'known') metrics.authenticated('spf', spf.value.result);
  if (authentication?.kind !== 'known') return;
  const { dkim, dmarc, arc } = authentication.value;
  metrics.authenticated('dmarc', dmarc.result);
  metrics.authenticated('arc', arc.result);
  for (const { result } of dkim) metrics.authenticated('dkim', result);
}
