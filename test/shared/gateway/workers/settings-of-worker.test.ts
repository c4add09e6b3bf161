import type { Settings } from '@mailpair/shared/config/settings';
import { settingsOfWorker } from '@mailpair/shared/gateway/workers/settings-of-worker';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const settings = {
  send: { connectionsPerHop: 20, connectionsTotal: 3, idleMs: 7 },
  clamav: { connections: 9 },
  rspamd: { connections: 8 },
  harvest: { tarpitSessions: 0, credit: 10 },
  records: { maxBytes: 4_000_001 },
  limits: { memoryForMessagesBytes: 1_001, errors: 20 },
} as unknown as Settings;

describe('the settings of a worker', () => {
  it('are those of the gateway when it is the only one', () => {
    expect(settingsOfWorker(settings, { number: 0, of: 1 })).to.equal(settings);
  });

  it('have its part of what workers do not share, at least one, and nothing of what is off', () => {
    expect(settingsOfWorker(settings, { number: 2, of: 4 })).to.deep.equal({
      send: { connectionsPerHop: 5, connectionsTotal: 1, idleMs: 7 },
      clamav: { connections: 2 },
      rspamd: { connections: 2 },
      harvest: { tarpitSessions: 0, credit: 10 },
      records: { maxBytes: 1_000_000 },
      limits: { memoryForMessagesBytes: 250, errors: 20 },
    });
  });
});
