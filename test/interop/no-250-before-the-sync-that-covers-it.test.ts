/** Outbound under strace: what it says 250 for is on disk, and messages that come together share the syncs. */
import { mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { composeMessage, type Shape } from '../support/messages.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { countSyncs, findUnproven, isJournal, isSync, tracedCalls, type Acknowledged } from './durability.ts';
import { printFigures } from './figures.ts';
import { needStrace, traceProcess, type Call } from './strace.ts';

const SENDERS = 20;
const MESSAGES_EACH = 25;
/** Octal, as in /proc/PID/fdinfo. */
const O_DSYNC = 0o10000;

interface Observed {
  readonly calls: readonly Call[];
  /** Descriptors of the queue that were open with O_DSYNC. */
  readonly sealing: readonly number[];
  readonly messages: readonly Acknowledged[];
  /** Messages that the next hop took meanwhile. */
  readonly handedOn: number;
}

describe('no 250 before the sync that covers it', () => {
  let pair: Pair;
  let directory: string;
  let sequential: Observed;
  let parallel: Observed;
  let large: Observed;

  before(async function () {
    await needStrace(this);
    directory = mkdtempSync(join(tmpdir(), 'mailpair-strace-'));
    pair = await openPair({ start: ['outbound'], config: { 'submitters.limited': 'none' } });
    sequential = await observe(() => sendEach(10, 'plain'));
    large = await observe(() => sendEach(3, 'middling'));
    parallel = await observe(async () => {
      const senders = Array.from({ length: SENDERS }, () => sendEach(MESSAGES_EACH, 'plain'));
      return (await Promise.all(senders)).flat();
    });
  });

  after(async () => {
    // Undefined when skipped.
    await (pair as Pair | undefined)?.close();
    if (directory as string | undefined) rmSync(directory, { recursive: true, force: true });
  });

  async function observe(send: () => Promise<Acknowledged[]>): Promise<Observed> {
    const sealing = sealingDescriptors(pair.outbound.pid);
    const trace = await traceProcess(pair.outbound.pid, tracedCalls, join(directory, 'trace'));
    try {
      const before = pair.internet.deliveries.length;
      const messages = await send();
      const calls = await trace.end();
      return { messages, sealing, calls, handedOn: pair.internet.deliveries.length - before };
    } catch (error) {
      await trace.end();
      throw error;
    }
  }

  /** One after the other on one session. */
  async function sendEach(count: number, shape: Shape): Promise<Acknowledged[]> {
    const client = await SmtpClient.greet(pair.submission);
    const taken: Acknowledged[] = [];
    while (taken.length < count) {
      const { octets, id: mark } = composeMessage(shape, { from: 'us@example.com', to: [] });
      await client.say('MAIL FROM:<us@example.com>');
      await client.say('RCPT TO:<them@example.net>');
      const { code, text } = await client.data(octets);
      expect(code, text).to.equal(250);
      taken.push({ mark: `X-Demo-Id: ${mark}\\r\\n`, id: /Queued as (\w+)/.exec(text)?.[1] ?? '' });
    }
    await client.quit();
    return taken;
  }

  const unproven = ({ calls, sealing, messages }: Observed): string[] =>
    findUnproven(calls, sealing, messages);

  it('holds for messages that come one after the other', () => {
    expect(unproven(sequential)).to.deep.equal([]);
    const { sealings } = countSyncs(sequential.calls, sequential.sealing);
    expect(sealings).to.be.at.least(sequential.messages.length);
  });

  it('holds for messages so large that they are files', () => {
    expect(unproven(large)).to.deep.equal([]);
  });

  it(`holds for messages of ${SENDERS} senders at once, and there are fewer syncs than messages`, () => {
    const { calls, sealing, messages, handedOn } = parallel;
    expect(messages).to.have.length(SENDERS * MESSAGES_EACH);
    expect(unproven(parallel)).to.deep.equal([]);
    const { syncs, sealings } = countSyncs(calls, sealing);
    printFigures(
      `${messages.length} messages taken and ${handedOn} handed on: ` +
        `${syncs} syncs, ${sealings} O_DSYNC writes (${((syncs + sealings) / messages.length).toFixed(2)} a message)`,
    );
    expect(sealings).to.be.greaterThan(0);
    expect(syncs + sealings).to.be.lessThan(messages.length);
  });

  describe('the proof finds a breach', () => {
    const breaches: Record<string, (calls: readonly Call[]) => Call[]> = {
      'the journal was not written': (calls) => calls.filter((call) => !isJournal(call)),
      'the writes failed': (calls) =>
        calls.map((call) => (isJournal(call) ? { ...call, result: '-1 EIO (Input/output error)' } : call)),
      'the writes ended after the 250': (calls) =>
        calls.map((call) => (isJournal(call) ? { ...call, end: Infinity } : call)),
      'the 250 came first': (calls) =>
        calls.map((call) => (call.args.includes('Queued as') ? { ...call, begin: -1, end: -1 } : call)),
    };
    for (const [breach, doctor] of Object.entries(breaches))
      it(`when ${breach}, for every message`, () => {
        const doctored = { ...sequential, calls: doctor(sequential.calls) };
        expect(unproven(doctored)).to.have.length(sequential.messages.length);
      });

    it('when the journal was not opened so that each write is synced, for every message', () => {
      expect(unproven({ ...sequential, sealing: [] })).to.have.length(sequential.messages.length);
    });

    for (const [what, place] of [
      ['file of a body', /\/incoming\//],
      ['directory of the bodies', /\/bodies>/],
    ] as const)
      it(`when the ${what} was not synced, for every message`, () => {
        const calls = large.calls.filter((call) => !isSync(call) || !place.test(call.args));
        expect(unproven({ ...large, calls })).to.have.length(large.messages.length);
      });
  });
});

function sealingDescriptors(pid: number): number[] {
  return readdirSync(`/proc/${pid}/fd`)
    .filter((fd) => /\/queue\.(?:mdb|journal-[ab])$/.test(readlinkSync(`/proc/${pid}/fd/${fd}`)))
    .filter((fd) => {
      const flags = /^flags:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
      return (parseInt(flags, 8) & O_DSYNC) !== 0;
    })
    .map(Number);
}
