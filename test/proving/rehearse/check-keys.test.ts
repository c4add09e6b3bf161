import { expect } from 'chai';
import { describe, it } from 'mocha';
import { checkKeys } from '@mailpair/proving/rehearse/check-keys';

describe('a measurement of capacity', () => {
  it('has the checks as the operator has them, as far as they name nothing outside', () => {
    const given = [
      { path: 'judge.mode', raw: 'observe', layer: 'file' },
      { path: 'attachments.refuse', raw: ['exe', 'js'], layer: 'set' },
      { path: 'spf.refuse', raw: true, layer: 'default' },
      { path: 'judge.allow', raw: ['192.0.2.0/24'], layer: 'file' },
      { path: 'bayes.anything', raw: '/etc/mailpair/words', layer: 'file' },
      { path: 'clamav.servers', raw: ['127.0.0.1:3310'], layer: 'file' },
      { path: 'limits.connections', raw: 5, layer: 'file' },
    ] as const;
    expect(checkKeys(given)).to.deep.equal(['judge.mode="observe"', 'attachments.refuse=["exe","js"]']);
  });
});
