import { createHmac } from 'node:crypto';
import { parseKeyFile } from '@mailpair/planner/dns-rr/key-file';
import { encodeName } from '@mailpair/planner/dns-rr/update-message';
import { lastRecordAt, MalformedMessage } from '@mailpair/shared/platform/dns/dns-message';
import { signMessage, verifyAnswer } from '@mailpair/planner/dns-rr/tsig';
import { expect } from 'chai';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { captured } from './captured.ts';

const key = parseKeyFile(captured.keyLine);
const { nowMs } = captured;

const verify = (octets: Buffer, mac = captured.queryMac, now = nowMs) => verifyAnswer(octets, key, mac, now);

/** What a damaged answer is found to be. */
function kindOf(octets: Buffer): string {
  try {
    return verify(octets).kind;
  } catch (error) {
    expect(error).to.be.instanceOf(MalformedMessage);
    return 'malformed';
  }
}

/** The message without its last record. */
function unsigned(octets: Buffer): Buffer {
  const message = Buffer.from(octets.subarray(0, lastRecordAt(octets)));
  message.writeUInt16BE(message.readUInt16BE(10) - 1, 10);
  return message;
}

/** An answer to the captured query with an error about its signature; signed when there is a secret for it. */
function answerWith(error: number, other: Buffer, isSigned: boolean): Buffer {
  const message = Buffer.concat([unsigned(captured.query)]);
  message.writeUInt16BE(0x8009, 2);
  const time = Buffer.from('00006b050f2f012c', 'hex');
  const tail = Buffer.concat([uint16(error), uint16(other.length), other]);
  const variables = Buffer.concat([
    encodeName(key.name),
    Buffer.from('00ff00000000', 'hex'),
    encodeName(key.algorithm),
    time,
    tail,
  ]);
  const signed = Buffer.concat([uint16(32), captured.queryMac, message, variables]);
  const mac = isSigned ? createHmac('sha256', key.secret).update(signed).digest() : Buffer.alloc(0);
  const data = Buffer.concat([
    encodeName(key.algorithm),
    time,
    uint16(mac.length),
    mac,
    message.subarray(0, 2),
    tail,
  ]);
  message.writeUInt16BE(1, 10);
  return Buffer.concat([
    message,
    encodeName(key.name),
    Buffer.from('00fa00ff00000000', 'hex'),
    uint16(data.length),
    data,
  ]);
}

function uint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

describe('a transaction signature', () => {
  for (const [what, request] of [
    ['dig', captured.query],
    ['nsupdate', captured.update],
  ] as const)
    it(`is octet for octet that of ${what}`, () => {
      expect(signMessage(unsigned(request), key, nowMs, 300).octets).to.deep.equal(request);
    });

  it('of an answer is genuine as BIND made it', () => {
    expect(verify(captured.answer)).to.deep.equal({ kind: 'genuine' });
    expect(verify(captured.updated, captured.updateMac)).to.deep.equal({ kind: 'genuine' });
  });

  it('is not genuine when any octet has changed, or for another request, or by another secret', () => {
    fc.assert(
      fc.property(fc.nat(captured.answer.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const octets = Buffer.from(captured.answer);
        octets[at]! ^= change;
        fc.pre(at > 1); // The id goes into it as it was asked; whoever asked compares it.
        fc.pre(change !== 0x20); // The case of a name means nothing.
        expect(kindOf(octets)).to.not.equal('genuine');
      }),
      { numRuns: 2000 },
    );
    expect(verify(captured.answer, captured.updateMac).kind).to.equal('forged');
    const other = { ...key, secret: Buffer.from('another') };
    expect(verifyAnswer(captured.answer, other, captured.queryMac, nowMs).kind).to.equal('forged');
  });

  it('that is missing is noticed', () => {
    expect(verify(unsigned(captured.answer))).to.deep.equal({ kind: 'unsigned' });
  });

  it('that is too old or too new tells by how much the clocks differ', () => {
    const late = verify(captured.answer, captured.queryMac, nowMs + 400_000);
    expect(late).to.deep.equal({ kind: 'bad-time', aheadSeconds: -400 });
    expect(verify(captured.answer, captured.queryMac, nowMs + 300_000).kind).to.equal('genuine');
  });

  it('carries what the server states: BADKEY and BADSIG unsigned, BADTIME with its clock', () => {
    expect(verify(answerWith(17, Buffer.alloc(0), false))).to.deep.equal({ kind: 'bad-key' });
    expect(verify(answerWith(16, Buffer.alloc(0), false))).to.deep.equal({ kind: 'bad-signature' });
    const clock = Buffer.alloc(6);
    clock.writeUIntBE(nowMs / 1000 + 3600, 0, 6);
    expect(verify(answerWith(18, clock, true))).to.deep.equal({ kind: 'bad-time', aheadSeconds: 3600 });
    expect(verify(answerWith(18, clock, false)).kind).to.equal('forged');
  });
});
