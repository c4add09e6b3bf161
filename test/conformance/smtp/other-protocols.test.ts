/** Clients that speak another protocol: HTTP (RFC 9112, RFC 9113 §3.4), TLS on a plain port, ALPN of something else (RFC 7301). */
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { withListener, type Recording, type RecordingOptions } from '../../support/recording-listener.ts';
import { connectTo } from '../../support/wire.ts';

const HELLO = 'S: 220\nC: EHLO client.example\nS: ...\nS: 250 ';
const MESSAGE = [
  'EHLO x.example',
  'MAIL FROM:<a@example.com>',
  'RCPT TO:<b@example.com>',
  'DATA',
  'Subject: from a web page',
  '',
  '.',
  'QUIT',
  '',
].join('\r\n');
const trusted: RecordingOptions = { role: 'submission', trusted: true };

describe('a browser that is made to send commands', () => {
  const requests = [
    ...['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'CONNECT', 'DELETE', 'PATCH', 'TRACE'].map(
      (method) => `${method} / HTTP/1.1\r\nHost: mx.example.com:587\r\nContent-Type: text/plain\r\n\r\n`,
    ),
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'GET /\r\n',
    'post / http/1.1\r\n',
    'EHLO / HTTP/1.1\r\n',
    'NOOP / HTTP/1.1\r\n',
    'X-METHOD / HTTP/1.1\r\n',
  ];
  for (const request of requests)
    it(`queues no mail with ${request.split('\r\n', 1)[0]}`, async () => {
      await withListener(trusted, async (listener) => {
        const dialogue = await connectTo(listener.address);
        await dialogue.play('S: 220');
        dialogue.send(request + MESSAGE);
        await dialogue.play('S: 421 4.7.0 You speak HTTP\n<close>');
        expect(listener.messages).to.be.empty;
        expect(listener.refused).to.have.lengthOf(1);
      });
    });

  it('queues none over TLS', async () => {
    await withListener({ ...trusted, tls: 'implicit' }, async (listener) => {
      const dialogue = await connectTo(listener.address, { tls: true });
      await dialogue.play('S: 220');
      dialogue.send(`POST / HTTP/1.1\r\nHost: x\r\n\r\n${MESSAGE}`);
      await dialogue.play('S: 421 4.7.0 You speak HTTP\n<close>');
      expect(listener.messages).to.be.empty;
    });
  });

  it('queues none where speaking before the greeting only scores', async () => {
    const smtp = { greetingPauseMs: 50, earlyTalkers: 'score' } as const;
    await withListener({ smtp }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      dialogue.send(`POST / HTTP/1.1\r\nHost: x\r\n\r\n${MESSAGE}`);
      await dialogue.play('S: 220\nS: 421 4.7.0 You speak HTTP\n<close>');
      expect(listener.messages).to.be.empty;
    });
  });

  it('is not taken for one after its EHLO either', async () => {
    await withListener(trusted, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}\nC: GET /\nS: 421 4.7.0 You speak HTTP\n<close>`);
    });
  });
});

describe('a client that is no browser', () => {
  it('may write what looks like a request into a local part', async () => {
    await withListener(trusted, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}
        C: MAIL FROM:<"GET / HTTP/1.1"@example.com>
        S: 250 2.1.0
        C: RCPT TO:<"GET / HTTP/1.1"@example.com>
        S: 250 2.1.5`);
      await dialogue.gone();
    });
  });

  it('may mistype two commands before EHLO, and no third', async () => {
    await withListener(trusted, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`S: 220\nC: EHOL\nS: 500 5.5.2\nC: HLEO\nS: 500 5.5.2\nC: EHLO x\nS: ...\nS: 250 `);
      await dialogue.play('C: FOO\nS: 500 5.5.2');
      await dialogue.gone();
      const other = await connectTo(listener.address);
      await other.play(
        'S: 220\nC: USER a\nC: PASS b\nC: STAT\nC: EHLO x\nS: 500 5.5.2\nS: 500 5.5.2\nS: 421 4.7.0\n<close>',
      );
    });
  });

  it('may not begin with what is no text', async () => {
    await withListener(trusted, async (listener) => {
      const stun = await connectTo(listener.address);
      await stun.play('S: 220');
      stun.send(
        Buffer.concat([Buffer.from([0, 3, 0, 40, 0x21, 0x12, 0xa4, 0x42]), Buffer.from(`\r\n${MESSAGE}`)]),
      );
      await stun.play('S: 421 4.7.0 You speak another protocol\n<close>');
      expect(listener.messages).to.be.empty;
    });
  });
});

describe('TLS', () => {
  const handshake = async (listener: Recording, ALPNProtocols?: string[]): Promise<TLSSocket> => {
    const { host, port } = listener.address;
    const socket = connect({
      host,
      port,
      rejectUnauthorized: false,
      ...(ALPNProtocols && { ALPNProtocols }),
    });
    await once(socket, 'secureConnect');
    return socket;
  };
  const failureOf = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'none',
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );

  it('on a plain port is answered at its first octet', async () => {
    await withListener({ ...trusted, tls: 'starttls' }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('S: 220');
      dialogue.send(Buffer.from([0x16]));
      await dialogue.play('S: 421 4.7.0 You speak TLS\n<close>');
      expect(await failureOf(handshake(listener))).to.match(/WRONG_VERSION|PACKET_LENGTH/);
    });
  });

  it('for HTTP is refused by ALPN, for SMTP and for nothing named it is not', async () => {
    await withListener({ ...trusted, tls: 'implicit' }, async (listener) => {
      for (const offer of [['http/1.1'], ['h2', 'http/1.1'], ['imap']])
        expect(await failureOf(handshake(listener, offer))).to.match(/NO_APPLICATION_PROTOCOL/);
      for (const [offer, chosen] of [
        [undefined, false],
        [['smtp'], 'smtp'],
        [['h2', 'smtp'], 'smtp'],
      ] as const) {
        const socket = await handshake(listener, offer && [...offer]);
        expect(socket.alpnProtocol).to.equal(chosen);
        socket.destroy();
      }
    });
  });

  it('for HTTP is refused behind STARTTLS', async () => {
    await withListener({ ...trusted, tls: 'starttls' }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`${HELLO}\nC: STARTTLS\nS: 220`);
      expect(await failureOf(dialogue.startTls({ ALPNProtocols: ['http/1.1'] }))).to.match(
        /NO_APPLICATION_PROTOCOL/,
      );
    });
  });
});
