import { expect } from 'chai';
import { describe, it } from 'mocha';
import { loadReachable } from '@mailpair/shared/config/read/load-settings';
import { minimal, readText } from '../reading.ts';

const placed = `inbound: { host: mx-in.example.com, spool: /srv/in, http: "127.0.0.1:9025" }\n${minimal('inbound')}`;

describe('a configuration with faults, for a command that asks the gateways', () => {
  it('tells where they are when the fault is elsewhere', () => {
    for (const faulty of [
      'smtp: { maxMessage: lots }',
      'smpt: {}',
      'inbound.workers: 2',
      'judge: { mode: of }',
    ]) {
      const { settings, reachable, faults } = readText(`${placed}${faulty}\n`);
      expect(faults, faulty).to.have.length(1);
      expect(settings).to.equal(undefined);
      expect(reachable?.inbound).to.include({ spool: '/srv/in', host: 'mx-in.example.com' });
    }
  });

  it('has the defaults of the keys that have a fault', () => {
    const { reachable } = readText(`${placed}queue: { expire: never, minFree: 7MB }\n`);
    expect(reachable?.queue).to.deep.include({ expireMs: 5 * 86_400_000, minFreeBytes: 7 * 2 ** 20 });
  });

  it('tells where they are when a syntax error is elsewhere', () => {
    for (const faulty of [
      'smtp:\n\tmaxMessage: 5MB\n',
      'judge: { mode: off\n',
      'log: [\n',
      'domains: []\n',
    ]) {
      const { settings, reachable, faults } = readText(`${placed}${faulty}`);
      expect(faults, faulty).to.not.have.length(0);
      expect(settings).to.equal(undefined);
      expect(reachable?.inbound).to.include({ spool: '/srv/in', host: 'mx-in.example.com' });
    }
  });

  it('tells nothing when the fault concerns where they are, or may do so', () => {
    for (const faulty of [
      minimal('outbound'),
      `${minimal('inbound')}inbound: { host: mx-in.example.com, spol: /srv/in }\n`,
      `${minimal('inbound')}inbound: { host: mx-in.example.com, http: "127.0.0.1" }\n`,
      `${minimal('inbound')}inbound: mx-in.example.com\n`,
      `${minimal()}pair: { secretfile: /etc/mailpair/secret }\n`,
      '- a list\n',
      '"unclosed\n',
    ])
      expect(readText(faulty).reachable, faulty).to.equal(undefined);
  });

  it('is all of it when there is no fault', () => {
    const { settings, reachable } = readText(placed);
    expect(reachable).to.equal(settings);
  });

  it('warns with every fault, or ends with them', () => {
    const warned: string[] = [];
    const load = (file: string) =>
      loadReachable({ file, env: {}, sets: ['smtp.maxMessage=lots'] }, (text) => warned.push(text));
    expect(() => load('/nowhere/mailpair.yaml')).to.throw('there is no such file');
    expect(warned).to.deep.equal([]);
  });
});
