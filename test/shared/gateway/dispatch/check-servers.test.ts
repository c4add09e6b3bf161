import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import {
  createCheckLocalServers,
  type LocalServerCheck,
} from '@mailpair/shared/gateway/dispatch/check-servers';
import type { DomainSettings } from '@mailpair/shared/config/sections/domains';
import type { LocalServerSettings } from '@mailpair/shared/config/schema/local-server';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { SILENT } from '../../../support/smtp-sink.ts';
import { SETTINGS } from '../../smtp/client/fixtures.ts';
import { deadHop, network } from '../../smtp/client/network.ts';

const serverAt = (port: number, tls: LocalServerSettings['tls'] = 'opportunistic'): LocalServerSettings => ({
  host: '127.0.0.1',
  port,
  weight: 1,
  tls,
  implicitTls: false,
});

const domain = (name: string, ...localServers: LocalServerSettings[]): DomainSettings => ({
  name,
  localServers,
  verify: { by: 'callforward' },
});

/** @param source the address to connect from */
const check = (
  domains: readonly DomainSettings[],
  recipients: readonly string[] = [],
  { source, commandTimeoutMs }: { source?: string; commandTimeoutMs?: number } = {},
): Promise<LocalServerCheck[]> =>
  createCheckLocalServers({
    settings: () => ({
      domains,
      send: { ...SETTINGS, ...(commandTimeoutMs !== undefined && { commandTimeoutMs }) },
    }),
    localName: 'mx-in.example.com',
    addressesOf: () => Promise.reject(new Error('no name is to be looked up')),
    now: () => Date.now(),
    ...(source !== undefined && { sources: [source] }),
  })(recipients);

describe('asking the local servers about recipients', () => {
  const { sinkWith } = network();

  it('asks from the source address for postmaster and for one that cannot exist, and sends no mail', async () => {
    const sink = await sinkWith({
      on: { RCPT: (line) => (line.includes('postmaster') ? '250 2.1.5 OK' : '550 5.1.1 Nobody') },
    });
    const [answer] = await check([domain('example.com', serverAt(sink.port))], [], { source: '127.0.0.2' });
    const { session, invalid } = answer!;
    expect(answer).to.include({
      server: `127.0.0.1:${sink.port}`,
      domain: 'example.com',
      verify: 'callforward',
    });
    expect(session).to.include({ kind: 'asked', source: '127.0.0.2', tls: null });
    expect(session.kind === 'asked' && session.answers.map(({ reply }) => reply?.code)).to.deep.equal([
      250, 550,
    ]);
    expect(invalid).to.match(/^mailpair-check-[\da-f]{16}@example\.com$/);
    expect(sink.commands).to.deep.equal([
      'EHLO mx-in.example.com',
      'MAIL FROM:<>',
      'RCPT TO:<postmaster@example.com>',
      'RSET',
      'MAIL FROM:<>',
      `RCPT TO:<${invalid}>`,
      'RSET',
      'QUIT',
    ]);
    const [again] = await check([domain('example.com', serverAt(sink.port))]);
    expect(again!.invalid).not.to.equal(invalid);
  });

  it('asks about the given recipients of a domain in place of its postmaster', async () => {
    const sink = await sinkWith();
    const domains = [domain('example.com', serverAt(sink.port)), domain('example.net', serverAt(sink.port))];
    const [one, other] = await check(domains, ['anna@example.com', 'bert@example.com']);
    expect(one!.valid).to.deep.equal(['anna@example.com', 'bert@example.com']);
    expect(other!.valid).to.deep.equal(['postmaster@example.net']);
    expect(sink.sessions).to.have.length(2);
  });

  it('gives the reply to MAIL where that is refused', async () => {
    const sink = await sinkWith({ on: { MAIL: '554 5.7.1 Denied', RCPT: '503 5.5.1 MAIL first' } });
    const [answer] = await check([domain('example.com', serverAt(sink.port))]);
    const { session } = answer!;
    expect(session.kind === 'asked' && session.answers.map(({ reply }) => reply?.text)).to.deep.equal([
      'Denied',
      'Denied',
    ]);
  });

  it('gives what the server says by its greeting, and the source address', async () => {
    const sink = await sinkWith({ on: { greeting: '554 5.7.1 No access' } });
    const [answer] = await check([domain('example.com', serverAt(sink.port))]);
    expect(answer!.session).to.deep.include({
      kind: 'unreached',
      stage: 'greeting',
      source: '127.0.0.1',
      reply: { code: 554, enhanced: '5.7.1', text: 'No access' },
    });
  });

  it('says why TLS failed where it is required, and the version where it is spoken', async () => {
    const { cert, key } = await selfSigned(['mail.internal']);
    const sink = await sinkWith({ certificate: { cert, key } });
    const domains = [
      domain('example.com', serverAt(sink.port, 'verify')),
      domain('example.net', serverAt(sink.port, 'encrypt')),
    ];
    const [verified, encrypted] = await check(domains);
    expect(verified!.session).to.include({
      kind: 'unreached',
      stage: 'tls',
      fault: 'tls',
      source: '127.0.0.1',
    });
    expect(encrypted!.session).to.include({ kind: 'asked', tls: 'TLSv1.3' });
  });

  it('tries a server that cannot be reached once, and asks the others all the same', async () => {
    const dead = await deadHop();
    const sink = await sinkWith();
    const domains = ['a.test', 'b.test'].map((name) =>
      domain(name, serverAt(dead.port), serverAt(sink.port)),
    );
    const answers = await check(domains);
    const kinds = answers.map(({ session, domain: of }) => `${of} ${session.kind}`);
    expect(kinds).to.deep.equal(['a.test unreached', 'b.test unreached', 'a.test asked', 'b.test asked']);
  });

  it('does not wait longer for a server than for a delivery', async () => {
    const sink = await sinkWith({ on: { RCPT: SILENT } });
    const [answer] = await check([domain('example.com', serverAt(sink.port))], [], { commandTimeoutMs: 50 });
    const { session } = answer!;
    expect(session.kind === 'asked' && session.answers).to.have.length(1);
    expect(session.kind === 'asked' && session.answers[0]).to.have.property('reply', null);
    expect(session.kind === 'asked' && session.answers[0]!.fault).to.include('did not answer in time');
  });
});
