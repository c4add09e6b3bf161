import { expect } from 'chai';
import { beforeEach, describe, it } from 'mocha';
import { ConnectionCounter, countedBy } from '@mailpair/shared/smtp/server/limits';
import type { SessionHooks } from '@mailpair/shared/smtp/server/listener';
import {
  openDescriptorReserve,
  type DescriptorReserve,
} from '@mailpair/shared/gateway/compose/descriptor-reserve';
import { Descriptors } from '@mailpair/shared/platform/resources/descriptors';
import type { Log } from '@mailpair/shared/platform/log/log';
import { replies } from '@mailpair/shared/platform/values/reply';
import type { Session } from '@mailpair/shared/platform/values/session';

const stranger = { client: { address: '192.0.2.1', port: 1 } } as Session;
const known = { client: { address: '192.0.2.2', port: 1 } } as Session;
const hooks = { isKnown: (session: Session) => session === known } as SessionHooks;
const limits = { connections: 1_000, connectionsPerClient: 1_000, connectionsPerNetwork: 1_000 };

describe('the reserve of descriptors', () => {
  let open: number;
  let counter: ConnectionCounter;
  let events: (readonly [event: string, fields: object])[];
  let reserve: DescriptorReserve;
  let sentAway: string[];

  beforeEach(() => {
    open = 40;
    counter = new ConnectionCounter();
    events = [];
    sentAway = [];
    reserve = openDescriptorReserve({
      counter,
      log: { error: (event: string, fields: object) => void events.push([event, fields]) } as unknown as Log,
      metrics: { sentAway: (how) => void sentAway.push(how) },
      descriptors: new Descriptors({ limit: 200, count: () => open }),
    });
  });

  const admitted = (role: 'mx' | 'submission', session: Session) =>
    reserve.guard(role, hooks).admit?.(session) ?? null;

  /** Connections that are let in, of as many as come. */
  function fill(): number {
    let count = 0;
    while (count < 500 && counter.admit(countedBy(`10.0.0.${count % 250}`, false), limits) === 'admitted')
      count += 1;
    return count;
  }

  it('lets everybody in while enough are left', () => {
    expect([admitted('mx', stranger), admitted('submission', stranger)]).to.deep.equal([null, null]);
    expect(events).to.deep.equal([]);
    expect(reserve.used()).to.equal(0.2);
  });

  it('is for known clients and submitters when strangers are deferred', () => {
    open = 140;
    reserve.used();
    expect(admitted('mx', stranger)).to.equal(replies.tooManyConnections);
    expect([admitted('mx', known), admitted('submission', stranger)]).to.deep.equal([null, null]);
    expect(sentAway).to.deep.equal(['defer']);
    open = 100;
    reserve.used();
    expect(admitted('mx', stranger)).to.equal(null);
  });

  it('counts those who came since they were counted', () => {
    for (let count = 0; count < 49; count += 1) counter.admit(countedBy(`10.0.0.${count}`, false), limits);
    expect(admitted('mx', stranger)).to.equal(replies.tooManyConnections);
  });

  it('is for the gateway itself when nobody is let in any more', () => {
    expect(fill()).to.equal((200 - 40 - 32) / 2);
    open = 200;
    reserve.used();
    expect(fill()).to.equal(0);
  });

  it('is told of once in a minute, with the fix', () => {
    open = 199;
    reserve.used();
    reserve.used();
    reserve.guard('mx', hooks).cannotAccept!(new Error('EMFILE'), '0.0.0.0:25');
    expect(events.map(([event]) => event)).to.deep.equal(['descriptors.exhausted']);
    expect(events[0]![1]).to.include({ open: 199, limit: 200 });
    expect(JSON.stringify(events)).to.include('LimitNOFILE');
  });

  it('asks what is behind it', () => {
    const refusing = { ...hooks, admit: () => replies.otherMx };
    expect(reserve.guard('mx', refusing).admit!(stranger)).to.equal(replies.otherMx);
  });

  it('keeps nobody out where the system does not tell', () => {
    const endless = openDescriptorReserve({
      counter,
      log: {} as Log,
      metrics: { sentAway: () => undefined },
      descriptors: new Descriptors({ limit: Infinity, count: () => 0 }),
    });
    expect(endless.used()).to.equal(0);
    expect(endless.guard('mx', hooks).admit!(stranger)).to.equal(null);
    expect(fill()).to.equal(500);
  });
});
