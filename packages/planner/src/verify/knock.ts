/**
 * Probes port 25: greeting, EHLO, STARTTLS, certificate, QUIT. Sends no mail. Resolves within one minute and
 * never rejects.
 */
import net from 'node:net';
import tls from 'node:tls';
import type { X509Certificate } from 'node:crypto';
import { parseReply } from '@mailpair/shared/platform/values/reply';
import type { Reply } from '@mailpair/shared/platform/values/reply';
import type { Detours } from './detours.ts';
import type { Door, DoorQuestion } from './world.ts';

const CONNECT_MS = 10_000;
/** RFC 5321 §4.5.3.2 permits minutes, but a healthy gateway replies within this time. */
const REPLY_MS = 20_000;
const LONGEST_REPLY = 16_384;

export async function knock({ host, address }: DoorQuestion, detours: Detours): Promise<Door> {
  let socket: net.Socket | undefined;
  try {
    socket = await connect(detours(host, address, 25));
    return await talk(socket, host);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (net.isIPv6(address) && noIpv6.includes(code ?? '')) return { kind: 'no-route' };
    return { kind: 'unknown', why: words[code ?? ''] ?? message };
  } finally {
    socket?.destroy();
  }
}

const noIpv6 = ['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT'];

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses the connection: nothing listens there, or a firewall rejects us',
  ECONNRESET: 'resets the connection',
  EPIPE: 'closes the connection',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached from this network',
  ETIMEDOUT: 'does not answer: a firewall, or the provider of this machine, may block port 25',
};

function connect({ host, port }: { readonly host: string; readonly port: number }): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
    }, CONNECT_MS);
    socket.once('connect', () => resolve(socket)).once('error', reject);
    socket.once('close', () => clearTimeout(timer)).once('connect', () => clearTimeout(timer));
  });
}

async function talk(socket: net.Socket, host: string): Promise<Door> {
  const first = await readReply(socket);
  const greeting = { code: first.code, text: [first.enhanced, first.text].filter(Boolean).join(' ') };
  if (first.code >= 400) return { kind: 'answered', greeting, tls: { kind: 'not-asked' } };
  if (first.code !== 220)
    throw new Error(`does not respond with SMTP: ${JSON.stringify(greeting.text.slice(0, 80))}`);
  const local = socket.localAddress ?? '127.0.0.1';
  const hello = await say(socket, `EHLO [${net.isIPv6(local) ? 'IPv6:' : ''}${local}]`);
  if (!/(?:^| )STARTTLS(?: |$)/i.test(hello.text))
    return { kind: 'answered', greeting, tls: { kind: 'not-offered' } };
  const ready = await say(socket, 'STARTTLS');
  if (ready.code !== 220)
    return {
      kind: 'answered',
      greeting,
      tls: { kind: 'failed', why: `it answers ${ready.code} ${ready.text}` },
    };
  return { kind: 'answered', greeting, tls: await handshake(socket, host) };
}

async function say(socket: net.Socket, command: string): Promise<Reply> {
  socket.write(`${command}\r\n`);
  return readReply(socket);
}

/** Reads one reply of one or several lines. Commands are not pipelined, so no other reply follows. */
function readReply(socket: net.Socket): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let text = '';
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      socket.off('data', take).off('error', fail).off('close', closed);
      act();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const closed = (): void => fail(new Error('closes the connection without a reply'));
    const timer = setTimeout(() => fail(new Error('does not reply in time')), REPLY_MS);
    const take = (chunk: Buffer): void => {
      text += chunk.toString('latin1');
      if (text.length > LONGEST_REPLY) fail(new Error('sends a reply that is too long'));
      else if (/^(?:\d{3}-.*\r?\n)*(?!\d{3}-).*\r?\n$/.test(text)) settle(() => resolve(parseReply(text)));
    };
    socket.on('data', take).on('error', fail).on('close', closed);
  });
}

type Tls = Extract<Door, { kind: 'answered' }>['tls'];

function handshake(plain: net.Socket, host: string): Promise<Tls> {
  return new Promise((resolve) => {
    const secure = tls.connect({ socket: plain, servername: host, rejectUnauthorized: false });
    let shown: Tls | undefined;
    const settle = (found: Tls): void => {
      clearTimeout(timer);
      resolve(found);
      secure.destroy();
    };
    const fail = (why: string): void => settle(shown ?? { kind: 'failed', why });
    const timer = setTimeout(() => fail('it does not finish in time'), REPLY_MS);
    secure.on('error', (error: Error & { reason?: string }) => fail(error.reason ?? error.message));
    secure.on('close', () => fail('it closes the connection'));
    secure.once('secureConnect', () => {
      const { authorized, authorizationError } = secure;
      const done: Tls = {
        kind: 'done',
        chain: chainOf(secure.getPeerX509Certificate()),
        // The declared type is Error, but the value is a code.
        distrust: authorized ? null : distrustIn(String(authorizationError)),
      };
      shown = done;
      // The caller destroys the socket after the result, so QUIT must have been sent before.
      secure.end('QUIT\r\n', () => settle(done));
    });
  });
}

function chainOf(certificate: X509Certificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let at = certificate; at && !chain.some(({ raw }) => raw.equals(at!.raw)); at = at.issuerCertificate)
    chain.push(at);
  return chain;
}

const distrusts: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is a private one',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'the certificates between it and its authority are missing in tls.certFile',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is unknown',
  CERT_HAS_EXPIRED: 'it has expired',
};

const distrustIn = (code: string): string => distrusts[code] ?? code;
