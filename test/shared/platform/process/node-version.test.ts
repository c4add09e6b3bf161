import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFault } from '@mailpair/shared/platform/process/node-version';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { checkout } from '../../../support/checkout.ts';

const programs = {
  'inbound-gateway': 'packages/inbound-gateway/src/main.ts',
  'outbound-gateway': 'packages/outbound-gateway/src/main.ts',
  mailpair: 'packages/mailpair/src/main.ts',
  demo: 'demo/main.ts',
};
/** What an old Node can read. */
const harmless = [
  '@mailpair/shared/gateway/compose/launch',
  '@mailpair/shared/platform/process/node-version',
];

describe('the version of Node', () => {
  it('is told with the one that is needed where it is too old', () => {
    expect(nodeFault('20.20.2')).to.equal('needs Node 24 or later, this is 20.20.2');
    expect(nodeFault('9.11.2')).to.equal('needs Node 24 or later, this is 9.11.2');
    for (const version of ['24.0.0', '26.10.0', '100.1.2']) expect(nodeFault(version)).to.equal(undefined);
  });

  for (const [name, file] of Object.entries(programs))
    it(`is looked at by ${name} before it imports anything else`, () => {
      const text = readFileSync(join(checkout, file), 'utf8');
      const imported = [...text.matchAll(/^import .*'([^']+)';$/gm)].map(([, from]) => from);
      expect(harmless).to.include.members(imported);
      expect(text.indexOf(`expectNode('${name}')`)).to.be.within(0, text.indexOf('await import'));
    });
});
