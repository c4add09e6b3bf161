import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { openListener, type ListenerOptions } from '@mailpair/shared/smtp/server/listener';
import { selfSigned } from '@mailpair/shared/platform/tls/self-signed';
import { replies } from '@mailpair/shared/platform/values/reply';
import { withListener, type Recording } from '../../../support/recording-listener.ts';
import { connectTo } from '../../../support/wire.ts';

const openAgain = (listener: Recording, listen: object): Promise<string> =>
  openListener({ ...listener.options, listen: { ...listener.options.listen, ...listen } }).then(
    async (opened) => {
      await opened.close(0);
      return 'opened';
    },
    (error: unknown) => (error as Error).message,
  );

/** The version that a client of long ago gets, or the error. */
async function oldTls(options: ListenerOptions): Promise<string> {
  const listener = await openListener(options);
  const heard = await new Promise<string>((resolve) => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const socket = connectTls({ ...listener.address, ...old, rejectUnauthorized: false });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on('secureConnect', () => {
      resolve(socket.getProtocol() ?? '');
      socket.destroy();
    });
  });
  await listener.close(0);
  return heard;
}

describe('a listener', () => {
  it('tells the port it was given', async () => {
    await withListener({}, async (listener) => {
      expect(listener.address.port).to.be.greaterThan(0);
    });
  });

  it('names address and fix when it cannot listen', async () => {
    await withListener({}, async (listener) => {
      const { port } = listener.address;
      expect(await openAgain(listener, { port })).to.equal(
        `cannot listen at 127.0.0.1:${port}: another program listens there already (ss -ltnp 'sport = :${port}' names it)`,
      );
      expect(await openAgain(listener, { host: '192.0.2.1' })).to.equal(
        'cannot listen at 192.0.2.1:0: this host has no such address',
      );
      expect(await openAgain(listener, { host: '2001:db8::1' })).to.match(
        /^cannot listen at \[2001:db8::1\]:0: /,
      );
    });
  });

  it('never uses a certificate that is not its own', async () => {
    await withListener({ tls: 'none' }, async (listener) => {
      expect(await openAgain(listener, { tls: 'implicit' })).to.match(/tls\.certFile and tls\.keyFile/);
    });
  });

  it('does not speak TLS below 1.2 unless it is told to', async () => {
    await withListener({ tls: 'implicit' }, async ({ options }) => {
      const certificate = { ...options.tls, ciphers: 'DEFAULT@SECLEVEL=0' };
      expect(await oldTls({ ...options, tls: certificate })).to.match(/PROTOCOL_VERSION/);
      expect(await oldTls({ ...options, tls: { ...certificate, minVersion: 'TLSv1.1' } })).to.equal(
        'TLSv1.1',
      );
    });
  });

  it('tells the hooks who the client is', async () => {
    await withListener({ tls: 'implicit', role: 'submission', trusted: true }, async (listener) => {
      const dialogue = await connectTo(listener.address, { tls: true });
      await dialogue.play(
        'S: 220\nC: EHLO client.example\nS: ...\nS: 250 \nC: AUTH PLAIN AG1lAHNlY3JldA==\nS: 235',
      );
      await dialogue.play(
        'C: MAIL FROM:<a@b.example>\nC: RCPT TO:<c@d.example>\nC: DATA\nS: 250\nS: 250\nS: 354',
      );
      await dialogue.play('C: .\nS: 250\n<gone>');
      const { session } = listener.messages[0]!;
      expect(session).to.deep.include({
        role: 'submission',
        listener: '127.0.0.1:0',
        helo: 'client.example',
        esmtp: true,
        user: 'me',
        trusted: true,
      });
      expect(session.client.address).to.equal('127.0.0.1');
      expect(session.tls).to.have.property('version', 'TLSv1.3');
    });
  });

  it('reduces an IPv4-mapped address to IPv4', async function () {
    await withListener({}, async (listener) => {
      const { counter } = listener;
      const dialogue = await connectTo(listener.address);
      await dialogue.play('S: 220');
      const limits = { connections: 9, connectionsPerClient: 1, connectionsPerNetwork: 9 };
      expect(counter.admit({ client: '127.0.0.1', network: null }, limits)).to.equal('client');
      await dialogue.gone();
    });
  });

  it('gives new settings to new sessions, and lets the others keep theirs', async () => {
    await withListener({}, async (listener) => {
      const size = (bytes: number): string => `C: EHLO x\nS: ...\nS: /^250-SIZE ${bytes}$/\nS: ...\nS: 250 `;
      const before = await connectTo(listener.address);
      await before.play(`S: 220\n${size(10_000_000)}`);
      const { options } = listener;
      const hooks = { ...options.hooks, mail: () => replies.relayDenied };
      listener.reload({ ...options, hooks, smtp: { ...options.smtp, maxMessageBytes: 77 } });
      const after = await connectTo(listener.address);
      await after.play(`S: 220\n${size(77)}\nC: MAIL FROM:<>\nS: 550 5.7.1\n<gone>`);
      await before.play(`${size(10_000_000)}\nC: MAIL FROM:<>\nS: 250 2.1.0\n<gone>`);
      await listener.until(() => listener.closed.length === 2);
      expect(listener.counter.total).to.equal(0);
    });
  });

  it('shows a new certificate in handshakes after a reload', async () => {
    await withListener({ tls: 'implicit' }, async (listener) => {
      const subject = (): Promise<string> =>
        new Promise((resolve, reject) => {
          const socket = connectTls({ ...listener.address, rejectUnauthorized: false }, () => {
            const { CN } = socket.getPeerCertificate().subject;
            resolve(String(CN));
            socket.destroy();
          });
          socket.on('error', reject);
        });
      expect(await subject()).to.equal('mx.example.com');
      listener.reload({ ...listener.options, tls: await selfSigned(['new.example.com']) });
      expect(await subject()).to.equal('new.example.com');
    });
  });
});
