/** Each step of `check` passes a sound checkout and catches a deliberate fault in it. */
import { join } from 'node:path';
import { expect } from 'chai';
import { after, afterEach, before, describe, it } from 'mocha';
import { steps, type StepResult } from '../../tools/steps.ts';
import { checkout, temporaryCheckout, type Files, type TemporaryCheckout } from '../support/checkout.ts';

const configuration = [
  '.dependency-cruiser.js',
  '.prettierrc.json',
  '.prettierignore',
  'eslint.config.js',
  'knip.json',
  'tsconfig.base.json',
  'tsconfig.json',
];

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const soundTree: Files = {
  'package.json': json({ name: 'tree', type: 'module' }),
  'packages/shared/package.json': json({ name: '@mailpair/shared', type: 'module' }),
  'packages/shared/src/gateway/dispatch/dispatch.ts':
    "import { next } from '../../platform/values/next.ts';\n\nexport const last: number = next;\n",
  'packages/shared/src/platform/values/next.ts': 'export const next = 1;\n',
  'tools/generate-docs.ts': 'export {};\n',
};

interface Fault {
  readonly file: string;
  readonly text: string;
  /** What the step must say about it. */
  readonly says: RegExp;
}

/** By step, by what it catches: one file with one fault. */
const faults: Readonly<Record<string, Readonly<Record<string, Fault>>>> = {
  format: {
    'a line that is not laid out as prettier does': {
      file: 'packages/shared/src/layout.ts',
      text: 'export const last = "double quotes"\n',
      says: /layout\.ts/,
    },
  },
  lint: {
    'a promise that nobody waits for': {
      file: 'packages/shared/src/floating.ts',
      text: 'const work = async (): Promise<void> => {};\n\nwork();\n',
      says: /no-floating-promises/,
    },
    'a promise where a condition is expected': {
      file: 'packages/shared/src/condition.ts',
      text: 'const ready = async () => true;\n\nexport const go = ready() ? 1 : 2;\n',
      says: /no-misused-promises/,
    },
    'a switch that forgets a case': {
      file: 'packages/shared/src/switch.ts',
      text: "export function f(kind: 'a' | 'b') {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 0;\n}\n",
      says: /switch-exhaustiveness-check/,
    },
    'a condition that is always true': {
      file: 'packages/shared/src/always.ts',
      text: 'export const f = (text: string) => (text !== undefined ? text : 1);\n',
      says: /no-unnecessary-condition/,
    },
    'a regular expression that takes quadratic time by backtracking': {
      file: 'packages/shared/src/backtracking.ts',
      text: 'export const form = /^FROM:\\s*(.*)$/i;\n',
      says: /backtracking\.ts\n.*no-super-linear-backtracking/,
    },
    'one that is put together from parts': {
      file: 'packages/shared/src/parts.ts',
      text: 'const blanks = String.raw`\\s*`;\nexport const form = new RegExp(`^TO:${blanks}(.*)$`);\n',
      says: /parts\.ts\n.*no-super-linear-backtracking/,
    },
    'one that takes quadratic time by beginning anew at every place': {
      file: 'packages/shared/src/move.ts',
      text: "export const f = (text: string): string => text.replace(/\\s+$/, '');\n",
      says: /move\.ts\n.*no-super-linear-move/,
    },
    'a function of more than 60 lines': {
      file: 'packages/shared/src/lengthy.ts',
      text: `export function f(): number {\n${'  void 0;\n'.repeat(60)}  return 1;\n}\n`,
      says: /lengthy\.ts\n.*error.*max-lines-per-function/,
    },
    'a barrel': {
      file: 'packages/shared/src/index.ts',
      text: "export * from './platform/values/next.ts';\n",
      says: /No barrels/,
    },
    'a test that keeps the others from running': {
      file: 'test/alone.test.ts',
      text: `import { it } from 'mocha';\n\nit.${'only'}('runs alone', () => {});\n`,
      says: /The other tests would not run/,
    },
    'a test that is skipped without a reason': {
      file: 'test/forgotten.test.ts',
      text: `import { it } from 'mocha';\n\nit.${'skip'}('is forgotten', () => {});\n`,
      says: /a pending test says why/,
    },
    'a test that skips itself without a reason': {
      file: 'test/silent.test.ts',
      text: "import { it } from 'mocha';\n\nit('is silent', function () {\n  this.skip();\n});\n",
      says: /silent\.test\.ts\n.*a pending test says why/,
    },
  },
  types: {
    'a type error': {
      file: 'packages/shared/src/wrong.ts',
      text: "export const last: number = 'one';\n",
      says: /wrong\.ts.*TS2322/,
    },
    'an enum, which cannot be stripped': {
      file: 'packages/shared/src/enum.ts',
      text: 'export enum Kind {\n  A,\n}\n',
      says: /enum\.ts.*TS1294/,
    },
    'an element of an array used as if it were surely there': {
      file: 'packages/shared/src/first.ts',
      text: 'export const first = (list: string[]): string => list[0];\n',
      says: /first\.ts.*TS2322/,
    },
  },
  'unused exports': {
    'an export that no other file uses': {
      file: 'tools/unused.ts',
      text: 'export const unused = 1;\n\nexport const used = unused + 1;\n',
      says: /unused.*tools\/unused\.ts:1/,
    },
  },
  'dependency rules': {
    'a breach, with its name and the reason': {
      file: 'packages/shared/src/platform/values/last.ts',
      text: "import '../../gateway/dispatch/dispatch.ts';\n",
      says: /values-know-nothing: packages\/shared\/src\/platform\/values\/last\.ts → .*\n.*vocabulary/,
    },
  },
  'house rules': {
    'an overlong line': {
      file: 'packages/shared/src/long.ts',
      text: `// ${'x'.repeat(140)}\n`,
      says: /long\.ts:1: line longer than/,
    },
    'a tab': { file: 'tools/tab.ts', text: '\tlet a;\n', says: /tab\.ts:1: tab/ },
    'a line that ends in CR': { file: 'docs/cr.md', text: 'a\n\nb\r\n', says: /cr\.md:3: line ends in CR/ },
    'work left undone': {
      file: 'packages/shared/src/later.ts',
      text: `// ${'TO'}${'DO'} later\n`,
      says: /later\.ts:1: work left undone/,
    },
    'a document that names a source file which was moved': {
      file: 'docs/moved.md',
      text: 'See `dispatch.ts`.\n\nSee `values/gone.ts`.\n',
      says: /moved\.md:3: names a source file that is not there/,
    },
    'the host of a package registry in the lock file': {
      file: 'pnpm-lock.yaml',
      text: "resolution: { tarball: 'https://registry.example/a.tgz' }\n",
      says: /pnpm-lock\.yaml:1: host of a package registry/,
    },
  },
  'generated docs': {
    'a generator that finds them stale': {
      file: 'tools/generate-docs.ts',
      text: "console.log('docs/configuration.md is stale');\nprocess.exit(1);\n",
      says: /is stale/,
    },
  },
};

async function run(tree: TemporaryCheckout, name: string): Promise<StepResult> {
  const step = steps.find((one) => one.name === name);
  if (!step) throw new Error(`there is no step ${name}`);
  return step.run(tree.root);
}

function treeOf(files: Files): TemporaryCheckout {
  const tree = temporaryCheckout();
  tree.copy(...configuration);
  tree.link('node_modules', join(checkout, 'node_modules'));
  tree.write(soundTree);
  tree.write(files);
  return tree;
}

describe('the steps of check', () => {
  let tree: TemporaryCheckout | undefined;

  afterEach(() => {
    tree?.remove();
    tree = undefined;
  });

  for (const { name } of steps)
    it(`${name} passes a sound checkout`, async () => {
      tree = treeOf({});
      const { ok, output, summary } = await run(tree, name);
      expect(ok, output + summary).to.equal(true);
    });

  for (const [name, caught] of Object.entries(faults))
    describe(name, () => {
      let faulty: TemporaryCheckout;
      let result: StepResult;

      before(async () => {
        faulty = treeOf(Object.fromEntries(Object.values(caught).map(({ file, text }) => [file, text])));
        result = await run(faulty, name);
      });

      after(() => {
        faulty.remove();
      });

      it('fails where there are faults', () => {
        expect(result.ok).to.equal(false);
      });

      for (const [what, { says }] of Object.entries(caught))
        it(`catches ${what}`, () => {
          expect(result.output).to.match(says);
        });
    });

  it('are each proven here', () => {
    expect(steps.map(({ name }) => name)).to.have.members(Object.keys(faults));
  });

  it('house rules catch the path of the checkout', async () => {
    tree = treeOf({});
    tree.write({ 'docs/notes.md': `See ${tree.root}/notes\n` });
    const { ok, output } = await run(tree, 'house rules');
    expect(ok).to.equal(false);
    expect(output).to.match(/docs\/notes\.md:1: path of this machine/);
  });

  it('dependency rules fail where there is nothing to look at, and say so', async () => {
    tree = temporaryCheckout();
    tree.copy('.dependency-cruiser.js');
    tree.write({ 'package.json': json({ type: 'module' }), 'packages/readme.md': 'empty\n' });
    const { ok, summary } = await run(tree, 'dependency rules');
    expect(ok).to.equal(false);
    expect(summary).to.match(/^0 modules/);
  });

  it('fail when what they would run is missing', async () => {
    tree = temporaryCheckout();
    const { ok } = await run(tree, 'generated docs');
    expect(ok).to.equal(false);
  });
});
