import { setTimeout as pause } from 'node:timers/promises';
import { DnsWatch, type DnsState } from '@mailpair/shared/platform/dns/dns-watch';
import { createResolver, type OpenResolver } from '@mailpair/shared/platform/dns/resolver';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { eventually } from '../../../support/heartbeat.ts';
import { freePorts } from '../../../support/ports.ts';

describe('whether DNS answers', () => {
  let dns: TestDns;
  let resolver: OpenResolver;
  let told: string[];

  function open(...servers: string[]): void {
    resolver = createResolver({
      servers,
      timeoutMs: 200,
      events: {
        onSilent: ({ faults }) => void told.push(`silent: ${faults.map(({ reason }) => reason).join()}`),
        onAnswer: ({ silentSince }) => void told.push(`answers, silent since a ${typeof silentSince}`),
      },
    });
  }
  const ask = (name: string): Promise<unknown> => resolver.resolveMx(name).catch(() => undefined);
  const standing = (): Promise<DnsState['standing']> => Promise.resolve(resolver.state().standing);

  beforeEach(async () => {
    dns = await startDns({ 'example.com': { MX: [[10, 'mx.example.com']] }, 'broken.test': 'SERVFAIL' });
    told = [];
    open(dns.address);
  });
  afterEach(async () => {
    resolver.close();
    await dns.close();
  });

  it('is not known before the first question', async () => {
    expect(resolver.state()).to.deep.equal({ standing: 'untried', faults: [] });
    await ask('nowhere.test');
    expect(resolver.state().standing).to.equal('answers');
  });

  it('is not in doubt for a name that alone cannot be found', async () => {
    await ask('broken.test');
    await eventually(standing, (now) => now === 'answers');
    expect(dns.count('', 'NS')).to.equal(1);
    expect(told).to.deep.equal([]);
  });

  it('is not asked again when another question was answered meanwhile', async () => {
    dns.set('slow.test', 'TIMEOUT');
    const slow = ask('slow.test');
    await pause(5); // within a millisecond it would be in doubt which came first
    await Promise.all([slow, ask('example.com')]);
    await ask('example.org');
    expect(resolver.state().standing).to.equal('answers');
    expect(dns.count('', 'NS')).to.equal(0);
  });

  for (const [fault, reason] of [
    ['SERVFAIL', 'ESERVFAIL'],
    ['REFUSED', 'EREFUSED'],
  ] as const)
    it(`is no when every question is answered ${fault}`, async () => {
      for (const name of ['', 'example.com']) dns.set(name, fault);
      await ask('example.com');
      await eventually(standing, (now) => now === 'silent');
      expect(resolver.state().faults).to.deep.equal([{ server: dns.address, reason }]);
      expect(told).to.deep.equal([`silent: ${reason}`]);
    });

  it('is yes for a server that refuses to tell of the root and answers what it answered before', async () => {
    dns.set('', 'REFUSED');
    await ask('example.com');
    await ask('broken.test');
    await eventually(
      () => Promise.resolve(dns.count('', 'NS')),
      (count) => count === 1,
    );
    await eventually(
      () => Promise.resolve(dns.count('example.com', 'MX')),
      (count) => count === 2,
    );
    expect(resolver.state().standing).to.equal('answers');
  });

  it('is no when nobody is there, and yes again with the next answer', async () => {
    const [port] = await freePorts(1);
    resolver.close();
    open(`127.0.0.1:${port}`);
    await ask('example.com');
    await eventually(standing, (now) => now === 'silent');
    const { silentSince, failedAt } = resolver.state();
    expect(silentSince).to.be.at.most(failedAt!);
    const late = await startDns({}, { port: port! });
    try {
      await ask('example.org');
      expect(resolver.state()).to.deep.include({ standing: 'answers', faults: [] });
      expect(told.at(-1)).to.equal('answers, silent since a number');
    } finally {
      await late.close();
    }
  });

  it('is asked of the servers again while it is no', async () => {
    const watch = new DnsWatch({
      servers: () => [dns.address],
      clock: { now: () => Date.now() },
      onSilent: () => undefined,
      onAnswer: () => void told.push('answers'),
      againMs: 10,
    });
    dns.set('', 'SERVFAIL');
    watch.failed(Date.now(), [{ server: dns.address, reason: 'ESERVFAIL' }]);
    await eventually(
      () => Promise.resolve(watch.state().standing),
      (now) => now === 'silent',
    );
    dns.remove('');
    await eventually(
      () => Promise.resolve(watch.state().standing),
      (now) => now === 'answers',
    );
    expect(told).to.deep.equal(['answers']);
    watch.close();
  });
});
