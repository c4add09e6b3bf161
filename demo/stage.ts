/**
 * What the demo plays on: the pair and its world, the senders on both sides of it, and ways to wait for them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { countMail, type Count } from '../test/support/ledger.ts';
import type { LocalServer } from '../test/support/local-server.ts';
import type { TestMessage } from '../test/support/messages.ts';
import { openPair, type Pair } from '../test/support/pair.ts';
import { canListen } from '@mailpair/proving/loopback/network';
import { queueLength } from '../test/support/queue.ts';
import { mxTargets, openSenders, type Senders } from '../test/support/senders.ts';
import { NOBODY } from './mail.ts';

export const SESSIONS = 10;

export interface Stage {
  readonly pair: Pair;
  /** Mail servers of strangers: they look up the MX of example.com. */
  readonly strangers: Senders;
  /** The local server's own sending side: it uses the smarthost. */
  readonly submitters: Senders;
  /** Stops submitters before the final dot of their messages while it is closed. */
  readonly gate: Gate;
  /** Outbound finds its next hops by MX, or by a route where this process may not listen at port 25. */
  readonly byMx: boolean;
  count(): { readonly in: Count; readonly out: Count };
  close(options: { readonly keep: boolean }): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const host = `127.${octet()}.${octet()}.${octet()}`;
  const byMx = await canListen(SMTP_PORT, host);
  const pair = await openPair({
    zone: {
      'example.net': { MX: [[10, 'mx.example.net']] },
      'mx.example.net': { A: [host] },
    },
    config: { 'outbound.workers': 2, ...(byMx && { routes: {}, 'send.privateDestinations': [host] }) },
    ...(byMx && { internet: { host, port: SMTP_PORT } }),
  });
  const rcpt = (to: string): string | undefined =>
    to.startsWith(NOBODY) ? '550 5.1.1 Nobody has this name' : undefined;
  pair.local.manners.rcpt = rcpt;
  pair.internet.manners.rcpt = rcpt;
  const ports = { [pair.mxIn.name!]: pair.mxIn.port, [pair.mxOut.name!]: pair.mxOut.port };
  const gate = new Gate();
  const strangers = openSenders({
    targets: () => mxTargets(pair.dns.address, 'example.com', ports),
    parallel: SESSIONS,
  });
  const submitters = openSenders({
    targets: () => [pair.submission],
    parallel: SESSIONS,
    beforeEnd: () => gate.pass(),
  });
  return {
    pair,
    strangers,
    submitters,
    gate,
    byMx,
    count() {
      const notices = pair.local.deliveries.filter(({ isNotice }) => isNotice);
      return {
        in: countMail(strangers.sent, pair.local.deliveries),
        out: countMail(submitters.sent, [...pair.internet.deliveries, ...notices]),
      };
    },
    async close(options) {
      strangers.close();
      submitters.close();
      await pair.close(options);
    },
  };
}

const SMTP_PORT = 25;
const octet = (): number => 2 + Math.floor(Math.random() * 250);

/** Lets messages pass until it is told to close. */
class Gate {
  #left = Infinity;
  #opened: Promise<void> = Promise.resolve();
  #open: () => void = () => undefined;
  waiting = 0;

  /** Closes when so many more have passed. */
  closeAfter(passes: number): void {
    this.#left = passes;
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#left = Infinity;
    this.#open();
  }

  async pass(): Promise<void> {
    this.#left -= 1;
    if (this.#left >= 0) return;
    this.waiting += 1;
    await this.#opened;
    this.waiting -= 1;
  }
}

/** @throws when it does not come true in time */
export async function waitFor(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  withinMs = WAIT_MS,
): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > until) throw new Error(`waited ${withinMs / 1000} s for this in vain: ${what}`);
    await sleep(LOOK_MS);
  }
}

const WAIT_MS = 30_000;
const WAIT_MS_PER_MESSAGE = 20;
const LOOK_MS = 20;

/** Nothing is with the senders any more, and nothing in a queue. */
export async function allArrived({ pair, strangers, submitters }: Stage): Promise<void> {
  const total = strangers.sent.length + submitters.sent.length;
  const withinMs = WAIT_MS + WAIT_MS_PER_MESSAGE * total;
  await waitFor('all is accepted', () => strangers.open + submitters.open === 0, withinMs);
  await waitFor(
    'both queues are empty',
    async () => {
      const counts = await Promise.all([queueLength(pair, 'inbound'), queueLength(pair, 'outbound')]);
      return counts.every((count) => count === 0);
    },
    withinMs,
  );
}

/** What a server has of these messages by way of the gateway of that name. */
export function taken(server: LocalServer, messages: readonly TestMessage[], gateway: string): number {
  const ids = new Set(messages.map(({ id }) => id));
  return server.deliveries.filter(({ id, client }) => client === gateway && ids.has(id)).length;
}

/** How many of these messages the host of that name has accepted. */
export function acceptedBy(senders: Senders, messages: readonly TestMessage[], host: string): number {
  const ids = new Set(messages.map(({ id }) => id));
  return senders.sent.filter(
    ({ message, accepted }) => ids.has(message.id) && [...accepted.values()].includes(host),
  ).length;
}
