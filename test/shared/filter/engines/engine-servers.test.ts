import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { pingClamd, scanByClamd } from '@mailpair/shared/filter/engines/clamd';
import { EngineServers, type EngineRules } from '@mailpair/shared/filter/engines/engine-servers';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { EngineServerSettings } from '@mailpair/shared/config/schema/engine-server';
import { freePorts } from '../../../support/ports.ts';
import { rejection } from '../../../support/rejection.ts';
import { startClamd, type ClamdAnswers, type StandIn } from '../../../support/stand-in-engines.ts';

const body = { sizeBytes: 1, sha256: '', chunks: [Buffer.from('x')], hops: 0, eightBit: false };

describe('the servers of an engine', () => {
  const open: { close(): unknown }[] = [];
  let events: string[] = [];
  let counted: string[] = [];
  const note = (event: string, fields?: object): unknown =>
    events.push(`${event} ${(fields as { server: string }).server}`);
  const log = { ...silentLog, warn: note };

  async function clamd(answers: ClamdAnswers = {}): Promise<StandIn> {
    const standIn = await startClamd(answers);
    open.push(standIn);
    return standIn;
  }

  async function nobody(): Promise<EngineServerSettings & { port: number }> {
    const [port = 0] = await freePorts(1);
    return { name: `127.0.0.1:${port}`, place: { host: '127.0.0.1', port }, port };
  }

  function serversOf(of: readonly EngineServerSettings[], rules: Partial<EngineRules> = {}): EngineServers {
    const servers = new EngineServers(of, {
      engine: 'clamav',
      rules: { timeoutMs: 5_000, retestMs: 20, connections: 2, ...rules },
      ping: pingClamd,
      clock: { now: () => Date.now() },
      log,
      counted: (_engine, server, result) => counted.push(`${server} ${result}`),
    });
    open.push(servers);
    return servers;
  }

  const ask = (servers: EngineServers, signal = new AbortController().signal): ReturnType<typeof serverOf> =>
    serverOf(servers, signal);
  const serverOf = async (servers: EngineServers, signal: AbortSignal): Promise<string> =>
    (await servers.ask((place, given) => scanByClamd(place, '', body, given), signal)).server;
  const standings = (servers: EngineServers): string[] => servers.states().map(({ standing }) => standing);
  async function until(is: () => boolean): Promise<void> {
    for (const ends = Date.now() + 10_000; !is() && Date.now() < ends;) await new Promise(setImmediate);
    expect(is()).to.equal(true);
  }

  beforeEach(() => {
    events = [];
    counted = [];
  });
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  it('share the messages by what they have to do, each no more at a time than it may', async () => {
    const gate = Promise.withResolvers<void>();
    const scan = (): Promise<string> => gate.promise.then(() => 'stream: OK');
    const [one, two] = [await clamd({ scan }), await clamd({ scan })];
    const servers = serversOf([one, two]);
    const asked = Array.from({ length: 10 }, () => ask(servers));
    await until(() => one.messages.length + two.messages.length === 4);
    gate.resolve();
    const by = await Promise.all(asked);
    expect(by.filter((server) => server === one.name)).to.have.length.within(3, 7);
    expect([one.most(), two.most()]).to.deep.equal([2, 2]);
    expect(counted).to.have.length(10);
  });

  it('stand in for each other, and one that cannot be reached is left alone until it is back', async () => {
    const [away, there] = [await nobody(), await clamd()];
    const servers = serversOf([away, there], { retestMs: 50 });
    expect(await Promise.all([ask(servers), ask(servers), ask(servers)])).to.deep.equal([
      there.name,
      there.name,
      there.name,
    ]);
    expect(standings(servers)).to.deep.equal(['down', 'up']);
    const failed = counted.length;
    await ask(servers);
    expect(counted.slice(failed)).to.deep.equal([`${there.name} answered`]);
    const back = await startClamd({ port: away.port });
    open.push(back);
    await until(() => standings(servers)[0] === 'up');
    expect(events).to.deep.equal([`engine.down ${away.name}`, `engine.up ${away.name}`]);
    expect(await ask(servers)).to.equal(away.name);
  });

  it('say at once that all are down', async () => {
    const away = [await nobody(), await nobody()];
    const servers = serversOf(away, { retestMs: 60_000 });
    await until(() => standings(servers).join() === 'down,down');
    const { message } = await rejection(ask(servers));
    for (const { name } of away)
      expect(message).to.match(new RegExp(`${name} is down: connect ECONNREFUSED`));
    expect(counted).to.deep.equal([]);
  });

  it('that are silent are given up in time, and are down when they answer no ping either', async () => {
    let alive = true;
    const slow = await clamd({ scan: () => null, ping: () => (alive ? 'PONG' : 'hang up') });
    const servers = serversOf([slow], { timeoutMs: 50 });
    expect((await rejection(ask(servers))).message).to.equal(`${slow.name}: no answer within 0.05 s`);
    expect(standings(servers)).to.deep.equal(['up']);
    alive = false;
    await rejection(ask(servers));
    await until(() => standings(servers)[0] === 'down');
    expect((await rejection(ask(servers))).message).to.include(
      'is down: closed the connection without an answer',
    );
    alive = true;
    await until(() => standings(servers)[0] === 'up');
  });

  it('a message that brings them down meets two of them at most', async () => {
    const all = [];
    for (let i = 0; i < 4; i += 1) all.push(await clamd({ scan: () => 'hang up' }));
    await rejection(ask(serversOf(all)));
    expect(all.reduce((sum, { messages }) => sum + messages.length, 0)).to.equal(2);
  });

  it('who waits for a place gives up with the signal', async () => {
    const busy = await clamd({ scan: () => null });
    const servers = serversOf([busy], { connections: 1 });
    const abort = new AbortController();
    const asked = [rejection(ask(servers, abort.signal)), rejection(ask(servers, abort.signal))];
    await until(() => busy.messages.length === 1);
    abort.abort(new Error('enough'));
    expect((await Promise.all(asked)).map(({ message }) => message)).to.deep.equal(['enough', 'enough']);
    expect(servers.states()[0]!.active).to.equal(0);
  });
});
