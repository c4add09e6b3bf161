import { Readable } from 'node:stream';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { quiet } from '../../shared/gateway/dispatch/fake-attempts.ts';
import { GatewayHosts, stored } from '../../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from '../command.ts';

describe('mailpair queue retry, hold, release and remove', () => {
  let hosts: GatewayHosts;

  const run = (argv: readonly string[], typed?: string): Promise<Said> =>
    mailpair([...argv, '--config', hosts.config], {
      stdin: Object.assign(Readable.from(typed === undefined ? [] : [typed]), { isTTY: typed !== undefined }),
    });
  const states = async (): Promise<string[]> => {
    const { out } = await run(['queue', 'list', '--json']);
    const lines = out.split('\n').filter((line) => line !== '');
    return lines
      .map((line) => JSON.parse(line) as { id: string; state: string })
      .map(({ id, state }) => `${id} ${state}`);
  };

  beforeEach(async () => {
    hosts = new GatewayHosts();
    hosts.configure();
    await hosts.fill(
      'outbound',
      stored('0A1'),
      stored('0A2', { to: ['x@example.org'] }),
      stored('0B1', { held: true }),
    );
  });

  afterEach(() => hosts.close());

  it('retries everything that is not held', async () => {
    const { code, out } = await run(['queue', 'retry']);
    expect(code).to.equal(0);
    expect(out).to.equal(
      '2 messages are due now.\n1 message is held: "mailpair queue release" lets them go.\n',
    );
    expect(await states()).to.deep.equal(['0A1 due', '0A2 due', '0B1 held']);
  });

  it('retries one entry, or those for a domain', async () => {
    expect((await run(['queue', 'retry', '0a1'])).out).to.equal('1 message is due now.\n');
    expect(await states()).to.deep.equal(['0A1 due', '0A2 deferred', '0B1 held']);
    expect((await run(['queue', 'retry', 'example.org', '--json'])).out).to.equal(
      '{"changed":1,"unchanged":0}\n',
    );
    expect(await states()).to.deep.equal(['0A1 due', '0A2 due', '0B1 held']);
  });

  it('exits 1 when nothing is for the domain', async () => {
    const { code, err } = await run(['queue', 'hold', 'nowhere.example']);
    expect([code, err]).to.deep.equal([1, 'Nothing in the queue is for nowhere.example.\n']);
  });

  it('exits 0 when all are to be retried and there are none', async () => {
    for (const id of ['0A1', '0A2', '0B1']) await run(['queue', 'remove', id, '--yes']);
    expect(await run(['queue', 'retry'])).to.deep.include({ code: 0, out: '0 messages are due now.\n' });
  });

  it('holds and releases those for a domain', async () => {
    const { out } = await run(['queue', 'hold', 'example.net']);
    expect(out).to.equal('1 message is held now.\n1 message is held already.\n');
    expect(await states()).to.deep.equal(['0A1 held', '0A2 deferred', '0B1 held']);
    expect((await run(['queue', 'release', 'example.net'])).out).to.equal('2 messages are released.\n');
    expect(await states()).to.deep.equal(['0A1 deferred', '0A2 deferred', '0B1 deferred']);
  });

  it('holds a message of a running gateway during its attempt, and the hold stays', async () => {
    const gateway = await hosts.run('outbound');
    gateway.dispatcher.start();
    await run(['queue', 'retry', '0A1']);
    while (gateway.attempts.made.length < 1) await quiet();
    expect((await run(['queue', 'hold', '0A1'])).out).to.equal('1 message is held now.\n');
    await gateway.attempts.made[0]!.end('deferred');
    await gateway.dispatcher.close();
    expect(await states()).to.include('0A1 held');
    expect(gateway.spool.get('0A1')?.recipients[0]?.attempts).to.equal(2);
  });

  it('removes with --yes and says what', async () => {
    const { code, out } = await run(['queue', 'remove', '0A1', '--yes']);
    expect(code).to.equal(0);
    expect(out).to.match(
      /^Removed 0A1: \d+B from <sender@example\.com> to user@example\.net\. No bounce is sent\.\n$/,
    );
    expect(await states()).to.deep.equal(['0A2 deferred', '0B1 held']);
  });

  it('gives what was removed as JSON', async () => {
    const { out } = await run(['queue', 'remove', '0A1', '--yes', '--json']);
    expect(JSON.parse(out)).to.have.nested.property('removed.id', '0A1');
  });

  it('removes nothing without --yes when there is nobody to ask', async () => {
    const { code, err } = await run(['queue', 'remove', '0A1']);
    expect(code).to.equal(2);
    expect(err).to.include('--yes');
    expect(await states()).to.have.length(3);
  });

  it('asks on a terminal, and takes anything but yes for no', async () => {
    const no = await run(['queue', 'remove', '0A1'], '\n');
    expect([no.code, no.out]).to.deep.equal([1, '']);
    expect(no.err).to.match(/Remove 0A1: .*\[y\/N\]\nNothing was removed\./);
    expect(await states()).to.have.length(3);
    expect((await run(['queue', 'remove', '0A1'], 'y\n')).code).to.equal(0);
    expect(await states()).to.have.length(2);
  });

  it('exits 1 when there is no such entry to remove', async () => {
    expect((await run(['queue', 'remove', '0ZZ', '--yes'])).code).to.equal(1);
  });

  it('wants to know what to hold', async () => {
    expect((await run(['queue', 'hold'])).code).to.equal(2);
    expect((await run(['queue', 'release'])).code).to.equal(2);
    expect((await run(['queue', 'remove', '--yes'])).code).to.equal(2);
  });
});
