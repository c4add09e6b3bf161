/** A dispatcher that tells nobody, retries nothing and keeps no records, but for what a test says. */
import { Dispatcher, type DispatcherParts } from '@mailpair/shared/gateway/dispatch/dispatch';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { createMetrics } from '@mailpair/shared/platform/metrics/metrics';
import type { Settings } from '@mailpair/shared/config/settings';
import { expect } from 'chai';
import { noRecords } from './no-records.ts';

export const dispatcherWith = (
  parts: Pick<DispatcherParts, 'spool' | 'attempts'> & Partial<DispatcherParts>,
): Dispatcher =>
  new Dispatcher({
    records: noRecords,
    settings: () => ({ queue: { warnAfterMs: Infinity }, send: { connectionsPerHop: 1_000 } }) as Settings,
    notify: () => expect.fail('nobody is to be told'),
    retryAt: () => Infinity,
    clock: { now: () => Date.now() },
    log: silentLog,
    metrics: createMetrics('test'),
    ...parts,
  });
