/** Messages, hops and settings that the tests of the sending side start from. */
import { createHash } from 'node:crypto';
import type { Outgoing } from '@mailpair/shared/smtp/client/outgoing';
import type { Timeouts } from '@mailpair/shared/smtp/client/wire';
import type { Settings } from '@mailpair/shared/config/settings';
import type { Body } from '@mailpair/shared/platform/values/body';
import type { NextHop } from '@mailpair/shared/platform/values/next-hop';

export const TEXT = 'Subject: test\r\n\r\nHello.\r\n';

export function bodyOf(...texts: (string | Buffer)[]): Body {
  const chunks = texts.map((text) => Buffer.from(text));
  const all = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(all).digest('hex');
  return {
    sizeBytes: all.length,
    sha256,
    chunks,
    hops: 0,
    eightBit: all.some((octet) => octet > 127),
  };
}

export function message(changes: Partial<Outgoing> & { to?: readonly string[] } = {}): Outgoing {
  const { to = ['user@example.com'], ...rest } = changes;
  return {
    reversePath: 'sender@example.org',
    recipients: to.map((address) => ({ address })),
    eightBit: false,
    smtpUtf8: false,
    requireTls: false,
    head: '',
    body: bodyOf(TEXT),
    ...rest,
  };
}

export function hopTo(port: number, changes: Partial<NextHop> = {}): NextHop {
  return { host: '127.0.0.1', port, tls: 'none', implicitTls: false, ...changes };
}

/** Long enough never to matter where a test is not about them. */
export const PATIENT: Timeouts = { connectMs: 30_000, commandMs: 30_000, messageMs: 30_000 };

export const SETTINGS: Settings['send'] = {
  connectionsPerHop: 5,
  connectionsTotal: 20,
  connectTimeoutMs: PATIENT.connectMs,
  commandTimeoutMs: PATIENT.commandMs,
  messageTimeoutMs: PATIENT.messageMs,
  relayTimeoutMs: 30_000,
  idleMs: 30_000,
  messagesPerConnection: 100,
  chunking: 'auto',
  tls: 'opportunistic',
  privateDestinations: [],
};

/** A promise to be settled from outside. */
export function event<T = void>(): { readonly happened: Promise<T>; happen(value: T): void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { happened: promise, happen: resolve };
}
