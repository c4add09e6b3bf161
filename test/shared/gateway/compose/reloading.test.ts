import { expect } from 'chai';
import { describe, it } from 'mocha';
import { Reloading } from '@mailpair/shared/gateway/compose/reloading';
import type { KeyChanges } from '@mailpair/shared/config/key-changes';
import { ConfigError } from '@mailpair/shared/config/read/load-settings';
import { silentLog, type Log } from '@mailpair/shared/platform/log/log';

function recordingLog() {
  const events: [level: string, event: string, fields?: object][] = [];
  const note =
    (level: string): Log['info'] =>
    (event, fields) =>
      void events.push([level, event, fields ?? {}]);
  return { events, log: { ...silentLog, info: note('info'), warn: note('warn'), error: note('error') } };
}

const nothing: KeyChanges = { applied: [], restart: [] };
const change = { key: 'node', from: 'nothing', to: 'a' };

describe('a reload', () => {
  it('answers and logs the same', async () => {
    const { log, events } = recordingLog();
    const changes = { applied: [{ ...change, key: 'smtp.maxHops' }], restart: [change] };
    const answer = await new Reloading(async () => changes, log).run();
    expect(answer).to.deep.equal({ kind: 'applied', ...changes });
    expect(events).to.deep.equal([
      ['info', 'gateway.reloaded', { applied: changes.applied }],
      ['warn', 'gateway.restart-needed', { keys: [change], fix: 'restart this gateway' }],
    ]);
  });

  it('that is refused gives every fault, and the next one is tried', async () => {
    const { log, events } = recordingLog();
    const fault = { path: 'smtp.maxHops', seen: 'x', problem: 'is no number', fix: 'write one' };
    const results = [Promise.reject(new ConfigError('mailpair.yaml', [fault])), Promise.resolve(nothing)];
    const reloading = new Reloading(() => results.shift()!, log);
    const [refused, applied] = await Promise.all([reloading.run(), reloading.run()]);
    expect(refused).to.include({ kind: 'refused' }).and.have.property('faults').that.deep.equals([fault]);
    expect(applied).to.deep.equal({ kind: 'applied', ...nothing });
    expect(events.map(([level, event]) => `${level} ${event}`)).to.deep.equal([
      'error gateway.reload-refused',
      'info gateway.reloaded',
    ]);
  });

  it('waits for the one before', async () => {
    const { log } = recordingLog();
    const first = Promise.withResolvers<KeyChanges>();
    let begun = 0;
    const reloading = new Reloading(() => {
      begun += 1;
      return begun === 1 ? first.promise : Promise.resolve(nothing);
    }, log);
    const both = Promise.all([reloading.run(), reloading.run()]);
    await Promise.resolve();
    await new Promise(setImmediate);
    expect(begun).to.equal(1);
    first.resolve(nothing);
    await both;
    expect(begun).to.equal(2);
  });
});
