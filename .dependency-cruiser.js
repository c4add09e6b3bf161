/**
 * What may import what. `pnpm check` enforces it, test/tools/dependency-rules.test.ts breaks every rule on purpose.
 *
 * The packages and the layers of packages/shared stand on one another: each imports only earlier ones. Each library has one home.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const anyOf = (names) => `(${names.join('|')})`;

/** Each package imports only earlier ones; the two gateways import each other never. */
const packages = ['shared', 'planner', 'proving', 'mailpair', 'inbound-gateway', 'outbound-gateway'];
/** The folders of packages/shared/src, from the ground up. */
const layers = [
  ...['platform', 'dns-records', 'config', 'smtp', 'spool'],
  ...['directory', 'filter', 'gateway', 'api'],
];
/** The folders of the layer gateway, from the ground up. */
const gatewayParts = [
  ...['pair', 'settle', 'sign', 'dispatch', 'quarantine', 'intake', 'workers', 'compose'],
];

const shared = '^packages/shared/src';
const filter = `${shared}/filter`;

/** Where each library may be imported, as a pattern under packages/. Node's own modules count too. */
const homes = {
  'smtp-server': 'shared/src/smtp/server/(listener|mail-server|wire)\\.ts$',
  'nodemailer/smtp-connection': 'shared/src/smtp/client/connection\\.ts$',
  'nodemailer/mail-composer': 'shared/src/gateway/settle/dsn\\.ts$',
  lmdb: 'shared/src/spool/store/lmdb-[^/]+\\.ts$',
  convict: 'shared/src/config/(read/)?merge\\.ts$',
  yaml: 'shared/src/config/(read/)?yaml\\.ts$',
  'ipaddr.js': 'shared/src/platform/network/addresses\\.ts$',
  'prom-client': 'shared/src/(platform/metrics/[^/]+|filter/[^/]+/metrics)\\.ts$',
  'find-my-way': 'shared/src/platform/http/http-routes\\.ts$',
  dns: 'shared/src/platform/dns/[^/]+\\.ts$',
  entities: 'shared/src/filter/content/html\\.ts$',
  'libarchive-wasm': 'shared/src/filter/content/archives/libarchive\\.ts$',
  tldts: 'shared/src/platform/dns/registrable-domain\\.ts$',
  mailauth: 'shared/src/filter/(spf|dkim-dmarc-arc)/[^/]+\\.ts$',
  'dns-packet': 'shared/src/platform/dns/[^/]+\\.ts$',
};

/** The entries that a package publishes, as patterns of the files of its source. */
function entriesOf(name) {
  const manifest = join(import.meta.dirname, 'packages', name, 'package.json');
  if (!existsSync(manifest)) return [];
  const { publishConfig } = JSON.parse(readFileSync(manifest, 'utf8'));
  return Object.keys(publishConfig?.exports ?? {}).map(
    (entry) => `^packages/${name}/src/${escape(entry.slice(2)).replace('*', '.+')}\\.ts$`,
  );
}

const escape = (text) => text.replaceAll('.', '\\.');

/** How dependency-cruiser writes the file that an import of the library leads to. */
const library = (name) => {
  const [owner, part] = name.split('/');
  if (name === 'dns') return '^dns(/|$)';
  return part ? `node_modules/${owner}/.*/${part}/` : `node_modules/${escape(owner)}/`;
};

const homeRules = Object.entries(homes).map(([name, home]) => ({
  name: `home-of-${name.replace('/', '-')}`,
  comment: `${name} has one home: packages/${home}. Ask that file for what you need.`,
  from: { path: '^packages/', pathNot: `^packages/${home}` },
  to: { path: library(name) },
}));

/** One rule for each step of an order: what is below a name does not import it. */
const orderRules = (names, root, comment) =>
  names.slice(1).map((name, index) => ({
    name: `below-${name}`,
    comment: `${comment}: ${names.join(' → ')}.`,
    from: { path: `${root}/${anyOf(names.slice(0, index + 1))}/` },
    to: { path: `${root}/${name}/`, pathNot: 'node_modules' },
  }));

const rules = [
  {
    name: 'gateways-never-meet',
    comment: 'Each gateway is installed on its own. What both need belongs in packages/shared.',
    from: { path: '^packages/([^/]+)-gateway/' },
    to: { path: '^packages/[^/]+-gateway/', pathNot: '^packages/$1-gateway/' },
  },
  ...orderRules(packages.slice(0, 4), '^packages', 'Each package imports only earlier ones'),
  {
    name: 'gateways-are-the-top',
    comment: 'What differs between the gateways is an argument; no other package imports a gateway.',
    from: { path: `^packages/${anyOf(packages.slice(0, 4))}/` },
    to: { path: '^packages/[^/]+-gateway/' },
  },
  {
    name: 'gateways-do-not-install-proving',
    comment: 'A gateway is installed without @mailpair/proving, which would be missing then.',
    from: { path: '^packages/[^/]+-gateway/' },
    to: { path: '^packages/(proving|planner)/' },
  },
  {
    name: 'package-by-name',
    comment: 'Published, the packages lie elsewhere: import @mailpair/PACKAGE/…, not a path into it.',
    from: { path: '^(?:packages/([^/]+)|test|demo|bench|tools)/' },
    to: { path: '^packages/[^/]+/src/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
  },
  {
    name: 'published-entries',
    comment:
      'When installed, a package offers only the entries in publishConfig.exports of its package.json. Import one of these, ' +
      'move the code to the package that uses it, or add an entry there (packages/shared has at most 25).',
    from: { path: '^packages/([^/]+)/src/' },
    to: { path: '^packages/[^/]+/src/', pathNot: ['^packages/$1/', ...packages.flatMap(entriesOf)] },
  },
  ...orderRules(layers, shared, 'Each layer of packages/shared imports only earlier ones'),
  ...orderRules(
    gatewayParts,
    `${shared}/gateway`,
    'Each part of the layer gateway imports only earlier ones',
  ),
  {
    name: 'folder-without-a-place',
    comment: 'A folder these rules do not know: name it in .dependency-cruiser.js, as a layer or a package.',
    from: {},
    to: {
      path: [`${shared}/[^/]+/`, `${shared}/gateway/[^/]+/`, '^packages/[^/]+/'],
      pathNot: [
        `${shared}/${anyOf(layers.filter((name) => name !== 'gateway'))}/`,
        `${shared}/gateway/${anyOf(gatewayParts)}/`,
        `^packages/${anyOf(packages.slice(1))}/`,
        'node_modules',
      ],
    },
  },
  {
    name: 'values-know-nothing',
    comment: 'platform/values is the vocabulary: it imports only itself (and node:url, which knows IDNA).',
    from: { path: `${shared}/platform/values/` },
    to: { pathNot: [`${shared}/platform/values/`, '^(url|crypto)$'] },
  },
  {
    name: 'smtp-parts-never-meet',
    comment: 'Server, client and route do not know each other. They meet in the layer gateway.',
    from: { path: `${shared}/smtp/([^/]+)/` },
    to: { path: `${shared}/smtp/[^/]+/`, pathNot: `${shared}/smtp/$1/` },
  },
  {
    name: 'store-knows-no-schedule',
    comment: 'The order over the spool is built on its store, never the other way round.',
    from: { path: `${shared}/spool/store/` },
    to: { path: `${shared}/spool/schedule/` },
  },
  {
    name: 'directory-parts-never-meet',
    comment: 'Recipients, submitters and sign-ins do not know each other.',
    from: { path: `${shared}/directory/([^/]+)/` },
    to: { path: `${shared}/directory/[^/]+/`, pathNot: `${shared}/directory/$1/` },
  },
  {
    name: 'contract-knows-no-subject',
    comment:
      'What a check and a learner are stands below the subjects of the filter, and knows none of them.',
    from: { path: `${filter}/(contract|mime)/` },
    to: { path: `${filter}/`, pathNot: `${filter}/(contract|mime)/` },
  },
  {
    name: 'subjects-know-no-pipeline',
    comment: 'The pipeline puts the subjects of the filter together, so no subject can need it.',
    from: { path: `${filter}/`, pathNot: `${filter}/pipeline/` },
    to: { path: `${filter}/pipeline/` },
  },
  {
    name: 'checks-are-pure',
    comment: 'A check is pure: facts in, findings out. A learner (learn.ts) fetches the facts.',
    from: { path: `${filter}/[^/]+/[^/]*check\\.ts$` },
    to: {
      pathNot: [`${filter}/`, `${shared}/platform/values/`],
    },
  },
  {
    name: 'checks-ask-nobody',
    comment: 'A check does not import what learns by I/O, nor what is kept.',
    from: { path: `${filter}/[^/]+/[^/]*check\\.ts$` },
    to: { path: `${filter}/.*/(?:learn|open|state|subject)[^/]*\\.ts$` },
  },
  {
    name: 'nouns-never-meet-the-table',
    comment: 'The framework of the command knows no verb; verbs.ts names them all.',
    from: { path: '^packages/mailpair/src/framework/' },
    to: { path: '^packages/mailpair/src/', pathNot: '^packages/mailpair/src/framework/' },
  },
  {
    name: 'rehearse-and-prove-never-meet',
    comment: 'What a rehearsal, a proof and the lab share is in loopback/, which knows none of them.',
    from: { path: '^packages/proving/src/([^/]+)/' },
    to: { path: '^packages/proving/src/(lab|rehearse|prove)/', pathNot: '^packages/proving/src/$1/' },
  },
  {
    name: 'product-knows-no-test',
    comment: 'What is published does not contain test, demo, bench and tools.',
    from: { path: '^packages/' },
    to: { path: '^(test|demo|bench|tools)/' },
  },
  {
    name: 'library-without-a-home',
    comment: 'A library that .dependency-cruiser.js gives no home: name one there, or do without.',
    from: { path: '^packages/' },
    to: { path: 'node_modules/', pathNot: Object.keys(homes).map(library) },
  },
  {
    name: 'library-not-declared',
    comment:
      'Not among the dependencies in the package.json of the importing package: it would be missing when installed.',
    from: { path: '^packages/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'cannot-resolve',
    comment: 'This import leads nowhere: a wrong path, or a package that is not installed.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-cycles',
    comment: 'Files that import each other, if only types, are one file or want a third.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-cycles-of-folders',
    comment: 'Folders that import each other are one folder, or a file of one belongs in the other.',
    scope: 'folder',
    from: { path: '^packages/' },
    to: { circular: true },
  },
];

export default {
  forbidden: [...rules, ...homeRules].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    // Type-only imports count.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^packages/[^/]+/dist/' },
    // Without these two, `@mailpair/shared/…` resolves to nothing and is not followed.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
