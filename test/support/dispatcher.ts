/** A dispatcher that tells nobody, retries nothing and keeps no records, but for what a test says. */
import { createDispatcher, type Dispatcher, type DispatcherParts } from '@mailpair/shared/dispatch/dispatch';
import { silentLog } from '@mailpair/shared/system/log';
import { createMetrics } from '@mailpair/shared/system/metrics';
import type { Settings } from '@mailpair/shared/system/settings';
import { expect } from 'chai';
import { noRecords } from './no-records.ts';

export const dispatcherWith = (
  parts: Pick<DispatcherParts, 'spool' | 'attempts'> & Partial<DispatcherParts>,
): Dispatcher =>
  createDispatcher({
    records: noRecords,
    settings: () => ({ queue: { warnAfterMs: Infinity }, send: { connectionsPerHop: 1_000 } }) as Settings,
    notify: () => expect.fail('nobody is to be told'),
    retryAt: () => Infinity,
    clock: { now: () => Date.now() },
    log: silentLog,
    metrics: createMetrics('test'),
    ...parts,
  });
