/** Each dependency rule catches a deliberate breach of it, and the rules really look at this checkout. */
import { globSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { cruiseTree, type Cruise } from '../../tools/dependency-rules.ts';
import { checkout, temporaryCheckout, type Files, type TemporaryCheckout } from '../support/checkout.ts';

const libraries = [
  'convict dns-packet entities find-my-way ipaddr.js libarchive-wasm lmdb mailauth nodemailer prom-client',
  'smtp-server tldts yaml',
].flatMap((line) => line.split(' '));

const manifest = (name: string, dependencies: readonly string[], published: readonly string[] = []): string =>
  JSON.stringify({
    name: `@mailpair/${name}`,
    exports: { './*': './src/*.ts' },
    publishConfig: { exports: Object.fromEntries(published.map((entry) => [entry, ''])) },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
  });

const src = (path: string): string => `packages/shared/src/${path}`;

/** A file below `layer` imports one of it. */
function below(layer: string, from: string, to: string): Readonly<Record<string, Files>> {
  const path = relative(dirname(from), to);
  return {
    [`below-${layer}`]: {
      [src(from)]: `import type {} from '${path.startsWith('.') ? path : `./${path}`}';\n`,
    },
  };
}

/** A tree in which every import is allowed. */
const soundTree: Files = {
  'packages/shared/package.json': manifest('shared', libraries, [
    './api/routes',
    './dns-records/*',
    './gateway/intake/intake',
  ]),
  'packages/planner/package.json': manifest('planner', ['@mailpair/shared'], ['./plan']),
  'packages/proving/package.json': manifest('proving', ['@mailpair/shared', '@mailpair/planner']),
  'packages/mailpair/package.json': manifest('mailpair', ['@mailpair/shared', '@mailpair/planner']),
  'packages/inbound-gateway/package.json': manifest('inbound-gateway', [
    '@mailpair/shared',
    '@mailpair/mailpair',
    '@mailpair/outbound-gateway',
    '@mailpair/planner',
  ]),
  'packages/outbound-gateway/package.json': manifest('outbound-gateway', ['@mailpair/shared']),
  [src('platform/values/reply.ts')]:
    "import { domainToASCII } from 'node:url';\nexport const reply = domainToASCII;\n",
  [src('platform/clock.ts')]: 'export {};\n',
  [src('platform/metrics/metrics.ts')]:
    "import 'prom-client';\nexport { reply } from '../values/reply.ts';\n",
  [src('platform/network/addresses.ts')]: "import 'ipaddr.js';\n",
  [src('platform/http/http-routes.ts')]: "import 'find-my-way';\n",
  [src('platform/dns/registrable-domain.ts')]: "import 'tldts';\n",
  [src('platform/dns/dns-query.ts')]: "import 'dns-packet';\n",
  [src('platform/dns/resolver.ts')]: "import 'node:dns';\nimport 'node:dns/promises';\n",
  [src('dns-records/spf.ts')]: "import '../platform/clock.ts';\n",
  [src('config/yaml.ts')]: "import 'yaml';\nimport '../dns-records/spf.ts';\n",
  [src('config/merge.ts')]: "import 'convict';\n",
  [src('smtp/server/listener.ts')]: "import 'smtp-server';\nimport '../../config/merge.ts';\n",
  [src('smtp/client/connection.ts')]: "import 'nodemailer/lib/smtp-connection';\n",
  [src('smtp/route/route.ts')]: 'export {};\n',
  [src('spool/store/lmdb-spool.ts')]: "import 'lmdb';\nimport '../../smtp/route/route.ts';\n",
  [src('spool/schedule/lane-schedule.ts')]: "import '../store/lmdb-spool.ts';\n",
  [src('directory/recipients/store.ts')]: "import '../../spool/store/lmdb-spool.ts';\n",
  [src('directory/submitters/ledger.ts')]: 'export {};\n',
  [src('filter/contract/check.ts')]: "export { reply } from '../../platform/values/reply.ts';\n",
  [src('filter/content/html.ts')]: "import 'entities';\n",
  [src('filter/content/archives/libarchive.ts')]: "import 'libarchive-wasm';\n",
  [src('filter/spf/learn.ts')]: "import 'mailauth';\nimport '../../directory/recipients/store.ts';\n",
  [src('filter/spf/check.ts')]: "import '../contract/check.ts';\n",
  [src('filter/pipeline/judging.ts')]: "import '../spf/check.ts';\nimport '../spf/learn.ts';\n",
  [src('gateway/pair/partner.ts')]: "import '../../filter/pipeline/judging.ts';\n",
  [src('gateway/settle/dsn.ts')]: "import 'nodemailer/lib/mail-composer';\nimport '../pair/partner.ts';\n",
  [src('gateway/sign/signing.ts')]: "import '../settle/dsn.ts';\n",
  [src('gateway/dispatch/dispatch.ts')]: "import '../sign/signing.ts';\n",
  [src('gateway/quarantine/quarantining.ts')]: "import '../dispatch/dispatch.ts';\n",
  [src('gateway/intake/intake.ts')]: "import '../quarantine/quarantining.ts';\n",
  [src('gateway/workers/slot.ts')]: "import '../intake/intake.ts';\n",
  [src('gateway/compose/gateway.ts')]: "import '../workers/slot.ts';\n",
  [src('api/routes.ts')]: "import '../gateway/compose/gateway.ts';\n",
  'packages/planner/src/plan.ts': "import '@mailpair/shared/dns-records/spf';\n",
  'packages/proving/src/loopback/ledger.ts': "import '@mailpair/planner/plan';\n",
  'packages/proving/src/rehearse/world.ts': "import '../loopback/ledger.ts';\n",
  'packages/mailpair/src/framework/verb.ts': 'export {};\n',
  'packages/mailpair/src/queue/list.ts': "import '../framework/verb.ts';\n",
  'packages/mailpair/src/main.ts': "import './queue/list.ts';\nimport '@mailpair/shared/api/routes';\n",
  'packages/inbound-gateway/src/gateway.ts': "import '@mailpair/shared/api/routes';\n",
  'packages/outbound-gateway/src/gateway.ts': "import '@mailpair/shared/gateway/intake/intake';\n",
  'test/shared/intake/intake.test.ts':
    "import '@mailpair/shared/gateway/intake/intake';\nimport 'smtp-server';\n",
};

/** By rule, a file or two that break it. */
const breaches: Readonly<Record<string, Files>> = {
  'gateways-never-meet': {
    'packages/inbound-gateway/src/main.ts': "import '@mailpair/outbound-gateway/gateway';\n",
  },
  'below-planner': { [src('api/routes.ts')]: "import '@mailpair/planner/plan';\n" },
  'below-proving': { 'packages/planner/src/plan.ts': "import '@mailpair/proving/loopback/ledger';\n" },
  'below-mailpair': { 'packages/proving/src/loopback/ledger.ts': "import '@mailpair/mailpair/main';\n" },
  'gateways-are-the-top': {
    [src('gateway/dispatch/dispatch.ts')]: "import '../../../../inbound-gateway/src/gateway.ts';\n",
  },
  'gateways-do-not-install-proving': {
    'packages/inbound-gateway/src/main.ts': "import '@mailpair/planner/plan';\n",
  },
  'published-entries': {
    'packages/planner/src/plan.ts': "import '@mailpair/shared/spool/store/lmdb-spool';\n",
  },
  'package-by-name': {
    'packages/inbound-gateway/src/main.ts': "import '../../shared/src/gateway/intake/intake.ts';\n",
    'test/shared/intake/rcpt.test.ts': "import '../../../packages/shared/src/gateway/intake/intake.ts';\n",
  },
  ...below('dns-records', 'platform/clock.ts', 'dns-records/spf.ts'),
  ...below('config', 'dns-records/spf.ts', 'config/merge.ts'),
  ...below('smtp', 'config/yaml.ts', 'smtp/route/route.ts'),
  ...below('spool', 'smtp/server/limits.ts', 'spool/store/lmdb-spool.ts'),
  ...below('directory', 'spool/store/record.ts', 'directory/recipients/store.ts'),
  ...below('filter', 'directory/recipients/knowledge.ts', 'filter/pipeline/judging.ts'),
  ...below('gateway', 'filter/pipeline/registry.ts', 'gateway/pair/partner.ts'),
  ...below('api', 'gateway/workers/adopt.ts', 'api/routes.ts'),
  ...below('settle', 'gateway/pair/partners.ts', 'gateway/settle/dsn.ts'),
  ...below('sign', 'gateway/settle/settle.ts', 'gateway/sign/signing.ts'),
  ...below('dispatch', 'gateway/sign/key-watch.ts', 'gateway/dispatch/dispatch.ts'),
  ...below('quarantine', 'gateway/dispatch/turns.ts', 'gateway/quarantine/quarantining.ts'),
  ...below('intake', 'gateway/quarantine/kept.ts', 'gateway/intake/intake.ts'),
  ...below('workers', 'gateway/intake/relay.ts', 'gateway/workers/slot.ts'),
  ...below('compose', 'gateway/workers/adopt.ts', 'gateway/compose/gateway.ts'),
  'folder-without-a-place': {
    [src('utils/pad.ts')]: 'export {};\n',
    [src('gateway/dispatch/dispatch.ts')]: "import '../../utils/pad.ts';\n",
  },
  'values-know-nothing': { [src('platform/values/address.ts')]: "import '../clock.ts';\n" },
  'smtp-parts-never-meet': {
    [src('smtp/client/classify.ts')]: "import type {} from '../route/route.ts';\n",
  },
  'store-knows-no-schedule': {
    [src('spool/store/record.ts')]: "import '../schedule/lane-schedule.ts';\n",
  },
  'directory-parts-never-meet': {
    [src('directory/submitters/ledger.ts')]: "import '../recipients/store.ts';\n",
  },
  'contract-knows-no-subject': {
    [src('filter/contract/facts.ts')]: "import type {} from '../content/html.ts';\n",
  },
  'subjects-know-no-pipeline': {
    [src('filter/spf/facts.ts')]: "import type {} from '../pipeline/judging.ts';\n",
  },
  'checks-are-pure': { [src('filter/spf/check.ts')]: "import '../../platform/clock.ts';\n" },
  'checks-ask-nobody': { [src('filter/spf/check.ts')]: "import './learn.ts';\n" },
  'nouns-never-meet-the-table': {
    'packages/mailpair/src/framework/help.ts': "import '../queue/list.ts';\n",
  },
  'rehearse-and-prove-never-meet': {
    'packages/proving/src/prove/ground.ts': "import '../rehearse/world.ts';\n",
  },
  'product-knows-no-test': {
    [src('gateway/dispatch/dispatch.ts')]: "import '../../../../../test/shared/intake/intake.test.ts';\n",
  },
  'library-without-a-home': { [src('smtp/server/message-data.ts')]: "import 'mailparser';\n" },
  'library-not-declared': { 'packages/outbound-gateway/src/main.ts': "import 'smtp-server';\n" },
  'cannot-resolve': { 'packages/inbound-gateway/src/main.ts': "import '@mailpair/shared/nowhere';\n" },
  'no-cycles': {
    [src('smtp/route/hosts.ts')]: "export type { B } from './mx-order.ts';\nexport type A = 1;\n",
    [src('smtp/route/mx-order.ts')]: "export type { A } from './hosts.ts';\nexport type B = 2;\n",
  },
  'no-cycles-of-folders': {
    'packages/mailpair/src/queue/list.ts': "import '../trace/text.ts';\n",
    'packages/mailpair/src/trace/text.ts': 'export {};\n',
    'packages/mailpair/src/trace/trace.ts': "import '../queue/access.ts';\n",
    'packages/mailpair/src/queue/access.ts': 'export {};\n',
  },
  'home-of-smtp-server': { [src('gateway/intake/intake.ts')]: "import type {} from 'smtp-server';\n" },
  'home-of-nodemailer-smtp-connection': {
    [src('gateway/settle/dsn.ts')]: "import 'nodemailer/lib/smtp-connection';\n",
  },
  'home-of-nodemailer-mail-composer': {
    [src('smtp/client/connection.ts')]: "import 'nodemailer/lib/mail-composer';\n",
  },
  'home-of-lmdb': { [src('spool/store/recovery.ts')]: "import 'lmdb';\n" },
  'home-of-mailauth': { [src('filter/pipeline/registry.ts')]: "import 'mailauth';\n" },
  'home-of-dns-packet': { [src('smtp/route/hosts.ts')]: "import 'dns-packet';\n" },
  'home-of-convict': { [src('config/settings.ts')]: "import 'convict';\n" },
  'home-of-yaml': { [src('api/dns.ts')]: "import 'yaml';\n" },
  'home-of-ipaddr.js': { [src('smtp/server/limits.ts')]: "import 'ipaddr.js';\n" },
  'home-of-prom-client': { [src('gateway/intake/intake.ts')]: "import 'prom-client';\n" },
  'home-of-find-my-way': { [src('gateway/pair/partners.ts')]: "import 'find-my-way';\n" },
  'home-of-tldts': { [src('filter/client-name/learn.ts')]: "import 'tldts';\n" },
  'home-of-entities': { [src('filter/content/text.ts')]: "import 'entities';\n" },
  'home-of-libarchive-wasm': { [src('filter/content/zip.ts')]: "import 'libarchive-wasm';\n" },
  'home-of-dns': { [src('smtp/route/mx.ts')]: "import 'node:dns/promises';\n" },
};

/** A breach between folders is reported by their names. */
const isIn = (files: Files, from: string): boolean =>
  Object.keys(files).some((path) => path === from || path.startsWith(`${from}/`));

/** Rules whose breaches are looked for together, in one tree. A file has one breach, and whatever is about cycles is alone. */
function* batches(): Iterable<readonly string[]> {
  let batch: string[] = [];
  let used = new Set<string>();
  for (const [rule, files] of Object.entries(breaches)) {
    const paths = Object.keys(files);
    if (rule.startsWith('no-cycles')) {
      yield [rule];
      continue;
    }
    if (paths.some((path) => used.has(path))) {
      yield batch;
      batch = [];
      used = new Set();
    }
    batch.push(rule);
    for (const path of paths) used.add(path);
  }
  yield batch;
}

function treeWith(...files: readonly Files[]): TemporaryCheckout {
  const tree = temporaryCheckout();
  tree.copy('.dependency-cruiser.js');
  tree.write({ 'package.json': JSON.stringify({ type: 'module' }) });
  for (const name of libraries)
    tree.link(`packages/shared/node_modules/${name}`, join(checkout, 'packages/shared/node_modules', name));
  tree.link('node_modules/mailparser', join(checkout, 'node_modules/mailparser'));
  tree.link('node_modules/smtp-server', join(checkout, 'packages/shared/node_modules/smtp-server'));
  for (const name of ['shared', 'planner', 'proving', 'mailpair', 'inbound-gateway', 'outbound-gateway'])
    tree.link(`node_modules/@mailpair/${name}`, `packages/${name}`);
  for (const each of [soundTree, ...files]) tree.write(each);
  return tree;
}

async function cruiseWith(...files: readonly Files[]): Promise<Cruise> {
  const tree = treeWith(...files);
  try {
    return await cruiseTree(tree.root);
  } finally {
    tree.remove();
  }
}

describe('dependency rules', () => {
  it('find nothing wrong in a sound tree, having read every file of it', async () => {
    const { modules, breaches: found } = await cruiseWith();
    expect(found).to.deep.equal([]);
    expect(modules).to.equal(Object.keys(soundTree).filter((path) => path.endsWith('.ts')).length);
  });

  for (const rules of batches())
    describe('in a tree with one breach or several', () => {
      let found: Cruise['breaches'];

      before(async () => {
        ({ breaches: found } = await cruiseWith(...rules.map((rule) => breaches[rule]!)));
      });

      for (const rule of rules)
        it(`catch a breach of ${rule}`, () => {
          expect(
            found.filter((breach) => breach.rule === rule && isIn(breaches[rule]!, breach.from)),
          ).to.have.length.greaterThan(0);
        });
    });

  describe('of this checkout', () => {
    let found: Cruise;

    before(async () => {
      found = await cruiseTree(checkout);
    });

    it('are all proven here, each with its reason', () => {
      expect([...found.reasons.keys()]).to.have.members(Object.keys(breaches));
      for (const [rule, reason] of found.reasons) expect(reason, rule).to.not.equal('');
    });

    it('read every TypeScript file of this checkout, and more than zero', () => {
      const files = globSync('{packages,test,demo,bench,tools}/**/*.ts', {
        cwd: checkout,
        exclude: ['**/node_modules/**', '**/dist/**'],
      });
      expect(found.modules).to.equal(files.length);
      expect(found.dependencies).to.be.greaterThan(0);
    });
  });
});
