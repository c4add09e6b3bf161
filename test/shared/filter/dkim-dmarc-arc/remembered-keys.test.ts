import { KeyObject } from 'node:crypto';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import {
  rememberKeys,
  type FoundKey,
  type KeyCache,
} from '@mailpair/shared/filter/dkim-dmarc-arc/remembered-keys';
import { rejection } from '../../../support/rejection.ts';
import { signingKey } from '../../../support/signed-mail.ts';

const pem = signingKey('sender.test').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('keys of signatures', () => {
  function cacheOf(resolver: object, answers: (() => Promise<FoundKey>)[]): KeyCache & { asked: number } {
    const cache = { resolver, asked: 0, get: () => answers[Math.min(cache.asked++, answers.length - 1)]!() };
    return cache;
  }
  const found = (): Promise<FoundKey> => Promise.resolve({ publicKey: pem });
  const lost = (): Promise<FoundKey> => Promise.reject(new Error('SERVFAIL'));
  const ask = (cache: KeyCache, now: number): Promise<FoundKey> =>
    rememberKeys(cache, now).get('DKIM', 's._domainkey.sender.test', undefined, {
      strict: true,
      hashAlgo: 'sha256',
    });

  it('are made once a minute', async () => {
    const cache = cacheOf({}, [found]);
    const first = await ask(cache, 0);
    expect(first.publicKey).to.be.instanceOf(KeyObject);
    expect(await ask(cache, 59_000)).to.equal(first);
    expect(cache.asked).to.equal(1);
    await ask(cache, 60_001);
    expect(cache.asked).to.equal(2);
  });

  it('that could not be had are asked for again', async () => {
    const cache = cacheOf({}, [lost, found]);
    expect((await rejection(ask(cache, 0))).message).to.equal('SERVFAIL');
    expect(await ask(cache, 0)).to.have.property('publicKey');
  });

  it('of one resolver are nothing to another', async () => {
    const [one, other] = [cacheOf({}, [found]), cacheOf({}, [found])];
    await ask(one, 0);
    await ask(other, 0);
    expect(other.asked).to.equal(1);
  });
});
