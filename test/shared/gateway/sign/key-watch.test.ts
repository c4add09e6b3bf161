import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openKeyWatch, type KeyWatch } from '@mailpair/shared/gateway/sign/key-watch';
import { signingKey } from '@mailpair/shared/gateway/sign/signing-key';
import type { Log } from '@mailpair/shared/platform/log/log';
import type { KeyGauges } from '@mailpair/shared/platform/metrics/signing';
import { DnsError } from '@mailpair/shared/platform/dns/resolver';
import { ed25519Pem, recordOf } from '../../../support/dkim.ts';

describe('keys that sign are watched in DNS', () => {
  const pem = ed25519Pem();
  const key = signingKey('example.com', 's', createPrivateKey(pem));
  const told = new EventEmitter();
  const log = {
    info: (event: string, fields: object) => told.emit('told', event, fields),
    error: (event: string, fields: object) => told.emit('told', event, fields),
  } as unknown as Log;
  let answers: () => readonly string[] = () => [];
  let asked: string[] = [];
  let gauges: () => readonly KeyGauges[] = () => [];
  let everyMs = 1;
  let watch: KeyWatch;

  beforeEach(() => {
    asked = [];
    watch = openKeyWatch({
      everyMs: () => everyMs,
      domains: () => [{ domain: 'example.com', standing: 'active', keys: [key], faults: [] }],
      resolver: {
        resolveTxt: (name) => {
          asked.push(name);
          told.emit('asked');
          return Promise.resolve().then(answers);
        },
      },
      log,
      metrics: { watchKeys: (read) => (gauges = read) },
    });
  });
  afterEach(() => {
    watch.close();
    everyMs = 1;
  });

  const fails = (kind: DnsError['kind']) => (): never => {
    throw new DnsError(kind, 'CODE', 'what DNS said');
  };
  const next = async (): Promise<unknown[]> => once(told, 'told');
  const shown = (): boolean[] => gauges().map(({ isShown }) => isShown);

  it('and one that goes is told once, and once more when it is back', async () => {
    answers = () => [recordOf(pem)];
    watch.look();
    for (let round = 0; round < 3; round += 1) await once(told, 'asked');
    expect(shown()).to.deep.equal([true]);
    expect(new Set(asked)).to.deep.equal(new Set(['s._domainkey.example.com']));

    answers = fails('no-such-domain');
    const [event, fields] = await next();
    expect(event).to.equal('dkim.not-in-dns');
    expect(fields).to.include({ domain: 'example.com', selector: 's', record: 's._domainkey.example.com' });
    for (let round = 0; round < 3; round += 1) await once(told, 'asked');
    expect(shown()).to.deep.equal([false]);

    answers = () => ['something else', recordOf(pem)];
    expect((await next())[0]).to.equal('dkim.in-dns');
  });

  it('another key in its place is told too', async () => {
    answers = () => [recordOf(ed25519Pem())];
    watch.look();
    expect(await next()).to.deep.include('dkim.not-in-dns');
  });

  it('silence is no alarm, and changes nothing of what was known', async () => {
    let alarms = 0;
    const count = (): void => void (alarms += 1);
    told.on('told', count);
    answers = fails('temporary');
    watch.look();
    for (let round = 0; round < 3; round += 1) await once(told, 'asked');
    expect([shown(), alarms]).to.deep.equal([[], 0]);
    answers = () => [recordOf(pem)];
    for (let round = 0; round < 3; round += 1) await once(told, 'asked');
    answers = fails('temporary');
    for (let round = 0; round < 3; round += 1) await once(told, 'asked');
    expect([shown(), alarms]).to.deep.equal([[true], 0]);
    told.off('told', count);
  });

  it('but not with dkim.watch: 0s', () => {
    everyMs = 0;
    watch.look();
    expect(asked).to.deep.equal([]);
  });
});
