import { expect } from 'chai';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { formatBeat, MAX_BEAT_BYTES, parseBeat } from '@mailpair/shared/gateway/pair/partner-beat';
import { Outbox } from '@mailpair/shared/gateway/pair/partner-outbox';
import { MAX_ITEM } from '@mailpair/shared/platform/topics';
import { beatOf } from './beats.ts';

const read = (value: unknown) => parseBeat(Buffer.from(JSON.stringify(value)));
const plain = (changes: object = {}): object => ({ ...beatOf(), ...changes });

describe('a heartbeat', () => {
  it('is read as it was written', () => {
    const told = fc.dictionary(fc.stringMatching(/^[a-z]{1,10}$/), fc.array(fc.string()));
    fc.assert(
      fc.property(told, fc.double({ min: 0, max: 2, noNaN: true }), (items, value) => {
        const beat = beatOf({ told: items, load: { value, parts: { cpu: value } } });
        expect(JSON.stringify(parseBeat(formatBeat(beat)))).to.equal(JSON.stringify(beat));
      }),
    );
  });

  it('is none when something is missing or is not what it should be', () => {
    const wrong = {
      version: '',
      startedAt: null,
      headroom: 'much',
      sheds: 1,
      load: { value: 1 },
      digest: { a: 1 },
    };
    for (const [field, value] of Object.entries(wrong))
      expect(read(plain({ [field]: value })), field).to.equal(undefined);
    for (const field of Object.keys(beatOf()).filter((name) => name !== 'answeredAgo'))
      expect(read(plain({ [field]: undefined })), field).to.equal(undefined);
  });

  it('never makes the reader fail, whatever it is', () => {
    fc.assert(fc.property(fc.json(), (json) => parseBeat(Buffer.from(json)) === undefined));
    fc.assert(fc.property(fc.uint8Array(), (octets) => parseBeat(Buffer.from(octets)) === undefined));
  });

  it('is read without what a later version adds, and without items that make no sense', () => {
    const told = { recipients: ['+1 a@x.test', 5, null, 'x'.repeat(MAX_ITEM + 1)], 'no topic': ['a'] };
    const found = read(plain({ told, novelty: true }));
    expect(found).to.deep.equal(beatOf({ told: { recipients: ['+1 a@x.test'] } }));
  });

  it('of a version that does not tell which local servers answer it is taken', () => {
    expect(read(plain({ answeredAgo: undefined }))).to.deep.equal(beatOf({ answeredAgo: {} }));
    expect(read(plain({ answeredAgo: { 'mail.internal:25': 'now' } }))).to.equal(undefined);
  });

  it('with as many items as one may hold is not too long to be taken', () => {
    const outbox = new Outbox();
    for (let i = 0; i < 10_000; i += 1) outbox.add('test', `${'\u0001'.repeat(MAX_ITEM - 5)}${i}`);
    const told = { test: outbox.take((_topic, key) => key).map(({ text }) => text) };
    expect(formatBeat(beatOf({ told })).length).to.be.within(MAX_BEAT_BYTES / 3, MAX_BEAT_BYTES);
  });
});
