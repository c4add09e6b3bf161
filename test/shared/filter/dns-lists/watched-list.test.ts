import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { List } from '@mailpair/shared/filter/dns-lists/ask-list';
import { WatchedList, type WatchedAnswer } from '@mailpair/shared/filter/dns-lists/watched-list';
import { silentLog, type Log } from '@mailpair/shared/platform/log/log';
import { createResolver, type Resolver } from '@mailpair/shared/platform/dns/resolver';
import { startDns, type TestDns } from '../../../support/dns-server.ts';
import { addressList, inList } from '../../../support/list-zone.ts';

const bl: List = { name: 'bl', zone: 'bl.test', asks: ['client'], codes: [], test: null, refuses: false };
const MINUTE = 60_000;
/** Labels of addresses that are listed, that are not. */
const [bad, good] = ['7.2.0.192', '8.2.0.192'] as const;

describe('a list that is watched', () => {
  let dns: TestDns;
  let resolver: Resolver & { close(): void };
  let now: number;
  let logged: { event: string; reason?: string }[];
  const open: WatchedList[] = [];

  const log: Log = Object.fromEntries(
    Object.keys(silentLog).map((level) => [
      level,
      (event: string, fields?: object) => logged.push({ event, ...fields }),
    ]),
  ) as unknown as Log;
  const events = (): string[] => logged.map(({ event }) => event);

  function watch(of: Partial<List> = {}, rules: { timeoutMs?: number; retestMs?: number } = {}): WatchedList {
    const list = new WatchedList(
      { ...bl, ...of },
      {
        rules: () => ({ timeoutMs: 1_500, testMs: 30 * MINUTE, retestMs: MINUTE, ...rules }),
        resolver,
        clock: { now: () => now },
        log,
        counted: () => undefined,
      },
    );
    open.push(list);
    return list;
  }

  const kinds = async (answers: readonly Promise<WatchedAnswer>[]): Promise<string[]> =>
    (await Promise.all(answers)).map(({ kind }) => kind);
  const standing = (list: WatchedList): string => list.state().standing;
  async function until(list: WatchedList, wanted: string): Promise<void> {
    for (const ends = Date.now() + 10_000; standing(list) !== wanted && Date.now() < ends;)
      await new Promise(setImmediate);
    expect(standing(list)).to.equal(wanted);
  }

  beforeEach(async () => {
    now = 1_000_000;
    logged = [];
    dns = await startDns(
      addressList('bl.test', { '192.0.2.7': { A: ['127.0.0.4'], TXT: ['Sends spam\r\n250 OK'] } }),
    );
    resolver = createResolver({ servers: [dns.address], timeoutMs: 500, clock: { now: () => now } });
  });
  afterEach(async () => {
    for (const list of open.splice(0)) list.close();
    resolver.close();
    await dns.close();
  });

  it('is tested before it is first asked', async () => {
    const list = watch();
    expect(standing(list)).to.equal('untested');
    expect(await list.ask(bad, 4)).to.deep.equal({ kind: 'listed', codes: ['127.0.0.4'] });
    expect(await list.ask(good, 4)).to.deep.equal({ kind: 'clear' });
    expect(events()).to.deep.equal(['list.sound']);
    expect(list.state()).to.not.have.property('reason');
  });

  it('is not asked about a family that it does not know', async () => {
    dns.remove(inList('::ffff:7f00:2', 'bl.test'));
    const list = watch();
    const labels = inList('2001:db8::7', '').slice(0, -1);
    expect(await list.ask(labels, 6)).to.deep.equal({ kind: 'clear' });
    expect(dns.count(`${labels}.bl.test`)).to.equal(0);
    expect(await list.ask(bad, 4)).to.have.property('kind', 'listed');
  });

  it('is switched off at the start when it lists the world, with an alarm', async () => {
    dns.set(inList('127.0.0.1', 'bl.test'), { A: ['127.0.0.2'] });
    const list = watch();
    const answer = await list.ask(bad, 4);
    expect(answer).to.have.property('kind', 'off');
    expect(events()).to.deep.equal(['list.switched-off']);
    expect(logged[0]?.reason).to.include('lists the world');
    expect(dns.count(`${bad}.bl.test`)).to.equal(0);
  });

  it('is switched off by one answer that says it does not serve us, and never counts it', async () => {
    const list = watch();
    await until(list, 'sound');
    dns.set(`${bad}.bl.test`, { A: ['127.255.255.254'] });
    expect(await list.ask(bad, 4)).to.have.property('kind', 'off');
    expect(await list.ask(good, 4)).to.have.property('kind', 'off');
    expect(events()).to.deep.equal(['list.sound', 'list.switched-off']);
  });

  it('is switched off when its domain was bought by somebody who answers everything', async () => {
    const list = watch();
    await until(list, 'sound');
    dns.set(`${bad}.bl.test`, { A: ['203.0.113.80'] });
    expect(await list.ask(bad, 4)).to.have.property('kind', 'off');
  });

  it('refuses nobody when it begins to list the world between two tests', async () => {
    const list = watch();
    expect(await list.ask(bad, 4)).to.have.property('kind', 'listed');
    now += 2 * MINUTE;
    dns.set(inList('127.0.0.1', 'bl.test'), { A: ['127.0.0.2'] });
    dns.set(`${good}.bl.test`, { A: ['127.0.0.2'] });
    expect(await list.ask(good, 4)).to.have.property('kind', 'off');
    expect(events()).to.include('list.switched-off');
  });

  it('is not believed when the test that this asks for is not answered', async () => {
    const list = watch();
    await until(list, 'sound');
    now += 2 * MINUTE;
    dns.set(inList('127.0.0.2', 'bl.test'), { A: 'SERVFAIL' });
    dns.set(inList('::ffff:7f00:2', 'bl.test'), { A: 'SERVFAIL' });
    expect(await list.ask(bad, 4)).to.have.property('kind', 'silent');
    expect(await list.ask(good, 4)).to.have.property('kind', 'clear');
  });

  it('is asked again once a later test finds it sound', async () => {
    dns.set(inList('127.0.0.1', 'bl.test'), { A: ['127.0.0.2'] });
    const list = watch({}, { retestMs: 20 });
    await until(list, 'off');
    dns.remove(inList('127.0.0.1', 'bl.test'));
    await until(list, 'sound');
    expect(await list.ask(bad, 4)).to.have.property('kind', 'listed');
    expect(events()).to.deep.equal(['list.switched-off', 'list.switched-on']);
  });

  it('rests after five look-ups without an answer, and nobody waits for it then', async () => {
    const list = watch();
    await until(list, 'sound');
    const silent = Array.from({ length: 6 }, (_, i) => `${i}.100.51.198`);
    for (const labels of silent) dns.set(`${labels}.bl.test`, 'SERVFAIL');
    expect(await kinds(silent.slice(0, 4).map((labels) => list.ask(labels, 4)))).to.deep.equal(
      Array<string>(4).fill('silent'),
    );
    expect(standing(list)).to.equal('sound');
    expect(await list.ask(good, 4)).to.have.property('kind', 'clear');
    await Promise.all(silent.slice(0, 5).map((labels) => list.ask(labels, 4)));
    expect(standing(list)).to.equal('silent');
    const asked = dns.queries.length;
    expect(await list.ask(silent[5]!, 4)).to.have.property('kind', 'silent');
    expect(dns.queries.length).to.equal(asked);
    expect(events()).to.deep.equal(['list.sound', 'list.silent']);
  });

  it('takes no longer than it may', async () => {
    const list = watch({}, { timeoutMs: 100 });
    await until(list, 'sound');
    dns.set(`${good}.bl.test`, 'TIMEOUT');
    const from = performance.now();
    expect(await list.ask(good, 4)).to.deep.equal({ kind: 'silent', reason: 'no answer within 0.1 s' });
    expect(performance.now() - from).to.be.below(400);
  });

  it('is silent while it could not be tested at all', async () => {
    for (const entry of ['127.0.0.2', '127.0.0.1', '::ffff:7f00:2', '::ffff:7f00:1'])
      dns.set(inList(entry, 'bl.test'), 'SERVFAIL');
    const list = watch();
    expect(await list.ask(bad, 4)).to.deep.equal({ kind: 'silent', reason: 'no usable answer (ESERVFAIL)' });
    expect(events()).to.deep.equal(['list.silent']);
  });

  it('says why it lists somebody, in one line of ASCII, where it refuses', async () => {
    expect(await watch({ refuses: true }).ask(bad, 4)).to.deep.equal({
      kind: 'listed',
      codes: ['127.0.0.4'],
      text: 'Sends spam 250 OK',
    });
    expect(await watch().ask(bad, 4)).to.not.have.property('text');
  });

  it('lists all the same when it does not say why', async () => {
    dns.set(`${bad}.bl.test`, { A: ['127.0.0.4'], TXT: 'SERVFAIL' });
    expect(await watch({ refuses: true }).ask(bad, 4)).to.deep.equal({
      kind: 'listed',
      codes: ['127.0.0.4'],
    });
  });

  it('counts codes that are named, for its test too', async () => {
    dns.set(inList('127.0.0.2', 'bl.test'), { A: ['127.0.10.0'] });
    dns.remove(inList('::ffff:7f00:2', 'bl.test'));
    dns.set(`${bad}.bl.test`, { A: ['127.0.5.3'] });
    const list = watch({ codes: ['127.0.*.0', '127.0.*.3'] });
    expect(await list.ask(bad, 4)).to.deep.equal({ kind: 'listed', codes: ['127.0.5.3'] });
    expect(await watch().ask(bad, 4)).to.have.property('kind', 'off');
  });
});
