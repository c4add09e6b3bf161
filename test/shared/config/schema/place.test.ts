import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { keyOf, keyPaths, keys } from '@mailpair/shared/config/keys';
import type { Values } from '@mailpair/shared/config/keys';
import { choice, duration, size } from '@mailpair/shared/config/schema/format';
import { key, optional, prefixed } from '@mailpair/shared/config/schema/key';
import { settingsOf } from '@mailpair/shared/config/schema/place';
import { minimal, readText } from '../reading.ts';

/** The paths of what is neither a group nor empty. */
const leavesOf = (node: object, path = ''): string[] =>
  Object.entries(node).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null
      ? leavesOf(value as object, `${path}${name}.`)
      : [`${path}${name}`],
  );

describe('the place of a key in the settings', () => {
  const own = {
    'send.idle': key(duration('1s', '1h'), '30s', '', ''),
    'send.largest': key(size('1B'), '1MB', '', ''),
    'spf.mode': key(choice('on', 'off'), 'on', '', '', { at: 'authentication.spf.mode' }),
    until: optional(duration('1s', '1h'), '', ''),
  } as const;

  it('is its path with the unit of its value, unless the key says where', () => {
    const values = { 'send.idle': 30_000, 'send.largest': 5, 'spf.mode': 'off', until: null } as const;
    const settings = settingsOf(own, values);
    const mode: 'on' | 'off' = settings.authentication.spf.mode;
    const until: number | null = settings.untilMs;
    expect([mode, until]).to.deep.equal(['off', null]);
    expect(settings.send).to.deep.equal({ idleMs: 30_000, largestBytes: 5 });
  });

  it('is one group further down for the keys of a role', () => {
    const settings = settingsOf(prefixed('inbound', { wait: own['send.idle'] }), { 'inbound.wait': 7 });
    expect(settings.inbound.waitMs).to.equal(7);
  });

  it('is that of no other key and no group, for every key there is', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(keyPaths, { minLength: 1 }), (paths) => {
        const some = Object.fromEntries(paths.map((path) => [path, keyOf(path)]));
        const values = Object.fromEntries(paths.map((path) => [path, path]));
        const leaves = leavesOf(settingsOf(some, values as unknown as Values));
        expect(leaves).to.have.length(paths.length);
      }),
    );
  });

  it('has the value that was read, where nothing is derived of several keys', () => {
    const { settings } = readText(
      `send: { idle: 7s }\nspf: { fail: 3 }\nrecords: { maxSize: 2MB }\n${minimal()}`,
    );
    expect(settings?.send.idleMs).to.equal(7000);
    expect(settings?.authentication.spf.fail).to.equal(3);
    expect(settings?.records.maxBytes).to.equal(2 * 1024 ** 2);
    expect(Object.keys(settings?.keys ?? {})).to.deep.equal(Object.keys(keys));
  });
});
