import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createEngines, type Engines } from '@mailpair/shared/filter/engines/engines';
import { Layer } from '@mailpair/shared/filter/pipeline/gather';
import { silentLog } from '@mailpair/shared/platform/log/log';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { Learnt } from '@mailpair/shared/filter/pipeline/facts';
import type { Session } from '@mailpair/shared/platform/values/session';
import {
  startClamd,
  startRspamd,
  type RspamdAsked,
  type StandIn,
} from '../../../support/stand-in-engines.ts';
import { readText, minimal } from '../../config/reading.ts';

const session: Session = {
  id: 's1',
  role: 'mx',
  listener: '192.0.2.10:25',
  client: { address: '192.0.2.7', port: 4711 },
  helo: 'mail.sender.test',
  esmtp: true,
  trusted: false,
};
const envelope = { reversePath: 'a@sender.test', eightBit: false, smtpUtf8: false, requireTls: false };
const body: Body = { sizeBytes: 5, sha256: '', chunks: [Buffer.from('hello')], hops: 0, eightBit: false };

describe('the engines', () => {
  let clamd: StandIn;
  let rspamd: StandIn;
  let asked: RspamdAsked[];
  let engines: Engines;

  beforeEach(async () => {
    asked = [];
    clamd = await startClamd({ scan: () => 'stream: Test.Virus FOUND' });
    rspamd = await startRspamd((each) => {
      asked.push(each);
      return { action: 'reject', score: 20, required_score: 15, symbols: {} };
    });
    engines = createEngines({
      clock: { now: () => 0 },
      log: silentLog,
      counted: () => undefined,
      passwordIn: (file) => `in ${file}`,
    });
  });
  afterEach(async () => {
    engines.close();
    await clamd.close();
    await rspamd.close();
  });

  function settings(text = ''): Settings {
    const { settings: read } = readText(
      `clamav: { servers: ["${clamd.name}"] ${text} }\nrspamd: { servers: ["${rspamd.name}"] }\n${minimal()}`,
    );
    return read!;
  }
  async function learn(of: Body = body, budgetMs = 5_000): Promise<Learnt> {
    const message = { id: '0A1', body: of, head: 'Received: x\r\n' };
    const recipients = [{ address: 'anna@example.com' }];
    return new Layer(
      engines.learners(),
      { at: 0, session, envelope, recipients, message },
      budgetMs,
    ).learnt();
  }
  const value = (learnt: Learnt, name: 'virus' | 'rspamd'): unknown => {
    const fact = learnt[name];
    return fact?.kind === 'known' ? fact.value : fact;
  };

  it('say what they found, each with the server that was asked', async () => {
    engines.set(settings());
    const learnt = await learn();
    expect(value(learnt, 'virus')).to.deep.equal({ server: clamd.name, found: 'Test.Virus' });
    expect(value(learnt, 'rspamd')).to.deep.equal({
      server: rspamd.name,
      action: 'reject',
      score: 20,
      rejectScore: 15,
      symbols: [],
    });
    expect(asked[0]?.fields).to.include.members(['anna@example.com', 'a@sender.test', '192.0.2.7', '0A1']);
    expect(engines.states().map(({ engine, standing }) => [engine, standing])).to.deep.equal([
      ['clamav', 'up'],
      ['rspamd', 'up'],
    ]);
  });

  it('are not asked about what is too big for them, and this is known', async () => {
    engines.set(settings(', maxSize: 1KB'));
    const learnt = await learn({ ...body, sizeBytes: 2_000, chunks: [Buffer.alloc(2_000, 'x')] });
    expect(value(learnt, 'virus')).to.deep.equal({ tooBig: 'it has 2000 octets, clamav.maxSize is 1024' });
    expect(clamd.messages).to.deep.equal([]);
  });

  it('are none where none is named, and none while nothing is judged', () => {
    engines.set(readText(minimal()).settings!);
    expect([engines.learners(), engines.states()]).to.deep.equal([[], []]);
    engines.set(settings());
    expect(engines.learners()).to.have.length(2);
    engines.set({ ...settings(), judge: { ...settings().judge, mode: 'off' } });
    expect([engines.learners(), engines.states()]).to.deep.equal([[], []]);
  });

  it('keep what is known of their servers over a reload that leaves them as they are', async () => {
    engines.set(settings());
    await learn();
    const connections = clamd.connections();
    engines.set(settings(', virus: quarantine'));
    await learn();
    expect(clamd.connections()).to.equal(connections + 1);
    engines.set(settings(', timeout: 3s'));
    await learn();
    expect(clamd.connections()).to.equal(connections + 3);
  });

  it('give rspamd the password that it wants', async () => {
    const read = settings();
    engines.set({ ...read, rspamd: { ...read.rspamd, passwordFile: '/etc/x' } });
    await learn();
    expect(asked[0]?.fields).to.include.members(['Password', 'in /etc/x']);
  });

  it('that are silent are a fault when the time for the message is over', async () => {
    await clamd.close();
    clamd = await startClamd({ scan: () => null });
    engines.set(settings());
    const learnt = await learn(body, 100);
    expect(learnt.virus).to.deep.include({ kind: 'fault', reason: 'not learnt within 0.1 s' });
    expect(learnt.rspamd?.kind).to.equal('known');
  });
});
