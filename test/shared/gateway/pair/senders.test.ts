import { KnownClients } from '@mailpair/shared/gateway/pair/known-clients';
import type { Mx } from '@mailpair/shared/gateway/pair/refusals';
import { Senders } from '@mailpair/shared/gateway/pair/senders';
import type { Record } from '@mailpair/shared/gateway/pair/sender-class';
import { BoundedMap } from '@mailpair/shared/platform/maps/bounded-map';
import { expect } from 'chai';
import fc from 'fast-check';
import { beforeEach, describe, it } from 'mocha';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 1_798_761_600_000;

/** One gateway: what it knows, and what it has still to tell. */
class Gateway {
  readonly known = new KnownClients();
  readonly senders: Senders;
  readonly #waiting = new Set<string>();

  constructor(here: Mx, most = 1_000) {
    const table = () => new BoundedMap<Record>(most);
    this.senders = new Senders({ here, known: this.known, tables: { few: table(), enough: table(), most } });
    this.senders.news = (key) => this.#waiting.add(key);
  }

  deliver(address: string, domain: string, now: number): void {
    this.known.delivered(address, domain, now);
    this.senders.delivered(address, domain, now);
  }

  beat(to: Gateway, now: number): void {
    const items = [...this.#waiting].map((key) => this.senders.look(key, now));
    this.#waiting.clear();
    to.senders.take(
      items.filter((item) => item !== undefined),
      now,
    );
  }
}

describe('senders', () => {
  let inbound: Gateway;
  let outbound: Gateway;
  let now: number;
  beforeEach(() => {
    inbound = new Gateway('inbound');
    outbound = new Gateway('outbound');
    now = START;
  });
  const beat = (): void => {
    inbound.beat(outbound, now);
    outbound.beat(inbound, now);
  };
  const classes = (address: string): string[] =>
    [inbound, outbound].map(({ senders }) => senders.classOf(address, now));
  const both = (found: string): string[] => [found, found];

  /** Inbound refuses it, and it delivers so much later to that gateway. */
  function round(address: string, afterMs: number, to: Gateway, domain = '', from = address): void {
    inbound.senders.refused(address, now);
    // A beat comes once a second, whatever senders do.
    if (afterMs >= SECOND) beat();
    now += afterMs;
    to.deliver(from, domain, now);
    beat();
    now += HOUR;
  }

  it('that deliver to the other MX within a minute move on, from the fifth time', () => {
    for (let n = 0; n < 4; n += 1) round('192.0.2.1', 40, outbound);
    expect(classes('192.0.2.1')).to.deep.equal(both('unknown'));
    round('192.0.2.1', 40, outbound);
    expect(classes('192.0.2.1')).to.deep.equal(both('moves'));
    expect(classes('192.0.2.2')).to.deep.equal(both('unknown'));
  });

  it('that deliver later to the same MX wait', () => {
    for (let n = 0; n < 5; n += 1) round('192.0.2.1', 15 * MINUTE, inbound);
    expect(classes('192.0.2.1')).to.deep.equal(both('waits'));
  });

  it('are told of once, however the events of one refusal come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ afterMs: fc.nat(2 * HOUR), moves: fc.boolean(), twice: fc.boolean() }), {
          maxLength: 12,
        }),
        (rounds) => {
          [inbound, outbound] = [new Gateway('inbound'), new Gateway('outbound')];
          now = START;
          let samples = 0;
          for (const { afterMs, moves, twice } of rounds) {
            const isSoon = afterMs <= MINUTE;
            round('192.0.2.1', afterMs, moves ? outbound : inbound);
            if (moves === isSoon) samples += 1;
            if (!moves && isSoon) {
              // It is open still: let it end without a sample.
              outbound.deliver('192.0.2.1', '', now);
              beat();
            }
            if (twice) outbound.deliver('192.0.2.1', '', now + 1);
            now += HOUR;
          }
          for (const { senders } of [inbound, outbound]) {
            const [view] = senders.list(now);
            expect((view?.moved ?? 0) + (view?.waited ?? 0)).to.equal(Math.min(8, samples));
          }
        },
      ),
    );
  });

  it('are of no class when they do now this and now that', () => {
    for (let n = 0; n < 8; n += 1) round('192.0.2.1', n % 2 ? 40 : 15 * MINUTE, n % 2 ? outbound : inbound);
    expect(classes('192.0.2.1')).to.deep.equal(both('unknown'));
  });

  it('say nothing by what comes within a minute to the same MX, nor later to the other', () => {
    round('192.0.2.1', 10 * SECOND, inbound);
    outbound.deliver('192.0.2.1', '', now);
    for (let n = 0; n < 9; n += 1) round('192.0.2.2', 10 * MINUTE, outbound);
    expect(outbound.senders.list(now)).to.deep.equal([]);
    expect(classes('192.0.2.2')).to.deep.equal(both('unknown'));
  });

  it('with many connections, some of which are refused all the time, are known by the first refusal', () => {
    for (let n = 0; n < 400; n += 1) {
      inbound.senders.refused('192.0.2.1', now);
      inbound.deliver('192.0.2.1', '', (now += SECOND));
      if (n % 5 === 0) beat();
    }
    expect(classes('192.0.2.1')).to.deep.equal(both('waits'));
  });

  it('are of no class any more after a week', () => {
    for (let n = 0; n < 5; n += 1) round('192.0.2.1', 40, outbound);
    now += 7 * DAY;
    expect(classes('192.0.2.1')).to.deep.equal(both('unknown'));
    expect(inbound.senders.list(now)).to.deep.equal([]);
  });

  it('of one domain that passes DMARC are one sender, whichever address is refused', () => {
    for (let n = 1; n <= 5; n += 1) inbound.deliver(`192.0.2.${n}`, 'large.test', now);
    now += HOUR;
    for (let n = 1; n <= 5; n += 1)
      round(`192.0.2.${n}`, 15 * MINUTE, inbound, 'large.test', `192.0.2.${6 - n}`);
    expect(classes('192.0.2.1')[0]).to.equal('waits');
    expect(inbound.senders.classOf('192.0.2.200', now), 'in its network').to.equal('waits');
    expect(inbound.senders.classOf('198.51.100.1', now)).to.equal('unknown');
    expect(inbound.senders.list(now)).to.deep.include({
      ...{ sender: 'large.test', class: 'waits', moved: 0, waited: 5 },
      refusedAt: now - HOUR - 15 * MINUTE,
    });
  });

  it('that name a domain without proof are themselves, and change no class of the domain', () => {
    for (let n = 1; n <= 5; n += 1) inbound.deliver(`192.0.2.${n}`, 'large.test', now);
    for (let n = 0; n < 5; n += 1) round('192.0.2.1', 15 * MINUTE, inbound, 'large.test');
    // In its network, even, and with mail that is clean.
    for (let n = 0; n < 20; n += 1) round('192.0.2.66', 40, outbound);
    expect(inbound.senders.classOf('192.0.2.1', now)).to.equal('waits');
    for (let n = 0; n < 50; n += 1) inbound.senders.spoilt('192.0.2.67', '', now);
    expect(inbound.senders.classOf('192.0.2.1', now)).to.equal('waits');
  });

  it('that only pretend to wait, and bring nothing that is taken with nothing against it, have no class', () => {
    for (let n = 0; n < 50; n += 1) {
      inbound.senders.refused('192.0.2.1', now);
      now += 15 * MINUTE;
      inbound.senders.spoilt('192.0.2.1', '', now);
      beat();
    }
    expect(classes('192.0.2.1')).to.deep.equal(both('unknown'));
  });

  it('that earned a class to send spam lose it with the fifth bad message, at both gateways', () => {
    for (let n = 0; n < 8; n += 1) round('192.0.2.1', 15 * MINUTE, inbound, 'evil.test');
    for (let n = 0; n < 4; n += 1) inbound.senders.spoilt('192.0.2.1', 'evil.test', now);
    beat();
    expect(classes('192.0.2.1')[0]).to.equal('waits');
    inbound.senders.spoilt('192.0.2.1', 'evil.test', now);
    beat();
    expect(classes('192.0.2.1')).to.deep.equal(both('unknown'));
    expect(outbound.senders.list(now)).to.deep.equal([]);
    for (let n = 0; n < 4; n += 1) round('192.0.2.1', 15 * MINUTE, inbound, 'evil.test');
    expect(classes('192.0.2.1')[0], 'all five samples anew').to.equal('unknown');
  });

  it('of a provider keep their class while a small share of its mail is bad', () => {
    for (let n = 0; n < 5; n += 1) round('192.0.2.1', 15 * MINUTE, inbound, 'large.test');
    for (let n = 0; n < 1_000; n += 1)
      if (n % 10 === 0) inbound.senders.spoilt('192.0.2.1', 'large.test', now);
      else inbound.deliver('192.0.2.1', 'large.test', now);
    expect(inbound.senders.classOf('192.0.2.1', now)).to.equal('waits');
  });

  it('stay what they are, and can be learnt, while strangers fill the tables', () => {
    const tight = new Gateway('inbound', 10);
    const once = (address: string): void => {
      tight.senders.refused(address, now);
      tight.deliver(address, '', (now += 2 * MINUTE));
    };
    for (let n = 0; n < 5; n += 1) once('192.0.2.1');
    tight.deliver('198.51.100.1', '', now);
    for (let n = 0; n < 5; n += 1) {
      tight.senders.refused('198.51.100.1', now);
      for (let other = 0; other < 6_000; other += 1)
        tight.senders.refused(`10.${other >> 8}.${other & 255}.1`, now);
      now += 2 * MINUTE;
      tight.deliver('198.51.100.1', '', now);
    }
    for (let other = 0; other < 1_000; other += 1) once(`10.${other >> 8}.${other & 255}.1`);
    expect(tight.senders.classOf('192.0.2.1', now)).to.equal('waits');
    expect(tight.senders.classOf('198.51.100.1', now)).to.equal('waits');
  });

  it('pass over what is no item, and what was in the future', () => {
    const items = [
      '',
      'r',
      's',
      'r[]',
      's[]',
      'r["x y","inbound",1,0]',
      'r["192.0.2.1","nobody",1,0]',
      'x',
      's{}',
    ];
    expect(inbound.senders.take(items, now)).to.equal(0);
    const later = Array.from({ length: 8 }, (_, n) => [now + DAY + n, 1]);
    inbound.senders.take([`s${JSON.stringify(['192.0.2.1', 0, ...later])}`], now);
    expect(classes('192.0.2.1')[0]).to.equal('unknown');
  });
});
