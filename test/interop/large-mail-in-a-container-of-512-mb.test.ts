/**
 * A gateway with a limit of memory, as in a container, and 400 strangers that bring 1.2 MB each at the same time. The gateway
 * has two workers, which need 200 MB before the first message. What does not fit is deferred, the kernel ends nothing, and each
 * message arrives once in the end.
 */
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { gatewayProcess, type GatewayProcess } from '../support/gateway-process.ts';
import { digestOf, MARK } from '../support/messages.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { printFigures } from './figures.ts';
import { openMemoryGroup, type MemoryGroup } from './memory-group.ts';

const MB = 1024 * 1024;
const LIMIT_MB = 512;
const STRANGERS = 400;
const MESSAGE_BYTES = 1.2 * MB;
/** So long the local server takes over each, so that many are under way. */
const MESSAGE_MS = 1_000;
/** As many as come again at a time. */
const AGAIN = 8;

interface Large {
  readonly id: string;
  readonly octets: Buffer;
  readonly digest: string;
}

/** A short text and a file. */
function largeMessage(id: string): Large {
  const file = randomBytes((MESSAGE_BYTES * 3) / 4)
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n');
  const octets = Buffer.from(
    `${MARK}: ${id}\r\nFrom: <bert@sender.test>\r\nMessage-ID: <${id}@sender.test>\r\nSubject: ${id}\r\n` +
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=_part"\r\n\r\n' +
      '--=_part\r\nContent-Type: text/plain\r\n\r\nThe figures are in the file.\r\n' +
      '--=_part\r\nContent-Type: application/octet-stream; name="figures.dat"\r\n' +
      `Content-Transfer-Encoding: base64\r\n\r\n${file}\r\n--=_part--\r\n`,
  );
  return { id, octets, digest: digestOf(octets) };
}

describe(`${STRANGERS} messages of 1.2 MB at a time, in ${LIMIT_MB} MB`, () => {
  let group: MemoryGroup | undefined;
  let pair: Pair | undefined;
  let inbound: GatewayProcess | undefined;
  const messages = Array.from({ length: STRANGERS }, (_, index) => largeMessage(`large-${index}`));
  const taken = new Set<Large>();

  before(async function () {
    group = openMemoryGroup(this, 'large-mail', LIMIT_MB * MB);
    pair = await openPair({
      start: [],
      config: { 'inbound.workers': 2, 'limits.connections': 1_000, 'limits.connectionsPerNetwork': 1_000 },
    });
    pair.local.manners = { messageMs: MESSAGE_MS };
    inbound = gatewayProcess({ role: 'inbound', configFile: pair.configFile, within: group.within });
    await inbound.start();
  });
  after(async () => {
    await inbound?.kill9();
    await pair?.close();
    group?.close();
  });

  /** One attempt from an address of its own; every other one says how large the message is. @returns the last reply */
  async function send(message: Large, index: number): Promise<number> {
    const localAddress = `127.1.${1 + (index >> 7)}.${1 + (index & 127)}`;
    const client = await SmtpClient.greet({ ...pair!.mxIn, localAddress });
    const size = index % 2 === 0 ? ` SIZE=${message.octets.length}` : '';
    let { code } = await client.say(`MAIL FROM:<bert@sender.test>${size}`);
    if (code === 250) ({ code } = await client.say('RCPT TO:<anna@example.com>'));
    if (code === 250) ({ code } = await client.data(message.octets));
    if (code === 250) taken.add(message);
    await client.quit();
    return code;
  }

  /** All at the same time. @returns how often each code was the last reply, or a session ended so */
  async function sendAll(): Promise<Record<string, number>> {
    const ends = await Promise.allSettled(messages.map(send));
    const words = ends.map((end) => String(end.status === 'fulfilled' ? end.value : end.reason));
    return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, of]) => [word, of.length]));
  }

  it('defers with 452 what does not fit, and is not ended', async () => {
    const ends = await sendAll();
    const memory = `${Math.round(group!.mostBytes() / MB)} MB at most, with the page cache`;
    printFigures(`${JSON.stringify(ends)}; ${memory}`);
    expect(group!.kills(), 'processes that the kernel ended').to.equal(0);
    expect(inbound!.logged('worker.ended')).to.deep.equal([]);
    expect(ends).to.have.all.keys('250', '452');
  });

  it('takes the others when they come again, loses nothing and delivers nothing twice', async () => {
    const waiting = [...messages.keys()].filter((index) => !taken.has(messages[index]!));
    pair!.local.manners = {};
    const work = async (): Promise<void> => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift())
        if ((await send(messages[index]!, index)) !== 250) waiting.push(index);
    };
    await Promise.all(Array.from({ length: AGAIN }, work));
    await pair!.local.until((deliveries) => deliveries.length >= STRANGERS);
    const arrived = pair!.local.deliveries.map(({ id, digest }) => `${id} ${digest}`);
    expect(arrived.toSorted()).to.deep.equal(messages.map(({ id, digest }) => `${id} ${digest}`).toSorted());
    expect(group!.kills(), 'processes that the kernel ended').to.equal(0);
  });
});
