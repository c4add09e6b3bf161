/** Sessions behind a load balancer: nothing happens before its header, everything goes by the client it names. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { replies } from '@mailpair/shared/platform/values/reply';
import type { Session } from '@mailpair/shared/platform/values/session';
import { withListener, type Recording, type RecordingOptions } from '../../../support/recording-listener.ts';
import { connectTo, type Dialogue } from '../../../support/wire.ts';

const V1 = 'PROXY TCP4 192.0.2.7 192.0.2.10 56324 25\\r\\n';
const V2 = '\\r\\n\\r\\n\\0\\r\\nQUIT\\n';
const DOCUMENTATION = `\\x20\\x01\\x0d\\xb8${'\\0'.repeat(11)}`;
const PORTS_AND_TLV = '\\xdc\\x04\\x00\\x19\\x04\\x00\\x00';
const V2_TCP6 = `${V2}\\x21\\x21\\x00\\x27${DOCUMENTATION}\\x07${DOCUMENTATION}\\x10${PORTS_AND_TLV}`;
const LOCAL = `${V2}\\x20\\x00\\x00\\x00`;
const BYE = 'C: QUIT\nS: 221\n<close>';

const behind: RecordingOptions = { isBalancer: (address) => address === '127.0.0.1' };

/** One whole session, and what was known of it. */
async function sessionOf(listener: Recording, script: string): Promise<Session> {
  const dialogue = await connectTo(listener.address);
  await dialogue.play(script);
  await listener.until(() => listener.closed.length > 0);
  return listener.closed[0]!;
}

const turnedAway = async (listener: Recording, dialogue: Dialogue, script: string): Promise<string[]> => {
  await dialogue.play(script);
  await listener.until(() => listener.turnedAway.length > 0);
  return listener.turnedAway;
};

describe('a listener for load balancers', () => {
  it('goes by the client that the header names', async () => {
    await withListener(behind, async (listener) => {
      expect(await sessionOf(listener, `C(raw): ${V1}\nS: 220\n${BYE}`)).to.deep.include({
        client: { address: '192.0.2.7', port: 56324 },
        listener: '192.0.2.10:25',
        balancer: '127.0.0.1',
      });
    });
  });

  it('takes version 2 with TLVs behind the addresses', async () => {
    await withListener(behind, async (listener) => {
      expect(await sessionOf(listener, `C(raw): ${V2_TCP6}\nS: 220\n${BYE}`)).to.deep.include({
        client: { address: '2001:db8::7', port: 56324 },
        listener: '[2001:db8::10]:25',
        balancer: '127.0.0.1',
      });
    });
  });

  for (const [name, header] of Object.entries({ LOCAL, UNKNOWN: 'PROXY UNKNOWN\\r\\n' }))
    it(`goes by the real ends after ${name}`, async () => {
      await withListener(behind, async (listener) => {
        const session = await sessionOf(listener, `C(raw): ${header}\nS: 220\n${BYE}`);
        expect(session.client.address).to.equal('127.0.0.1');
        expect(session.listener).to.equal('127.0.0.1:0');
      });
    });

  it('says nothing before the header is complete', async () => {
    await withListener(behind, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('C(raw): PROXY TCP4 192.0.2.7 192.0.2.10 563');
      expect(listener.sessions).to.equal(0);
      await dialogue.play(`C(raw): 24 25\\r\\n\nS: 220\n${BYE}`);
    });
  });

  it('counts the connections of the client, not of the balancer', async () => {
    await withListener({ ...behind, limits: { connectionsPerClient: 1 } }, async (listener) => {
      const first = await connectTo(listener.address);
      await first.play(`C(raw): ${V1}\nS: 220`);
      const other = await connectTo(listener.address);
      await other.play('C(raw): PROXY TCP4 192.0.2.8 192.0.2.10 1 25\\r\\n\nS: 220');
      const again = await connectTo(listener.address);
      await again.play(`C(raw): ${V1}\nS: 421 4.7.0 Too many connections from your address\n<close>`);
      await first.gone();
      await other.gone();
    });
  });

  it('trusts the client that the header names, and none that it does not name', async () => {
    const submission = { ...behind, role: 'submission' } as const;
    const trusted = (address: string): boolean => address === '192.0.2.7' || address === '127.0.0.1';
    const trustOf = async (header: string): Promise<boolean> => {
      let answer = false;
      await withListener({ ...submission, trusted }, async (listener) => {
        answer = (await sessionOf(listener, `C(raw): ${header}\nS: 220\n${BYE}`)).trusted;
      });
      return answer;
    };
    expect(await trustOf(V1)).to.equal(true);
    expect(await trustOf(V2_TCP6)).to.equal(false);
    expect(await trustOf('PROXY UNKNOWN\\r\\n')).to.equal(false);
    expect(await trustOf(LOCAL)).to.equal(false);
  });

  it('neither counts nor keeps waiting a balancer that looks whether it is well', async () => {
    const full = { limits: { connections: 0 }, smtp: { greetingPauseMs: 60_000 } };
    const hooks = { admit: () => replies.otherMx, greetingTurn: () => 60_000 };
    await withListener({ ...behind, ...full, hooks }, async (listener) => {
      const client = await connectTo(listener.address);
      await client.play(`C(raw): ${V1}\nS: 421 4.3.2\n<close>`);
      const check = await connectTo(listener.address);
      await check.play(`C(raw): ${LOCAL}\nS: 220\n${BYE}`);
    });
  });

  it('takes the header before the handshake of implicit TLS', async () => {
    await withListener({ ...behind, tls: 'implicit' }, async (listener) => {
      const session = await sessionOf(listener, `C(raw): ${V1}\n<tls>\nS: 220\n${BYE}`);
      expect(session.client.address).to.equal('192.0.2.7');
      expect(session.tls).to.have.property('version', 'TLSv1.3');
    });
  });

  it('takes header and handshake in one segment', async () => {
    await withListener({ ...behind, tls: 'implicit' }, async (listener) => {
      const hello = await clientHello();
      const dialogue = await connectTo(listener.address);
      dialogue.send(Buffer.concat([Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.10 1 25\r\n'), hello]));
      await new Promise<void>((resolve) => {
        const look = (): void => (dialogue.segments.length > 0 ? resolve() : void setImmediate(look));
        look();
      });
      // A ServerHello, not an alert.
      expect(dialogue.segments[0]?.charCodeAt(0)).to.equal(22);
      await dialogue.gone();
    });
  });

  it('goes on with STARTTLS', async () => {
    await withListener(behind, async (listener) => {
      const hello = 'C: EHLO x\nS: ...\nS: 250 ';
      const script = `C(raw): ${V2_TCP6}\nS: 220\n${hello}\nC: STARTTLS\nS: 220\n<tls>\n${hello}\n${BYE}`;
      const session = await sessionOf(listener, script);
      expect(session.client.address).to.equal('2001:db8::7');
      expect(session.tls).to.have.property('version', 'TLSv1.3');
    });
  });

  it('leaves a client that speaks before it is greeted, also right behind the header', async () => {
    await withListener({ ...behind, smtp: { greetingPauseMs: 5_000 } }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play(`C(raw): ${V1}EHLO x\\r\\n\nS: 421 4.7.0\n<close>`);
      await listener.until(() => listener.closed.length === 1);
    });
  });

  it('turns away whoever is no balancer, unheard', async () => {
    await withListener({ ...behind, host: '0.0.0.0' }, async (listener) => {
      const { port } = listener.address;
      const stranger = await connectTo({ host: '127.0.0.1', port }, { localAddress: '127.0.0.2' });
      expect(await turnedAway(listener, stranger, '<close>')).to.deep.equal(['not a trusted balancer']);
      expect(listener.closed).to.be.empty;
    });
  });

  it('turns away a balancer whose header is no good', async () => {
    await withListener(behind, async (listener) => {
      const dialogue = await connectTo(listener.address);
      const [reason] = await turnedAway(listener, dialogue, 'C: EHLO client.example\n<close>');
      expect(reason).to.equal('no PROXY header');
      expect(listener.closed).to.be.empty;
    });
  });

  it('turns away a balancer that sends no header in time', async () => {
    await withListener({ ...behind, proxyHeaderMs: 20 }, async (listener) => {
      const dialogue = await connectTo(listener.address);
      const [reason] = await turnedAway(listener, dialogue, 'C(raw): PROXY\n<close>');
      expect(reason).to.equal('no PROXY header within 0.02 s');
    });
  });

  it('turns away a balancer that closes within its header, and says nothing of one that only connects', async () => {
    await withListener(behind, async (listener) => {
      await (await connectTo(listener.address)).gone();
      const dialogue = await connectTo(listener.address);
      await dialogue.play('C(raw): PROXY\n<gone>');
      await listener.until(() => listener.turnedAway.length > 0);
      expect(listener.turnedAway).to.deep.equal(['closed within its PROXY header']);
    });
  });

  it('does not wait for a header when it closes', async () => {
    await withListener(behind, async (listener) => {
      const dialogue = await connectTo(listener.address);
      await dialogue.play('C(raw): PROXY');
      await listener.close(10_000);
      await dialogue.play('<close>');
    });
  });
});

/** The first flight of a TLS client. */
async function clientHello(): Promise<Buffer> {
  const { Duplex } = await import('node:stream');
  const { connect } = await import('node:tls');
  return new Promise((resolve) => {
    const wire = new Duplex({
      read: () => undefined,
      write: (piece: Buffer, _encoding, done) => {
        resolve(piece);
        done();
      },
    });
    connect({ socket: wire, rejectUnauthorized: false }).on('error', () => undefined);
  });
}
