import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SubmitterLimits } from '@mailpair/shared/platform/values/submitter';
import type { Ledger } from '@mailpair/shared/directory/submitters/ledger';
import { openLedger } from '@mailpair/shared/directory/submitters/ledger-file';
import { noLimits } from '@mailpair/shared/directory/submitters/usage';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { submitterNamed } from './submitter-named.ts';

describe('The ledger of submitters', () => {
  let directory: string;
  let limits: SubmitterLimits;
  let now: number;
  let told: string[];
  let faults: Error[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'mailpair-submitters-'));
    limits = { ...noLimits, messagesPerHour: 3 };
    now = Date.UTC(2026, 10, 25, 12);
    told = [];
    faults = [];
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const open = (): Ledger =>
    openLedger({
      directory,
      clock: { now: () => now },
      submitterOf: (sender) => submitterNamed(limits)(sender),
      onExcess: (name, reason, enforced) => void told.push(`${name} ${enforced}: ${reason}`),
      onFault: (error) => void faults.push(error),
    });
  const from = (reversePath: string) => ({ address: '10.0.0.5', reversePath });
  const send = (ledger: Ledger, times: number, name = 'anna', enforce = true): boolean[] =>
    Array.from({ length: times }, () => ledger.charge(from(name), 1, enforce).held !== undefined);

  it('holds from the message on that is beyond a limit, tells it once, and nobody else', async () => {
    const ledger = open();
    expect(send(ledger, 6)).to.deep.equal([false, false, false, true, true, true]);
    now += 48 * 3_600_000;
    expect(send(ledger, 1)).to.deep.equal([true]);
    expect(send(ledger, 3, 'bert')).to.deep.equal([false, false, false]);
    expect(told).to.deep.equal(['anna true: 4 messages within an hour, submitters.messagesPerHour is 3']);
    await ledger.close();
  });

  it('lets go, and counts from nothing then', async () => {
    const ledger = open();
    send(ledger, 4);
    expect(ledger.release('anna')?.by).to.equal('limit');
    expect(send(ledger, 4)).to.deep.equal([false, false, false, true]);
    await ledger.close();
  });

  it('holds by hand, also whom it does not know', async () => {
    const ledger = open();
    ledger.hold('carla', 'her password was stolen');
    expect(ledger.charge(from('carla'), 1, true).held).to.include({ by: 'operator' });
    expect(ledger.held().map(({ name }) => name)).to.deep.equal(['carla']);
    await ledger.close();
  });

  it('only tells where mail is observed, and not for every message', async () => {
    const ledger = open();
    expect(send(ledger, 6, 'anna', false)).to.deep.equal([false, false, false, true, true, true]);
    expect(ledger.heldFor('anna')).to.equal(null);
    expect(told).to.have.length(1);
    await ledger.close();
  });

  it('is the same after a restart', async () => {
    const first = open();
    send(first, 4);
    send(first, 2, 'bert');
    await first.close();
    const second = open();
    expect(second.heldFor('anna')).to.include({ by: 'limit', since: now });
    expect(send(second, 2, 'bert')).to.deep.equal([false, true]);
    expect(second.list().map(({ name }) => name)).to.have.members(['anna', 'bert']);
    await second.close();
    expect(faults).to.deep.equal([]);
  });

  it('shows the limits that are in force now, whoever counted, of a restart too', async () => {
    const first = open();
    send(first, 1);
    first.countToo('bert', { messages: 1, recipients: 1, refused: 0, sender: from('bert') });
    limits = { ...noLimits, messagesPerHour: 7 };
    const shown = (ledger: Ledger): unknown =>
      Object.fromEntries(ledger.list().map((state) => [state.name, state.limits.messagesPerHour]));
    expect(shown(first)).to.deep.equal({ anna: 7, bert: 7 });
    await first.close();
    const second = open();
    limits = { ...noLimits, messagesPerHour: 8 };
    expect(shown(second)).to.deep.equal({ anna: 8, bert: 8 });
    expect(second.limitsOf('carla').messagesPerHour).to.equal(8);
    await second.close();
  });

  it('reads files of version 0.1.0, which have limits in place of the client', async () => {
    const first = open();
    send(first, 4);
    await first.close();
    const path = join(directory, 'submitters.json');
    const { accounts } = JSON.parse(readFileSync(path, 'utf8')) as { accounts: { sender?: unknown }[] };
    const old = accounts.map(({ sender: _, ...account }) => ({ ...account, limits: noLimits }));
    writeFileSync(path, JSON.stringify({ version: 1, accounts: old }));
    const second = open();
    expect(second.get('anna')).to.deep.include({ limits, name: 'anna' });
    expect(second.heldFor('anna')).to.include({ by: 'limit' });
    expect(faults).to.deep.equal([]);
    await second.close();
  });

  it('writes at once that somebody is held', async () => {
    const ledger = open();
    ledger.hold('carla', 'by hand');
    await ledger.close();
    expect(readFileSync(join(directory, 'submitters.json'), 'utf8')).to.include('by hand');
  });

  it('begins anew, and says so, when its file is damaged; of a part that makes no sense it keeps the rest', async () => {
    writeFileSync(join(directory, 'submitters.json'), '{"accounts":[{"name":1},');
    const ledger = open();
    expect(ledger.list()).to.deep.equal([]);
    expect(faults).to.have.length(1);
    expect(readFileSync(join(directory, 'submitters.json.set-aside'), 'utf8')).to.equal(
      '{"accounts":[{"name":1},',
    );
    send(ledger, 1);
    await ledger.close();
    const path = join(directory, 'submitters.json');
    const kept = JSON.parse(readFileSync(path, 'utf8')) as { accounts: unknown[] };
    writeFileSync(path, JSON.stringify({ accounts: [{ name: 'x' }, null, 7, ...kept.accounts] }));
    const next = open();
    expect(next.list().map(({ name }) => name)).to.deep.equal(['anna']);
    expect(String(faults[1])).to.include('3 accounts').and.to.include('submitters.json.set-aside');
    await next.close();
  });

  it('forgets whom it has not heard of for longest when there are too many, never whom it holds', async () => {
    const ledger = open();
    ledger.hold('carla', 'by hand');
    send(ledger, 1, 'first');
    for (let n = 0; n < 10_000; n += 1) send(ledger, 1, `stranger-${n}`);
    expect(ledger.list()).to.have.length(10_000);
    expect(ledger.get('first')).to.equal(undefined);
    expect(ledger.heldFor('carla')).not.to.equal(null);
    await ledger.close();
  });
});
