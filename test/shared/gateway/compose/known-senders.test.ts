import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKnownSenders, type KnownSenders } from '@mailpair/shared/gateway/compose/known-senders';
import { Topics } from '@mailpair/shared/platform/topics';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { createMetrics } from '@mailpair/shared/platform/metrics/metrics';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';

const DAY = 24 * 3_600_000;

describe('known senders', () => {
  let directory: string;
  let now: number;
  let events: string[];
  const opened: KnownSenders[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-known-'));
    now = 1_798_761_600_000;
    events = [];
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each.close();
    rmSync(directory, { recursive: true });
  });

  function open(name: string, keeps = true) {
    const topics = new Topics();
    const metrics = createMetrics('inbound');
    const log = { ...silentLog, error: (event: string): void => void events.push(event) };
    const path = join(directory, name);
    const opening = openKnownSenders({
      here: 'inbound',
      directory: path,
      keeps,
      topics,
      metrics,
      log,
      clock: { now: () => now },
    });
    opened.push(opening);
    return { ...opening, topics, metrics };
  }

  it('are known after a restart, and by a worker that does not write', async () => {
    const one = open('a');
    one.known.delivered('192.0.2.1', '', now);
    one.known.delivered('192.0.2.1', '', (now += 2 * DAY));
    for (let n = 1; n <= 5; n += 1) one.known.delivered(`198.51.100.${n}`, 'large.test', now);
    await one.close();
    for (const again of [open('a'), open('a', false)]) {
      expect(again.known.count()).to.deep.equal({ new: 1, long: 1 });
      for (const each of ['192.0.2.1', '198.51.100.77'])
        expect(again.known.has(each, now), each).to.equal(true);
    }
    expect(events).to.deep.equal([]);
  });

  it('are told to the partner at once, and all of them when it starts', () => {
    const [one, other, third] = [open('a'), open('b'), open('c')];
    one.topics.onTold((topic, key) => other.topics.take({ [topic]: [one.topics.look(topic, key)!] }));
    one.known.delivered('192.0.2.1', 'a.test', now);
    expect(other.known.has('192.0.2.1', now)).to.equal(true);
    for (const { name, all, look } of one.topics.list())
      third.topics.take({ [name]: Array.from(all(), (key) => look(key)!) });
    expect(third.known.domainOf('192.0.2.1', now)).to.equal('a.test');
  });

  it('are counted', async () => {
    const { known, metrics } = open('a');
    known.delivered('192.0.2.1', '', now);
    const text = await metrics.render();
    expect(text).to.include('mailpair_known_networks{standing="new",role="inbound"} 1');
    expect(text).to.include('mailpair_known_networks{standing="long",role="inbound"} 0');
  });

  it('and what they do when they are refused, are kept and told too', async () => {
    const [one, other] = [open('a'), open('b')];
    one.topics.onTold((topic, key) => other.topics.take({ [topic]: [one.topics.look(topic, key)!] }));
    for (let n = 0; n < 5; n += 1) {
      one.senders.refused('192.0.2.1', now);
      now += DAY / 24;
      one.came({ client: '192.0.2.1', domain: '', isClean: true });
    }
    await one.close();
    for (const each of [open('a'), other]) expect(each.senders.classOf('192.0.2.1', now)).to.equal('waits');
    expect(await other.metrics.render()).to.include('mailpair_senders{class="waits",role="inbound"} 1');
    for (let n = 0; n < 5; n += 1) other.came({ client: '192.0.2.1', domain: '', isClean: false });
    expect(other.senders.classOf('192.0.2.1', now)).to.equal('unknown');
  });

  it('that cannot be read are reported', async () => {
    const one = open('a');
    one.known.delivered('192.0.2.1', '', now);
    await one.close();
    writeFileSync(
      join(directory, 'a', 'conduct', 'known-new.journal'),
      '["192.0.2.0/24",["192.0.3.1",1,1,""]]\n',
    );
    expect(open('a').known.has('192.0.2.1', now)).to.equal(false);
    expect(events).to.deep.equal(['known.journal-fault']);
  });
});
