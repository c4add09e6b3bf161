/** Each dependency rule catches a deliberate breach of it, and the rules really look at this checkout. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { cruiseTree } from '../../tools/dependency-rules.ts';
import { checkout, temporaryCheckout, type Files, type TemporaryCheckout } from '../support/checkout.ts';

const libraries = [
  'convict dns-packet entities find-my-way ipaddr.js libarchive-wasm lmdb mailauth nodemailer prom-client',
  'smtp-server tldts yaml',
].flatMap((line) => line.split(' '));

const manifest = (name: string, dependencies: readonly string[]): string =>
  JSON.stringify({
    name: `@mailpair/${name}`,
    exports: { './*': './src/*.ts' },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
  });

/** A tree in which every import is allowed. */
const soundTree: Files = {
  'packages/shared/package.json': manifest('shared', libraries),
  'packages/inbound-gateway/package.json': manifest('inbound-gateway', [
    '@mailpair/shared',
    '@mailpair/outbound-gateway',
  ]),
  'packages/outbound-gateway/package.json': manifest('outbound-gateway', ['@mailpair/shared']),
  'packages/shared/src/platform/values/reply.ts':
    "import { domainToASCII } from 'node:url';\nexport const reply = domainToASCII;\n",
  'packages/shared/src/filter/contract/check.ts': "export { reply } from '../values/reply.ts';\n",
  'packages/shared/src/smtp/server/listener.ts':
    "import 'smtp-server';\nexport { reply } from '../values/reply.ts';\n",
  'packages/shared/src/spool/store/lmdb-spool.ts':
    "import 'lmdb';\nexport { reply } from '../values/reply.ts';\n",
  'packages/shared/src/directory/recipients/store.ts': "import type {} from '../values/reply.ts';\n",
  'packages/shared/src/smtp/client/connection.ts': "import 'nodemailer/lib/smtp-connection';\n",
  'packages/shared/src/gateway/settle/settle.ts': "export { reply } from '../values/reply.ts';\n",
  'packages/shared/src/gateway/settle/dsn.ts': "import 'nodemailer/lib/mail-composer';\n",
  'packages/shared/src/smtp/route/route.ts': 'export {};\n',
  'packages/planner/src/plan.ts': 'export {};\n',
  'packages/shared/src/platform/metrics/metrics.ts':
    "import 'prom-client';\nexport { reply } from '../values/reply.ts';\n",
  'packages/shared/src/config/yaml.ts': "import 'yaml';\n",
  'packages/shared/src/config/merge.ts': "import 'convict';\n",
  'packages/shared/src/platform/network/addresses.ts': "import 'ipaddr.js';\n",
  'packages/shared/src/platform/http/http-routes.ts': "import 'find-my-way';\n",
  'packages/shared/src/platform/dns/registrable-domain.ts': "import 'tldts';\n",
  'packages/shared/src/filter/content/html.ts': "import 'entities';\n",
  'packages/shared/src/filter/content/archives/libarchive.ts': "import 'libarchive-wasm';\n",
  'packages/shared/src/platform/dns/dns-query.ts': "import 'dns-packet';\n",
  'packages/shared/src/platform/dns/resolver.ts': "import 'node:dns';\nimport 'node:dns/promises';\n",
  'packages/shared/src/filter/pipeline/judging.ts': "import '../judge/check.ts';\n",
  'packages/shared/src/gateway/sign/signing.ts': 'export {};\n',
  'packages/shared/src/gateway/dispatch/dispatch.ts':
    "import '../judging/judging.ts';\nimport '../signing/signing.ts';\n",
  'packages/shared/src/gateway/intake/intake.ts':
    "import '../accept/listener.ts';\nimport '../queue/lmdb-spool.ts';\nimport '../dispatch/dispatch.ts';\n",
  'packages/shared/src/gateway/workers/slot.ts': "import '../intake/intake.ts';\n",
  'packages/shared/src/api/api.ts': "import '../workers/slot.ts';\n",
  'packages/shared/src/gateway/compose/gateway.ts': "import '../control/api.ts';\n",
  'packages/mailpair/src/main.ts': "import '../control/api.ts';\n",
  'packages/inbound-gateway/src/gateway.ts': "import '@mailpair/shared/gateway/intake/intake';\n",
  'packages/outbound-gateway/src/gateway.ts': "import '@mailpair/shared/gateway/intake/intake';\n",
  'test/shared/intake/intake.test.ts':
    "import '@mailpair/shared/gateway/intake/intake';\nimport 'smtp-server';\n",
};

/** By rule, one file that breaks it. */
const breaches: Readonly<Record<string, Files>> = {
  'gateways-never-meet': {
    'packages/inbound-gateway/src/main.ts': "import '@mailpair/outbound-gateway/gateway';\n",
  },
  'shared-knows-no-gateway': {
    'packages/shared/src/gateway/dispatch/dispatch.ts': "import '../../../inbound-gateway/src/gateway.ts';\n",
  },
  'shared-by-name': {
    'packages/inbound-gateway/src/main.ts': "import '../../shared/src/intake/intake.ts';\n",
  },
  'values-know-nothing': {
    'packages/shared/src/platform/values/address.ts': "import '../system/log.ts';\n",
  },
  'judge-knows-values-only': {
    'packages/shared/src/filter/contract/combine.ts': "import '../system/log.ts';\n",
  },
  'stages-never-meet': {
    'packages/shared/src/smtp/client/classify.ts': "import type {} from '../route/route.ts';\n",
  },
  'folder-without-a-place': {
    'packages/shared/src/utils/pad.ts': 'export {};\n',
    'packages/shared/src/gateway/dispatch/dispatch.ts': "import '../utils/pad.ts';\n",
  },
  'system-knows-no-stage': {
    'packages/shared/src/platform/process/lifecycle.ts': "import '../pair/plan.ts';\n",
  },
  'stages-know-no-joint': {
    'packages/shared/src/smtp/server/limits.ts': "import '../intake/intake.ts';\n",
  },
  'below-signing': {
    'packages/shared/src/filter/policies/policies.ts': "import type {} from '../signing/signing.ts';\n",
  },
  'below-dispatch': {
    'packages/shared/src/gateway/sign/key-watch.ts': "import '../dispatch/dispatch.ts';\n",
  },
  'below-intake': {
    'packages/shared/src/gateway/dispatch/turns.ts': "import '../intake/intake.ts';\n",
  },
  'below-workers': {
    'packages/shared/src/gateway/intake/relay.ts': "import '../workers/slot.ts';\n",
  },
  'below-control': {
    'packages/shared/src/gateway/workers/adopt.ts': "import '../control/api.ts';\n",
  },
  'below-gateway': {
    'packages/shared/src/control/status.ts': "import type {} from '../gateway/gateway.ts';\n",
  },
  'cli-is-the-top': {
    'packages/shared/src/gateway/dispatch/dispatch.ts': "import '../cli/main.ts';\n",
  },
  'rehearse-is-near-the-top': {
    'packages/proving/src/rehearse/world.ts': 'export {};\n',
    'packages/shared/src/api/api.ts': "import '../rehearse/world.ts';\n",
  },
  'rehearse-and-prove-never-meet': {
    'packages/proving/src/rehearse/world.ts': 'export {};\n',
    'packages/proving/src/prove/ground.ts': "import '../rehearse/world.ts';\n",
  },
  'product-knows-no-test': {
    'packages/shared/src/gateway/dispatch/dispatch.ts':
      "import '../../../../test/shared/intake/intake.test.ts';\n",
  },
  'library-without-a-home': {
    'packages/shared/src/smtp/server/message-data.ts': "import 'mailparser';\n",
  },
  'library-not-declared': {
    'packages/outbound-gateway/src/main.ts': "import 'smtp-server';\n",
  },
  'cannot-resolve': {
    'packages/inbound-gateway/src/main.ts': "import '@mailpair/shared/nowhere';\n",
  },
  'no-cycles': {
    'packages/shared/src/smtp/route/hosts.ts':
      "export type { B } from './mx-order.ts';\nexport type A = 1;\n",
    'packages/shared/src/smtp/route/mx-order.ts':
      "export type { A } from './hosts.ts';\nexport type B = 2;\n",
  },
  'home-of-smtp-server': {
    'packages/shared/src/gateway/intake/intake.ts': "import type {} from 'smtp-server';\n",
  },
  'home-of-nodemailer-smtp-connection': {
    'packages/shared/src/gateway/settle/dsn.ts': "import 'nodemailer/lib/smtp-connection';\n",
  },
  'home-of-nodemailer-mail-composer': {
    'packages/shared/src/directory/recipients/store.ts': "import type {} from '../values/reply.ts';\n",
    'packages/shared/src/smtp/client/connection.ts': "import 'nodemailer/lib/mail-composer';\n",
  },
  'home-of-lmdb': { 'packages/shared/src/spool/store/recovery.ts': "import 'lmdb';\n" },
  'home-of-mailauth': { 'packages/shared/src/filter/spf/check.ts': "import 'mailauth';\n" },
  'home-of-dns-packet': { 'packages/shared/src/pair/verify.ts': "import 'dns-packet';\n" },
  'home-of-convict': { 'packages/shared/src/config/settings.ts': "import 'convict';\n" },
  'home-of-yaml': { 'packages/shared/src/pair/dns.ts': "import 'yaml';\n" },
  'home-of-ipaddr.js': { 'packages/shared/src/smtp/server/limits.ts': "import 'ipaddr.js';\n" },
  'home-of-prom-client': { 'packages/shared/src/gateway/intake/intake.ts': "import 'prom-client';\n" },
  'home-of-find-my-way': { 'packages/shared/src/gateway/pair/partner.ts': "import 'find-my-way';\n" },
  'home-of-tldts': { 'packages/shared/src/filter/client-name/learn-reverse-name.ts': "import 'tldts';\n" },
  'home-of-entities': { 'packages/shared/src/filter/content/check.ts': "import 'entities';\n" },
  'home-of-libarchive-wasm': { 'packages/shared/src/facts/content/zip.ts': "import 'libarchive-wasm';\n" },
  'home-of-dns': { 'packages/shared/src/smtp/route/mx.ts': "import 'node:dns/promises';\n" },
};

describe('dependency rules', () => {
  let tree: TemporaryCheckout;

  beforeEach(() => {
    tree = temporaryCheckout();
    tree.copy('.dependency-cruiser.js');
    tree.write({ 'package.json': JSON.stringify({ type: 'module' }) });
    for (const name of libraries)
      tree.link(`packages/shared/node_modules/${name}`, join(checkout, 'packages/shared/node_modules', name));
    tree.link('node_modules/mailparser', join(checkout, 'node_modules/mailparser'));
    tree.link('node_modules/smtp-server', join(checkout, 'packages/shared/node_modules/smtp-server'));
    for (const name of ['shared', 'inbound-gateway', 'outbound-gateway'])
      tree.link(`node_modules/@mailpair/${name}`, `packages/${name}`);
    tree.write(soundTree);
  });

  afterEach(() => {
    tree.remove();
  });

  it('find nothing wrong in a sound tree, having read every file of it', async () => {
    const { modules, breaches: found } = await cruiseTree(tree.root);
    expect(found).to.deep.equal([]);
    expect(modules).to.equal(Object.keys(soundTree).filter((path) => path.endsWith('.ts')).length);
  });

  for (const [rule, files] of Object.entries(breaches)) {
    it(`catch a breach of ${rule}`, async () => {
      tree.write(files);
      const { breaches: found } = await cruiseTree(tree.root);
      expect(
        found.filter((breach) => breach.rule === rule && breach.from in files),
      ).to.have.length.greaterThan(0);
    });
  }

  it('are all proven here, each with its reason', async () => {
    const { reasons } = await cruiseTree(checkout);
    expect([...reasons.keys()]).to.have.members(Object.keys(breaches));
    for (const [rule, reason] of reasons) expect(reason, rule).to.not.equal('');
  });

  it('read every TypeScript file of this checkout, and more than zero', async () => {
    const { modules, dependencies } = await cruiseTree(checkout);
    const files = globSync('{packages,test,demo,bench,tools}/**/*.ts', {
      cwd: checkout,
      exclude: ['**/node_modules/**', '**/dist/**'],
    });
    expect(modules).to.equal(files.length);
    expect(dependencies).to.be.greaterThan(0);
  });
});
