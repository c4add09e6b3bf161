import { expect } from 'chai';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { formatBeat, MAX_BEAT_BYTES, parseBeat } from '@mailpair/shared/pair/partner-beat';
import { MOST_LEARNT } from '@mailpair/shared/pair/partner-outbox';
import { beatOf } from './beats.ts';

const read = (value: unknown) => parseBeat(Buffer.from(JSON.stringify(value)));
const plain = (changes: object = {}): object => ({ ...beatOf(), ...changes });

describe('a heartbeat', () => {
  it('is read as it was written', () => {
    const learnt = fc.record({
      recipient: fc.emailAddress(),
      valid: fc.boolean(),
      learnedAt: fc.nat(2_000_000_000_000),
    });
    fc.assert(
      fc.property(fc.array(learnt), fc.double({ min: 0, max: 2, noNaN: true }), (knowledge, value) => {
        const beat = beatOf({ knowledge, load: { value, parts: { cpu: value } } });
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
    for (const field of Object.keys(beatOf()))
      expect(read(plain({ [field]: undefined })), field).to.equal(undefined);
  });

  it('never makes the reader fail, whatever it is', () => {
    fc.assert(fc.property(fc.json(), (json) => parseBeat(Buffer.from(json)) === undefined));
    fc.assert(fc.property(fc.uint8Array(), (octets) => parseBeat(Buffer.from(octets)) === undefined));
  });

  it('is read without what a later version adds, and without knowledge that makes no sense', () => {
    const knowledge = ['+1 a@x.test', '*1 b@x.test', '+1 nobody', 5, '+1 c @x.test', '-2 d@x.test'];
    const found = read(plain({ knowledge, novelty: true }));
    expect(found).to.deep.equal(
      beatOf({
        knowledge: [
          { recipient: 'a@x.test', valid: true, learnedAt: 1 },
          { recipient: 'd@x.test', valid: false, learnedAt: 2 },
        ],
      }),
    );
  });

  it('with as much knowledge as one may hold is not too long to be taken', () => {
    const knowledge = Array.from({ length: MOST_LEARNT }, (_, i) => ({
      recipient: `${'ü'.repeat(120)}${i}@example.com`,
      valid: true,
      learnedAt: 1_798_761_600_000,
    }));
    expect(formatBeat(beatOf({ knowledge })).length).to.be.below(MAX_BEAT_BYTES);
  });
});
