import { expect } from 'chai';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { deriveKeys } from '@mailpair/shared/gateway/pair/partner-keys';
import {
  formatSeal,
  isGenuine,
  parseSeal,
  type Seal,
  type Sealed,
} from '@mailpair/shared/gateway/pair/partner-signature';

const [key, otherKey] = deriveKeys(['one secret of the pair', 'another secret of the pair']) as [
  ReturnType<typeof deriveKeys>[0],
  ReturnType<typeof deriveKeys>[0],
];
const seal: Seal = {
  key: key.id,
  from: 'inbound/mx-in.example.com',
  fromRun: 'run-of-inbound',
  to: 'outbound/mx-out.example.com',
  toRun: '-',
  number: 7,
  time: 1_798_761_600_000,
  nonce: 'abcdefghijklmnopqrstuvwx',
};
const sealed: Sealed = { line: 'POST /pair/heartbeat', body: Buffer.from('{"draining":false}') };
const genuine = (text: string, what = sealed, by = key): boolean => {
  const read = parseSeal(text);
  return read !== undefined && isGenuine(read, what, by);
};

describe('the seal of a heartbeat', () => {
  it('is read as it was written, and is genuine', () => {
    const text = formatSeal(seal, sealed, key);
    expect(parseSeal(text)?.seal).to.deep.equal(seal);
    expect(genuine(text)).to.equal(true);
  });

  it('is not genuine under another secret, for another body, or on another line', () => {
    const text = formatSeal(seal, sealed, key);
    expect(genuine(text, sealed, otherKey)).to.equal(false);
    expect(genuine(text, { ...sealed, body: Buffer.from('{"draining":true}') })).to.equal(false);
    expect(genuine(text, { ...sealed, line: 'answer 200' })).to.equal(false);
  });

  it('is not genuine when any character of it is another', () => {
    const text = formatSeal(seal, sealed, key);
    const character = fc.constantFrom(...'abcXYZ0189-_./ ');
    fc.assert(
      fc.property(fc.nat(text.length - 1), character, (at, put) => {
        fc.pre(text[at] !== put);
        expect(genuine(text.slice(0, at) + put + text.slice(at + 1))).to.equal(false);
      }),
    );
  });

  it('is none when it is something else', () => {
    fc.assert(fc.property(fc.string(), (text) => parseSeal(text) === undefined));
    for (const text of [
      '',
      `${formatSeal(seal, sealed, key)} `,
      formatSeal({ ...seal, nonce: 'short' }, sealed, key),
    ])
      expect(parseSeal(text), text).to.equal(undefined);
  });
});

describe('the keys of a secret', () => {
  it('are the same on every host, each its own, and differ from those of another secret', () => {
    expect(deriveKeys(['one secret of the pair'])).to.deep.equal([key]);
    const all = [key.signing, key.digest, otherKey.signing, otherKey.digest];
    expect(new Set(all.map((each) => each.toString('hex'))).size).to.equal(4);
    expect(key.id).not.to.equal(otherKey.id);
  });

  it('follow RFC 5869 with SHA-256, without salt, by purpose', async () => {
    const { createHmac } = await import('node:crypto');
    const hmac = (by: Buffer, of: Buffer | string): Buffer => createHmac('sha256', by).update(of).digest();
    const extracted = hmac(Buffer.alloc(32), 'one secret of the pair');
    expect(key.signing).to.deep.equal(hmac(extracted, 'mailpair 1 heartbeat\x01'));
  });
});
