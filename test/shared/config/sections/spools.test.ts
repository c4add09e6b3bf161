import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { sharedSpools } from '@mailpair/shared/config/sections/both-roles';
import { realPath } from '@mailpair/shared/platform/files/real-path';
import { inDirectory, minimal, readText } from '../reading.ts';

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
      const [real, link] = [join(directory, 'real'), join(directory, 'link')];
      mkdirSync(real);
      symlinkSync(real, link);
      const shared = (inbound: string, outbound: string): number => {
        const sets = [`inbound.spool=${inbound}`, `outbound.spool=${outbound}`];
        return sharedSpools(readText(minimal(), { sets }).settings!, realPath).length;
      };
      expect(shared(real, link)).to.equal(1);
      expect(shared(join(real, 'a'), join(link, 'a'))).to.equal(1);
      expect(shared(join(real, 'a'), join(link, 'b'))).to.equal(0);
    }));
});
