import { expect } from 'chai';
import { describe, it } from 'mocha';
import { readChunkCommand } from '@mailpair/shared/smtp/server/chunk-command';

describe('the argument of BDAT', () => {
  it('is a number of octets, and LAST behind the last ones', () => {
    expect(readChunkCommand('86')).to.deep.equal({ sizeBytes: 86, isLast: false });
    expect(readChunkCommand('0 last')).to.deep.equal({ sizeBytes: 0, isLast: true });
    expect(readChunkCommand('00012  LAST')).to.deep.equal({ sizeBytes: 12, isLast: true });
  });

  it('is nothing else', () => {
    for (const argument of [
      '',
      'LAST',
      '-1',
      '+1',
      '1.5',
      '1e3',
      '0x10',
      '1 LAST LAST',
      '1LAST',
      '1 2',
      '9'.repeat(16),
    ])
      expect(readChunkCommand(argument), argument).to.equal(null);
  });
});
