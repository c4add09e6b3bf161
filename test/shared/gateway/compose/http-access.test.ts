import { X509Certificate } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { accessRules, checkers, listenerKeys } from '@mailpair/shared/gateway/compose/http-access';
import { hostOf, type Role } from '@mailpair/shared/gateway/compose/role';
import type { Settings } from '@mailpair/shared/config/settings';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { minimal, readText } from '../../config/reading.ts';

const inbound = { name: 'inbound', host: (settings: Settings) => settings.inbound } as unknown as Role;

function rulesOf(more = '') {
  const { settings, faults } = readText(
    `inbound: { host: mx-in.example.com, addresses: [192.0.2.10], http: "10.0.0.2:8025" }
outbound:
  host: mx-out.example.com
  addresses: [192.0.2.20]
  http: "10.0.0.3:8026"
  trusted: [10.0.0.0/24]
${more}${minimal('inbound', 'outbound')}`,
  );
  expect(faults).to.deep.equal([]);
  return accessRules(hostOf(inbound, settings!, 'some-machine'), settings!);
}

describe('who may ask the HTTP listener', () => {
  const clients = [
    '127.0.0.1',
    '127.8.8.8',
    '::1',
    '::ffff:127.0.0.1',
    '192.0.2.20',
    '10.0.0.3',
    '10.0.0.9',
    '',
  ];
  const allowed = (more?: string): string[] => clients.filter((address) => rulesOf(more).allows(address));

  it('for metrics is this host and the partner, unless told otherwise', () => {
    expect(allowed()).to.deep.equal(clients.slice(0, 6));
    expect(allowed('http: { allow: [loopback, 10.0.0.9] }\n')).to.deep.equal([
      ...clients.slice(0, 4),
      '10.0.0.9',
    ]);
    expect(allowed('http: { allow: [partner] }\n')).to.deep.equal(['192.0.2.20', '10.0.0.3']);
    expect(allowed('http: { allow: [] }\n')).to.deep.equal([]);
  });

  it('is who names it by its names, its addresses or those of this host', () => {
    const rules = rulesOf();
    const ofHost = Object.values(networkInterfaces()).flatMap((all = []) =>
      all.map(({ address }) => address),
    );
    const own = [
      'mx-in.example.com',
      'mx-out.example.com',
      '192.0.2.10',
      '10.0.0.2',
      '127.0.0.1',
      '::1',
      ...ofHost,
    ];
    for (const name of own) expect(rules.isOwnHost(name), name).to.equal(true);
    for (const name of ['', 'evil.example', 'x.mx-in.example.com', '192.0.2.11', '10.0.0.3', '0.0.0.0'])
      expect(rules.isOwnHost(name), name).to.equal(false);
  });
});

describe('the key of the HTTP listener', () => {
  it('is for the names by which the node is reached, vouched for by the first secret, trusted by each', () => {
    const { settings } = readText(
      `inbound: { host: mx-in.example.com, http: "0.0.0.0:8025", url: "https://in.internal:443" }\n${minimal('inbound')}`,
    );
    const host = hostOf(inbound, settings!, 'some-machine');
    const { credentials, authorities } = listenerKeys(host, ['new', 'old']);
    const certificate = new X509Certificate(credentials.cert);
    for (const name of ['mx-in.example.com', 'in.internal', 'localhost'])
      expect(certificate.checkHost(name), name).to.equal(name);
    for (const address of ['127.0.0.1', '::1'])
      expect(certificate.checkIP(address), address).to.equal(address);
    const [first, second, ...rest] = authorities
      .split(/(?=-----BEGIN)/)
      .map((pem) => new X509Certificate(pem));
    expect(rest).to.deep.equal([]);
    expect(certificate.verify(first!.publicKey)).to.equal(true);
    expect(certificate.verify(second!.publicKey)).to.equal(false);
  });
});

describe('who looks by SMTP whether a node is well', () => {
  it('is a node of the pair and who may ask the HTTP listener, but nobody of this host', () => {
    const { settings } = readText(
      `inbound: { host: mx-in.example.com, addresses: [192.0.2.10], http: "127.0.0.1:8025", url: "http://127.0.0.1:8025" }
outbound: { host: mx-out.example.com, addresses: [192.0.2.20], http: "127.0.0.1:8026", url: "http://127.0.0.1:8026" }
http: { allow: [loopback, partner, 198.51.100.0/24] }
${minimal('inbound', 'outbound')}`,
    );
    const looks = checkers(
      () => settings!,
      () => [],
    );
    const clients = ['192.0.2.10', '192.0.2.20', '198.51.100.7', '127.0.0.1', '203.0.113.9'];
    expect(clients.filter(looks)).to.deep.equal(clients.slice(0, 3));
  });
});
