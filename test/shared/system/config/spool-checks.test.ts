import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { inDirectory, minimal, readText } from './reading.ts';

const faultsOf = (inbound: string, outbound: string): string[] =>
  readText(minimal(), { sets: [`inbound.spool=${inbound}`, `outbound.spool=${outbound}`] }).faults.map(
    ({ path, problem }) => `${path} ${problem}`,
  );

describe('the spools of both gateways', () => {
  it('are two directories', () => {
    expect(faultsOf('/nowhere/a', '/nowhere/b')).to.deep.equal([]);
    expect(faultsOf('/nowhere/spool', '/nowhere/spool-outbound')).to.deep.equal([]);
    for (const same of ['/nowhere/a', '/nowhere/a/', '/nowhere/b/../a'])
      expect(faultsOf('/nowhere/a', same)).to.deep.equal([
        'outbound.spool is the spool of inbound too (inbound.spool)',
      ]);
  });

  it('do not lie one in the other', () => {
    for (const [inbound, outbound] of [
      ['/nowhere/a', '/nowhere/a/b'],
      ['/nowhere/a/b', '/nowhere/a'],
    ])
      expect(faultsOf(inbound!, outbound!)).to.deep.equal([
        `outbound.spool and the spool of inbound lie one in the other (inbound.spool: ${inbound})`,
      ]);
  });

  it('are compared where links lead, also before they exist', () =>
    inDirectory((directory) => {
      const real = join(directory, 'real');
      mkdirSync(real);
      symlinkSync(real, join(directory, 'link'));
      expect(faultsOf(real, join(directory, 'link'))).to.have.length(1);
      expect(faultsOf(join(real, 'a'), join(directory, 'link/a'))).to.have.length(1);
      expect(faultsOf(join(real, 'a'), join(directory, 'link/b'))).to.deep.equal([]);
    }));
});
