import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openGreylist, type Greylist } from '@mailpair/shared/filter/greylist/state';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('the greylist', () => {
  let directory: string;
  let now = 0;
  const opened: Greylist[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-greylist-'));
    now = 1_798_761_600_000;
  });
  afterEach(async () => {
    for (const greylist of opened.splice(0)) await greylist.close();
    rmSync(directory, { recursive: true });
  });

  function open(name = 'a'): Greylist {
    const greylist = openGreylist({
      directory: join(directory, name),
      rules: () => ({ delayMs: 2 * MINUTE, windowMs: 2 * DAY, keepMs: 30 * DAY }),
      clock: { now: () => now },
      onFault: (error) => {
        throw error;
      },
    });
    opened.push(greylist);
    return greylist;
  }
  const message = {
    origin: '192.0.2.0/24 sender.test',
    reversePath: 'a@sender.test',
    recipients: ['anna@example.com', 'bert@example.com'],
  };
  const other = { ...message, reversePath: 'b@sender.test' };
  const standings = (greylist: Greylist): string[] =>
    [message, other].map((each) => greylist.standing(each).standing);

  it('takes a message that comes back in its time, and its sender from then on', () => {
    const greylist = open();
    expect(greylist.standing(message)).to.deep.equal({ standing: 'new', ripeAt: now + 2 * MINUTE });
    greylist.deferred(message);
    const ripeAt = now + 2 * MINUTE;
    now += MINUTE;
    greylist.deferred(message);
    expect(greylist.standing(message)).to.deep.equal({ standing: 'early', ripeAt });
    now += MINUTE;
    expect(standings(greylist)).to.deep.equal(['ripe', 'new']);
    greylist.taken(message.origin);
    expect(standings(greylist)).to.deep.equal(['learnt', 'learnt']);
  });

  it('forgets a message that does not come back, and a sender that is not heard of any more', () => {
    const greylist = open();
    greylist.deferred(message);
    greylist.taken('sender.example');
    const origin = { ...message, origin: 'sender.example' };
    now += 2 * DAY;
    expect(greylist.standing(message).standing).to.equal('new');
    for (let day = 0; day < 40; day += 1) {
      now += DAY;
      expect(greylist.standing(origin).standing).to.equal('learnt');
      greylist.taken('sender.example');
    }
    now += 31 * DAY;
    expect(greylist.standing(origin).standing).to.equal('new');
  });

  it('takes a message for new where one of its recipients is, whatever their order', () => {
    const greylist = open();
    greylist.deferred(message);
    now += 5 * MINUTE;
    const reversed = { ...message, recipients: message.recipients.toReversed() };
    expect(greylist.standing(reversed).standing).to.equal('ripe');
    const more = { ...message, recipients: [...message.recipients, 'carl@example.com'] };
    expect(greylist.standing(more).standing).to.equal('new');
  });

  it('is the same after a restart, and holds no address', async () => {
    const greylist = open();
    greylist.deferred(message);
    greylist.taken('sender.example');
    await greylist.close();
    const journals = readdirSync(join(directory, 'a')).map((file) => join(directory, 'a', file));
    const texts = journals.map((path) => readFileSync(path, 'utf8'));
    expect(texts.join('').split('\n')).to.have.length(4);
    expect(texts.join('')).to.not.match(/sender|example|192/);
    now += 3 * MINUTE;
    const again = open();
    expect(standings(again)).to.deep.equal(['ripe', 'new']);
    expect(again.standing({ ...message, origin: 'sender.example' }).standing).to.equal('learnt');
  });

  it('is shared: a message that was asked to come back may do so to the other MX', () => {
    const [one, partner] = [open('a'), open('b')];
    const told: string[] = [];
    one.onChange((key) => told.push(key));
    one.deferred(message);
    const items = told.map((key) => one.look(key)!);
    expect(partner.take(items)).to.equal(2);
    expect(partner.take(items)).to.equal(0);
    now += 3 * MINUTE;
    expect(standings(partner)).to.deep.equal(['ripe', 'new']);
  });

  it('takes from a partner nothing that is over or makes no sense', () => {
    const greylist = open();
    const key = 'x'.repeat(22);
    expect(greylist.take(['', '?1 short', `?${now - 3 * DAY} ${key}`, `+${now - 40 * DAY} ${key}`])).to.equal(
      0,
    );
    expect([...greylist.all()]).to.deep.equal([]);
  });
});
