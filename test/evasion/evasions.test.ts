import { expect } from 'chai';
import { describe, it } from 'mocha';
import { evasions } from './cases.ts';
import { useJudging } from './judged.ts';

describe('what any mail program would show is read, or the message is not accepted', () => {
  const judge = useJudging();

  for (const { name, shownBy, octets, twin } of evasions)
    it(name, () => {
      const { isRefused, usual } = judge(octets);
      const why = `${shownBy}: ${JSON.stringify(usual.findings)}`;
      expect(isRefused || usual.verdict.kind !== 'accept', why).to.equal(true);
      expect(judge(twin).isRefused, 'the harmless twin is refused').to.equal(false);
    });

  it('has enough cases, each under a name of its own', () => {
    expect(evasions).to.have.length.above(600);
    expect(new Set(evasions.map(({ name }) => name))).to.have.property('size', evasions.length);
  });

  it('has no octets that DATA refuses', () => {
    for (const { name, octets } of evasions)
      expect(/\0|\r(?!\n)|(?<!\r)\n/.test(octets.toString('latin1')), name).to.equal(false);
  });
});
