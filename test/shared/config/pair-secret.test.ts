import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { parsePairSecret } from '@mailpair/shared/config/pair-secret';

const base64 = (): string => randomBytes(32).toString('base64');
const faultsOf = (text: string): string[] =>
  parsePairSecret(text).faults.map(({ line, problem }) => `${line}: ${problem}`);

describe('the file of the pair’s secret', () => {
  it('holds one secret a line, besides comments and empty lines', () => {
    const [first, second] = [base64(), base64()];
    expect(parsePairSecret(`# since May\n${first}\n\n  ${second}  \r\n`)).to.deep.equal({
      secrets: [first, second],
      faults: [],
    });
  });

  it('takes 32 octets by chance, in base64 or hex', () => {
    for (let i = 0; i < 200; i += 1)
      for (const form of ['base64', 'base64url', 'hex'] as const)
        expect(faultsOf(randomBytes(32).toString(form))).to.deep.equal([]);
  });

  it('is refused when there is less in it, by line, without what stands there', () => {
    const hex = randomBytes(31).toString('hex');
    const short = randomBytes(24).toString('base64');
    expect(faultsOf(`${base64()}\n${hex}\n${short}\ngeheim`)).to.deep.equal([
      '2: is too short: 62 characters of hex, and 32 octets by chance take 64',
      '3: is too short: 32 characters, and 32 octets by chance take 43',
      '4: is too short: 6 characters, and 32 octets by chance take 43',
    ]);
  });

  it('is refused when it is long but not by chance, or empty', () => {
    expect(faultsOf('secret'.repeat(10))).to.deep.equal([
      '1: repeats a few characters, so it was not made by chance',
    ]);
    expect(faultsOf('0123'.repeat(16))).to.have.length(1);
    expect(faultsOf('# nothing\n')).to.deep.equal(['0: has no secret in it']);
  });
});
