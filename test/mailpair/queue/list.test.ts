import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { run as runCommand } from '@mailpair/mailpair/run';
import { verbs } from '@mailpair/mailpair/verbs';
import { openStore } from '@mailpair/shared/spool/store/lmdb-store';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GatewayHosts, stored } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

describe('mailpair queue list, show and why', () => {
  let hosts: GatewayHosts;

  const run = (...argv: string[]): Promise<Said> =>
    mailpair([...argv, '--config', hosts.config], { env: { COLUMNS: '150' } });

  beforeEach(async () => {
    hosts = new GatewayHosts();
    hosts.configure();
    await hosts.fill(
      'outbound',
      stored('01JDCK7M3N0000ABC', { reversePath: '' }),
      stored('01JDCK7M3P0000ABC', { held: true, to: ['a@example.org', 'b@example.org', 'c@example.org'] }),
    );
  });

  afterEach(() => hosts.close());

  it('prints an aligned table', async () => {
    const { code, out, err } = await run('queue', 'list');
    expect([code, err]).to.deep.equal([0, '']);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).to.match(/^ID +AGE +SIZE +NEXT +TRIES +SENDER +RECIPIENT +LAST ANSWER$/);
    expect(lines[1]).to.match(
      /^01JDCK7M3N0000ABC +1h +\d+B +59m +1 +<> +user@example\.net +mx\.example\.net: 451 4\.2\.1/,
    );
    expect(lines[2]).to.match(
      /^01JDCK7M3P0000ABC +1h +\d+B +held +1 +sender@example\.com +a@example\.org \+2 +mx/,
    );
    const column = (name: string): number => lines[0]?.indexOf(name) ?? -1;
    expect(lines[1]?.slice(column('SENDER'))).to.match(/^<>/);
    expect(lines[2]?.slice(column('RECIPIENT'))).to.match(/^a@/);
  });

  it('cuts the last answer at the width of the terminal, and does not let it steer the terminal', async () => {
    const reply = { code: 451, enhanced: '4.2.1', text: `\x1b[2J${'long '.repeat(100)}` };
    await hosts.fill(
      'inbound',
      stored('X1', { recipients: [{ ...stored('').entry.recipients[0]!, last: { reply, at: 0 } }] }),
    );
    const { out } = await run('queue', 'list', '--role', 'inbound');
    expect(out).to.include('451 4.2.1 \\u001b[2Jlong');
    for (const line of out.trimEnd().split('\n')) expect(line.length).to.be.at.most(150);
    expect(out.trimEnd().endsWith('…')).to.equal(true);
  });

  it('prints one JSON document a line with --json', async () => {
    const { out } = await run('queue', 'list', '--json');
    const items = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(items.map(({ id }) => id)).to.deep.equal(['01JDCK7M3N0000ABC', '01JDCK7M3P0000ABC']);
    expect(items[0]).to.have.all.keys(
      ...['role', 'id', 'receivedAt', 'expiresAt', 'reversePath', 'sizeBytes', 'state', 'dueAt', 'attempts'],
      ...['last', 'recipients', 'nextHops', 'heldFor'],
    );
    expect(items[1]).to.deep.include({
      role: 'outbound',
      state: 'held',
      dueAt: null,
      nextHops: ['relay.example.org:2525'],
    });
  });

  it('filters by domain, sender, recipient and hold, and limits', async () => {
    const ids = async (...argv: string[]): Promise<string> =>
      (await run('queue', 'list', '--json', ...argv)).out
        .replaceAll(/^.*"id":"\w{9}(\w).*$/gm, '$1')
        .replaceAll('\n', '');
    expect(await ids()).to.equal('NP');
    expect(await ids('--domain', 'example.org')).to.equal('P');
    expect(await ids('--sender', '<>')).to.equal('N');
    expect(await ids('--recipient', 'b@example.org')).to.equal('P');
    expect(await ids('--held')).to.equal('P');
    expect(await ids('--limit', '1')).to.equal('N');
    expect((await run('queue', 'list', '--limit', 'few')).code).to.equal(2);
  });

  it('passes over an entry that is damaged, which is set aside', async () => {
    const store = openStore(join(hosts.directory, 'outbound', 'queue.mdb'));
    await store.commit(() => store.entries.put('01JDCK7M3N0000ABC', Buffer.from('no record')));
    await store.close();
    const { code, out, err } = await run('queue', 'list', '--json');
    expect([code, out.trimEnd().split('\n').length]).to.deep.equal([0, 1]);
    expect(out).to.include('01JDCK7M3P0000ABC');
    expect(err).to.match(/outbound: 01JDCK7M3N0000ABC set aside: the record of the entry does not begin/);
  });

  it('tells a long queue no faster than it is taken', async () => {
    const many = Array.from({ length: 250 }, (_, n) => stored(`01JDCK7M3Q0${String(n).padStart(3, '0')}ABC`));
    await hosts.fill('outbound', ...many);
    const taken = Promise.withResolvers<void>();
    const told: number[] = [];
    const listed = runCommand(['queue', 'list', '--json', '--config', hosts.config], verbs, {
      out: (text) => void told.push(text.split('\n').length),
      octets: () => undefined,
      taken: () => taken.promise,
      err: (text) => expect.fail(text),
      stdin: Readable.from([]),
      env: {},
    });
    while (told.length === 0) await nextTurn();
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
    expect(told).to.deep.equal([100]);
    taken.resolve();
    expect(await listed).to.equal(0);
    expect(told).to.deep.equal([100, 100, 52]);
  });

  it('exits 0 and says so when nothing matches', async () => {
    expect(await run('queue', 'list', '--domain', 'nowhere.example')).to.deep.equal({
      code: 0,
      out: '',
      err: 'Nothing in the queue matches.\n',
    });
  });

  it('lists both gateways of one host with their role, and says so', async () => {
    await hosts.fill('inbound', stored('01JDCK7M3Q0000ABC'));
    const { out, err } = await run('queue', 'list');
    expect(err).to.include('Both gateways');
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).to.deep.equal(['ROLE', 'inbound', 'outbound', 'outbound']);
    expect((await run('queue', 'list', '--role', 'inbound')).out).not.to.include('ROLE');
  });

  it('exits 2 and names both spools when there is none', async () => {
    await hosts.close();
    hosts = new GatewayHosts();
    hosts.configure();
    const { code, err } = await run('queue', 'list');
    expect(code).to.equal(2);
    expect(err).to.match(/inbound\.spool.*outbound\.spool.*run this on the host of the gateway/s);
  });

  it('shows an entry by the beginning of its id, in either case', async () => {
    const { code, out } = await run('queue', 'show', '01jdck7m3n');
    expect(code).to.equal(0);
    expect(out).to.match(/^ID +01JDCK7M3N0000ABC \(outbound\)$/m);
    expect(out).to.match(/^From +<> \(null reverse-path\)$/m);
    expect(out).to.match(
      /^To +user@example\.net: queued, attempts 1, next .*\n +mx\.example\.net: 451 4\.2\.1 Later/m,
    );
    const { out: json } = await run('queue', 'show', '01JDCK7M3N0000ABC', '--json');
    expect(JSON.parse(json)).to.deep.include({ role: 'outbound', id: '01JDCK7M3N0000ABC', reversePath: '' });
  });

  it('exits 2 and names the candidates when the beginning of an id is not unique', async () => {
    const { code, out, err } = await run('queue', 'show', '01JDCK7M3');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err).to.include('01JDCK7M3N0000ABC, 01JDCK7M3P0000ABC');
  });

  it('finds what is not unique across the gateways of one host', async () => {
    await hosts.fill('inbound', stored('01JDCK7M3N0000XYZ'));
    expect((await run('queue', 'show', '01JDCK7M3N')).code).to.equal(2);
    expect((await run('queue', 'show', '01JDCK7M3N', '--role', 'inbound')).out).to.include(
      '01JDCK7M3N0000XYZ',
    );
  });

  for (const verb of ['show', 'why', 'retry', 'hold', 'release'])
    it(`exits 1 when there is no entry to ${verb}`, async () => {
      const { code, out, err } = await run('queue', verb, '0ZZZ');
      expect([code, out]).to.deep.equal([1, '']);
      expect(err).to.include('There is no entry 0ZZZ');
    });

  it('says why an entry is still there', async () => {
    const { code, out } = await run('queue', 'why', '01JDCK7M3P');
    expect(code).to.equal(0);
    expect(out).to.include('Held by the operator').and.include('The gateway is not running');
    expect(out).to.match(/^b@example\.org by way of relay\.example\.org:2525\n {2}1 attempt so far/m);
    const json = JSON.parse((await run('queue', 'why', '01JDCK7M3P', '--json')).out) as Record<
      string,
      unknown
    >;
    expect(json).to.deep.include({ role: 'outbound', state: 'held', active: false, done: [] });
  });
});
