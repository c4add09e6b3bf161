import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { sharedNames } from '../../tools/shared-names.ts';
import { checkout, temporaryCheckout, type TemporaryCheckout } from '../support/checkout.ts';

/** The goal is 15. Lower the limit as the number falls. */
const LIMIT = 138;

describe('An exported name', () => {
  let tree: TemporaryCheckout;
  const at = (name: string): string => `packages/shared/src/${name}.ts`;

  beforeEach(() => {
    tree = temporaryCheckout();
  });

  afterEach(() => {
    tree.remove();
  });

  it('that two files declare is found, with both', () => {
    tree.write({
      [at('a')]: 'export interface Answer {}\nexport const Answer = 1, other = 2;\n',
      [at('b')]: 'const own = 1;\nexport { own as Answer };\nexport function read() {}\n',
      [at('c')]: 'const other = 1;\nexport class read {}\nconst Answer = other;\n',
    });
    expect([...sharedNames(tree.root)]).to.deep.equal([
      ['Answer', [at('a'), at('b')]],
      ['read', [at('b'), at('c')]],
    ]);
  });

  it('that a file passes on, or that two local names have, is not', () => {
    tree.write({
      [at('a')]: 'export type Answer = 1;\nconst own = 1;\n',
      [at('b')]: "export type { Answer } from './a.ts';\nconst own = 2;\n",
    });
    expect([...sharedNames(tree.root)]).to.deep.equal([]);
  });

  it(`stands for two things at most ${LIMIT} times in this checkout`, () => {
    const found = [...sharedNames(checkout)];
    const list = found.map(([name, paths]) => `${name}: ${paths.join(', ')}`).join('\n');
    expect(found.length, list).to.equal(LIMIT);
  });
});
