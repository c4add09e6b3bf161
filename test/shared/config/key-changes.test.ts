import { expect } from 'chai';
import { describe, it } from 'mocha';
import { keyChanges } from '@mailpair/shared/config/key-changes';
import { keyPaths, needsRestart, restartsOf } from '@mailpair/shared/config/keys';
import { minimal, readText } from './reading.ts';

const settings = (text = '', sets: readonly string[] = []) =>
  readText(`${text}${minimal()}`, { sets }).settings!;

describe('what a reload changed', () => {
  const started = settings();

  it('is told by key, as it is written', () => {
    const now = settings('smtp: { maxMessage: 25MB, maxHops: 20 }\n');
    expect(keyChanges('inbound', { started, before: started, now })).to.deep.equal({
      applied: [
        { key: 'smtp.maxMessage', from: '50MB', to: '25MB' },
        { key: 'smtp.maxHops', from: '100', to: '20' },
      ],
      restart: [],
    });
  });

  it('is nothing where the same value is written in another way', () => {
    const now = settings('smtp: { commandTimeout: 300s }\n');
    expect(keyChanges('inbound', { started, before: started, now })).to.deep.equal({
      applied: [],
      restart: [],
    });
  });

  it('waits for a restart as long as it differs from the start', () => {
    const now = settings('queue: { minFree: 3GB }\n');
    const { restart } = keyChanges('inbound', { started, before: now, now });
    expect(restart.map(({ key, to }) => [key, to])).to.deep.equal([['queue.minFree', '3GB']]);
    expect(keyChanges('inbound', { started, before: now, now: started }).restart).to.deep.equal([]);
  });

  it('applies what is said of the other gateway', () => {
    const now = settings('', ['inbound.addresses=192.0.2.99']);
    const keysOf = (role: 'inbound' | 'outbound') => {
      const { applied, restart } = keyChanges(role, { started, before: started, now });
      return [applied.map(({ key }) => key), restart.map(({ key }) => key)];
    };
    expect(keysOf('inbound')).to.deep.equal([[], ['inbound.addresses']]);
    expect(keysOf('outbound')).to.deep.equal([['inbound.addresses'], []]);
  });

  it('shows no password', () => {
    const reading = readText(`routes: { a.test: "smtp://me:geheim@h" }\n${minimal()}`);
    expect(JSON.stringify(reading.reachable?.written)).to.include('a.test').and.not.include('geheim');
  });
});

describe('keys that need a restart', () => {
  it('are keys, and those of one gateway concern it alone', () => {
    const late = keyPaths.filter((path) => restartsOf(path).length > 0);
    expect(late).to.include.members(['inbound.listen', 'outbound.listen.mx', 'node', 'dns.servers']);
    expect(late).to.not.include.members(['send.tls', 'dns.update.zone', 'tls.keyFile', 'domains']);
    expect(needsRestart('inbound.listen', 'outbound')).to.equal(false);
    for (const path of late.filter((path) => /^(in|out)bound\./.test(path)))
      expect(restartsOf(path)).to.deep.equal([path.split('.')[0]]);
  });
});
