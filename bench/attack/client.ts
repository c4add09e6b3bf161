/** The legitimate client: one message after the other, each over a connection of its own, and the time from its start to the 250. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Attack } from './attacks.ts';
import { GATEWAY, legitimateAddress } from './outside-network.ts';
import { Speaker } from './speak.ts';
import type { World } from './world.ts';

export interface Sent {
  readonly ms: number;
  /** The reply to its message, or to what was refused before; '' for none in time. */
  readonly reply: string;
}

/** Nobody waits longer; it counts as if it had taken so long. */
const PATIENCE_MS = 30_000;
const BETWEEN_MS = 100;

/** @param mostMs when so much time has passed, no more are sent */
export async function send(attack: Attack, world: World, messages: number, mostMs: number): Promise<Sent[]> {
  const sent: Sent[] = [];
  const until = performance.now() + mostMs;
  for (let number = 0; number < messages && performance.now() < until; number += 1) {
    const from = performance.now();
    const reply = await sendOne(attack, world, number);
    sent.push({ ms: performance.now() - from, reply });
    await pause(BETWEEN_MS);
  }
  return sent;
}

async function sendOne({ client }: Attack, world: World, number: number): Promise<string> {
  const speaking = converse(client, world, number);
  const late = pause(PATIENCE_MS, '', { ref: false });
  return Promise.race([speaking.catch((error: unknown) => (error as Error).message), late]);
}

async function converse(client: Attack['client'], world: World, number: number): Promise<string> {
  const isSubmitter = client === 'submitter';
  const port = isSubmitter ? world.submissionPort : world.mxPort;
  // A submitter comes from where it came before; each stranger from elsewhere.
  const from = legitimateAddress(isSubmitter ? 0 : number);
  const speaker = await Speaker.open({ host: GATEWAY, port, from, tls: isSubmitter });
  try {
    return await transact(speaker, isSubmitter, number);
  } finally {
    speaker.close();
  }
}

async function transact(speaker: Speaker, isSubmitter: boolean, number: number): Promise<string> {
  const to = isSubmitter ? 'user@elsewhere.example' : 'user@hosted.example';
  const sender = isSubmitter ? 'user@hosted.example' : 'ann@sender.example';
  const steps: readonly (readonly [words: string, expected: string])[] = [
    ['', '220'],
    ['EHLO client.example\r\n', '250'],
    ...(isSubmitter
      ? [[`AUTH PLAIN ${Buffer.from('\0user\0right').toString('base64')}\r\n`, '235'] as const]
      : []),
    [`MAIL FROM:<${sender}>\r\n`, '250'],
    [`RCPT TO:<${to}>\r\n`, '250'],
    ['DATA\r\n', '354'],
    [
      [
        `From: <${sender}>`,
        `To: <${to}>`,
        `Subject: message ${number}`,
        'Date: Wed, 25 Nov 2026 10:00:00 +0000',
        `Message-ID: <${number}.${Date.now()}@client.example>`,
        '',
        'x'.repeat(70).concat('\r\n').repeat(50),
        '.',
        '',
      ].join('\r\n'),
      '250',
    ],
  ];
  let reply = '';
  for (const [words, expected] of steps) {
    reply = await speaker.say(words);
    if (!reply.startsWith(expected)) return `${reply.trim() || 'closed'} (to ${words.slice(0, 20).trim()})`;
  }
  return reply.trim();
}
