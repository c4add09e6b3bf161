import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { openQuarantine, type Quarantine } from '@mailpair/shared/gateway/quarantine/quarantining';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Body } from '@mailpair/shared/platform/values/body';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { receivedMessage } from '../../support/received-message.ts';
import { bodyText } from '../../support/spool-mail.ts';
import { GatewayHosts } from '../../shared/api/gateway-fixture.ts';
import { loadedVerbs, mailpair, type Said } from '../command.ts';

const small = 'From: A <a@sender.test>\r\nSubject: =?utf-8?q?Cheap_pills?=\r\n\r\nBuy.\r\n';
const large = `Subject: Large\r\n\r\n${'x'.repeat(70)}\r\n`.padEnd(300_000, 'y\r\n');

describe('mailpair quarantine list, show, release and delete', () => {
  let hosts: GatewayHosts;

  const run = (...argv: readonly string[]): Promise<Said> => mailpair([...argv, '--config', hosts.config]);

  async function keepIn(quarantine: Quarantine, id: string, body: Body, ...to: string[]): Promise<void> {
    const verdict = { kind: 'quarantine', reason: 'score 8.5' } as const;
    const message = receivedMessage({ id, receivedAt: Date.now(), to, body });
    await quarantine.keep(
      message,
      message.envelope.recipients.map((recipient) => ({
        recipient,
        judgement: { verdict, score: 8.5, findings: [] },
      })),
    );
  }

  async function fill(role: RoleName, ...messages: readonly [string, Body, ...string[]][]): Promise<void> {
    await hosts.fill(role);
    const quarantine = await openQuarantine({
      directory: join(hosts.directory, role),
      settings: () => hosts.configure(),
      clock: systemClock,
      log: silentLog,
      onDamage: () => undefined,
    });
    for (const message of messages) await keepIn(quarantine, ...message);
    await quarantine.close();
  }

  beforeEach(async () => {
    hosts = new GatewayHosts();
    hosts.configure();
    await fill('inbound', ['0A1', bodyText(small), 'anna@example.com', 'ben@example.com']);
    await fill('outbound', ['0B1', bodyText(large), 'anna@example.com']);
  });

  afterEach(() => hosts.close());

  it('lists what both gateways have', async () => {
    const { code, out } = await run('quarantine', 'list', '--json');
    expect(code).to.equal(0);
    const items = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(items[0]).to.include({
      role: 'inbound',
      id: '0A1',
      subject: '=?utf-8?q?Cheap_pills?=',
      client: '192.0.2.7',
    });
    expect(items[1]).to.include({ role: 'outbound', id: '0B1', subject: 'Large' });
    const table = await run('quarantine', 'list', '--recipient', 'ben@example.com');
    expect(table.out).to.match(
      /^inbound +0A1 .* 8\.5 +a@sender\.test +anna@example\.com \+1 +Cheap pills +score 8\.5$/m,
    );
    expect(table.out).to.not.include('0B1');
  });

  it('shows one, or its octets', async () => {
    const { out } = await run('quarantine', 'show', '0a');
    expect(out).to.match(/^Kept from +ben@example\.com: score 8\.5 \(score 8\.5\)$/m);
    expect((await run('quarantine', 'show', '--message', '0A1')).out, 'octet for octet').to.equal(small);
    expect(await run('quarantine', 'show', '0C')).to.include({ code: 1 });
  });

  it('releases to one recipient of a stopped gateway, octet for octet, and keeps it from the other', async () => {
    const { out, code } = await run('quarantine', 'release', '0A1', '--to', 'ben@example.com', '--json');
    expect(code).to.equal(0);
    const { queuedAs } = JSON.parse(out) as { queuedAs: string };
    const spool = await hosts.openSpool('inbound');
    const entry = spool.get(queuedAs)!;
    expect(entry.recipients.map(({ address, notify }) => [address, notify])).to.deep.equal([
      ['ben@example.com', ['never']],
    ]);
    expect(entry).to.not.have.property('kept');
    expect(Buffer.concat((await spool.body(entry)).chunks as Buffer[]).toString()).to.equal(small);
    await spool.close();
    expect((await run('quarantine', 'list', '--recipient', 'ben@example.com')).err).to.include('Nothing');
    expect((await run('quarantine', 'list', '--json', '--recipient', 'anna@example.com')).out).to.include(
      '0A1',
    );
    expect(await run('quarantine', 'release', '0A1', '--to', 'ben@example.com')).to.deep.equal({
      code: 1,
      out: '',
      err: '0A1 is not kept from ben@example.com.\n',
    });
  });

  it('teaches the classifier what it keeps, and keeps it', async () => {
    expect((await run('quarantine', 'learn', 'spam', '0A')).out).to.equal('0A1 is spam.\n');
    expect((await run('quarantine', 'learn', 'spam', '0A1')).out).to.equal('0A1 is spam, as was known.\n');
    const gateway = await hosts.run('outbound');
    expect((await run('quarantine', 'learn', 'ham', '0B', '--json')).out).to.equal(
      '{"id":"0B1","as":"ham","learned":"learnt"}\n',
    );
    expect(gateway.learning.status()).to.include({ spam: 0, ham: 1 });
    expect((await run('learn', 'status', '--json', '--role', 'inbound')).out).to.include('"spam":1,"ham":0');
    expect((await run('quarantine', 'list', '--json')).out.trim().split('\n')).to.have.lengthOf(2);
    expect(await run('quarantine', 'learn', 'eggs', '0A1')).to.include({ code: 2 });
    expect(await run('quarantine', 'learn', 'spam', '0C')).to.include({ code: 1 });
  });

  it('releases large messages of a running gateway to all, and they are gone from quarantine', async () => {
    const gateway = await hosts.run('outbound');
    expect((await run('status')).out).to.match(/^ {2}quarantine: 1 message, 300K$/m);
    expect((await run('quarantine', 'release', '0B1')).out).to.match(
      /^Released 0B1 to anna@example\.com; queued as \w{17}\.\n$/,
    );
    expect(gateway.quarantine.count()).to.equal(0);
    const [entry] = [...gateway.spool.list()];
    const { path } = await gateway.spool.body(entry!);
    expect(readFileSync(path!, 'latin1')).to.equal(large);
  });

  it('has in its JSON what the examples of the help select by', async () => {
    const { out } = await run('quarantine', 'list', '--json');
    const item: unknown = JSON.parse(out.split('\n')[0]!);
    const verbs = await loadedVerbs();
    const helps = verbs.filter(({ name }) => name.startsWith('quarantine ')).map(({ help }) => help);
    const selected = [...helps.join('').matchAll(/quarantine list .*jq.*select\((\S+) [<>=]/g)];
    expect(selected.length).to.be.at.least(2);
    for (const [, path = ''] of selected) {
      const names = path.split(/[.[\]]+/).filter((name) => name !== '');
      const value = names.reduce((of, name) => (of as Record<string, unknown>)[name], item);
      expect(value, path).to.equal(8.5);
    }
  });

  it('asks before it deletes, and needs --yes where there is nobody to ask', async () => {
    const remove = ['quarantine', 'delete', '0A1', '0B1', '--config', hosts.config];
    const typing = (text: string): Promise<Said> =>
      mailpair(remove, { stdin: Object.assign(Readable.from([text]), { isTTY: true }) });
    const unasked = await mailpair(remove);
    expect([unasked.code, unasked.out]).to.deep.equal([2, '']);
    expect(unasked.err).to.include('give --yes');
    const refused = await typing('n\n');
    expect([refused.code, refused.out]).to.deep.equal([1, '']);
    expect(refused.err).to.include('Delete 0A1, 0B1 for good?').and.include('Nothing was deleted.');
    expect((await run('quarantine', 'list', '--json')).out.trim().split('\n')).to.have.length(2);
    expect((await typing('y\n')).code).to.equal(0);
    expect((await run('quarantine', 'list')).err).to.include('Nothing in quarantine');
  });

  it('deletes several', async () => {
    const { code, out } = await run('quarantine', 'delete', '0A1', '0B1', '0C1', '--yes');
    expect(code).to.equal(1);
    expect(out).to.equal(
      'Deleted 0A1 for anna@example.com, ben@example.com.\nDeleted 0B1 for anna@example.com.\n',
    );
    expect((await run('quarantine', 'list')).err).to.include('Nothing in quarantine');
  });
});
