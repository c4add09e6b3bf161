/**
 * Postfix's load generator at each listener: 2000 messages of 4 KB, each in a session of its own, 100 sessions at a
 * time. Every message has a recipient of its own, by which it is counted, and the same octets.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { runCommand } from '../support/commands.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import type { LocalServer } from '../support/local-server.ts';
import { digestOf, MARK } from '../support/messages.ts';
import { openPair, type Pair } from '../support/pair.ts';
import { freePorts } from '../support/ports.ts';
import type { Target } from '../support/smtp-client.ts';
import { printFigures } from './figures.ts';
import { needPostfix, openPostfix, type Postfix } from './postfix-instance.ts';
import { needProgram } from './programs.ts';

const MESSAGES = 2000;
const SESSIONS = 100;
const SIZE = 4096;
const ARRIVAL_MS = 120_000;
/** All sessions come from one address, which may have 50 by default. */
const config = {
  'limits.connectionsPerClient': 2 * SESSIONS,
  'submitters.domains': ['*'],
  'submitters.limited': 'none',
};

const octets = composeOctets();
const directions = {
  'the inbound gateway': {
    recipient: 'user@example.com',
    gateway: 'inbound',
    listener: 'mxIn',
    end: 'local',
  },
  'the outbound gateway': {
    recipient: 'user@example.net',
    gateway: 'outbound',
    listener: 'submission',
    end: 'internet',
  },
  "the outbound gateway's MX listener": {
    recipient: 'user@example.com',
    gateway: 'outbound',
    listener: 'mxOut',
    end: 'local',
  },
} as const;

describe(`smtp-source with ${SESSIONS} sessions arrives complete`, () => {
  let program: string;
  let directory: string;
  let pair: Pair | undefined;
  let postfix: Postfix | undefined;

  before(function () {
    program = needProgram(this, 'smtp-source');
    directory = mkdtempSync(join(tmpdir(), 'mailpair-source-'));
    // smtp-source adds an empty line.
    writeFileSync(
      join(directory, 'message'),
      octets.toString('latin1').slice(0, -2).replaceAll('\r\n', '\n'),
    );
  });

  after(() => {
    // Undefined when skipped.
    if (directory as string | undefined) rmSync(directory, { recursive: true });
  });

  afterEach(async () => {
    await pair?.close();
    await postfix?.close();
    pair = postfix = undefined;
  });

  /** Sends all messages; every reply was the expected one, or it fails. */
  async function send({ host, port }: Target, recipient: string): Promise<void> {
    const count = ['-s', `${SESSIONS}`, '-m', `${MESSAGES}`, '-N'];
    const message = ['-F', join(directory, 'message'), '-f', 'sender@example.org', '-t', recipient];
    const sent = await runCommand(program, [...count, ...message, `${host}:${port}`]);
    expect(sent.code, sent.stderr).to.equal(0);
  }

  for (const [name, { recipient, gateway, listener, end }] of Object.entries(directions)) {
    it(`through ${name}, each message once`, async () => {
      pair = await openPair({ start: [gateway], config });
      const settled =
        gateway === 'outbound' && listener === 'submission' ? relayed(pair.outbound) : undefined;
      const startedAt = performance.now();
      await send(pair[listener], recipient);
      const acceptedAt = performance.now();
      const server: LocalServer = pair[end];
      await server.until(({ length }) => length >= MESSAGES, ARRIVAL_MS);
      printRates(acceptedAt - startedAt, performance.now() - startedAt);
      await settled;
      expect(new Set(server.deliveries.flatMap(({ to }) => to)).size, 'messages').to.equal(MESSAGES);
      expect(server.deliveries.length, 'copies').to.equal(MESSAGES);
      expect(new Set(server.deliveries.map(({ digest }) => digest))).to.have.keys(digestOf(octets));
      expect(await pair.get(gateway, '/metrics')).to.match(/^mailpair_queue_entries\{.*\} 0$/m);
    });

    if (listener === 'mxOut') continue;
    it(`through ${name} to Postfix, each message once`, async function () {
      needPostfix(this);
      const [port] = (await freePorts(1)) as [number];
      const address = `127.0.0.1:${port}`;
      const domain = recipient.replace('user@', '');
      postfix = await openPostfix({ host: `mail.${domain}`, port, domain, recipients: [`@${domain}`] });
      const places = { localServers: [address], routes: { '*': `smtp://${address}` } };
      pair = await openPair({ start: [gateway], config: { ...config, ...places } });
      const settled = gateway === 'outbound' ? relayed(pair.outbound) : undefined;
      const startedAt = performance.now();
      await send(pair[listener], recipient);
      const acceptedAt = performance.now();
      await postfix.until(MESSAGES, ARRIVAL_MS);
      printRates(acceptedAt - startedAt, performance.now() - startedAt);
      await settled;
      const arrivals = await postfix.arrivals();
      expect(new Set(arrivals.map(({ to }) => to)).size, 'messages').to.equal(MESSAGES);
      expect(arrivals.length, 'copies').to.equal(MESSAGES);
      expect(new Set(arrivals.map(({ digest }) => digest))).to.have.keys(digestOf(octets));
      expect(await pair.get(gateway, '/metrics')).to.match(/^mailpair_queue_entries\{.*\} 0$/m);
    });
  }
});

/** Resolves when the gateway has written down that all messages were taken from it: it will not send again. */
async function relayed(gateway: GatewayProcess): Promise<void> {
  let count = 0;
  await gateway.until(({ event }) => event === 'recipient.relayed' && ++count === MESSAGES, ARRIVAL_MS);
}

function printRates(acceptedMs: number, arrivedMs: number): void {
  const rate = (ms: number): string =>
    `${(ms / 1000).toFixed(1)} s (${Math.round(MESSAGES / (ms / 1000))}/s)`;
  printFigures(`${MESSAGES} accepted after ${rate(acceptedMs)}, all there after ${rate(arrivedMs)}`);
}

function composeOctets(): Buffer {
  const header = `${MARK}: the-same\r\nFrom: <sender@example.org>\r\nSubject: 4 KB\r\n\r\n`;
  const line = `${'mailpair '.repeat(7)}\r\n`;
  const lines = line.repeat(Math.floor((SIZE - header.length - 4) / line.length));
  const last = `${'.'.repeat(SIZE - header.length - lines.length - 4)}\r\n\r\n`;
  return Buffer.from(header + lines + last);
}
