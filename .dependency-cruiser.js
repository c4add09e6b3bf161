/**
 * What may import what. `pnpm check` enforces it, test/tools/dependency-rules.test.ts proves every rule.
 *
 * The shape: stages do not know each other, they meet in the joints, which stand on one another; values/ knows nothing;
 * each library has one home.
 */
const shared = '^packages/shared/src';
const anyOf = (names) => `(${names.join('|')})`;
const stages = [
  ...['accept', 'recipients', 'conduct', 'facts', 'dmarc', 'judge', 'sign', 'submitters'],
  ...['route', 'send', 'queue', 'settle', 'pair'],
];
/** From the ground up: each imports only those before it. */
const joints = ['judging', 'signing', 'dispatch', 'intake', 'workers', 'control', 'gateway'];
/** What runs the product, and what is said at its command line. */
const above = ['loopback', 'lab', 'rehearse', 'prove', 'cli'];
const overStages = `${shared}/(?:[^/]+\\.ts$|${anyOf([...joints, ...above])}/)`;

/** Where each library may be imported, as a pattern under packages/shared/src. Node's own modules count too. */
const homes = {
  'smtp-server': 'accept/(listener|mail-server|wire)\\.ts$',
  'nodemailer/smtp-connection': 'send/connection\\.ts$',
  'nodemailer/mail-composer': 'settle/dsn\\.ts$',
  lmdb: 'queue/lmdb-[^/]+\\.ts$',
  convict: 'system/config/merge\\.ts$',
  yaml: 'system/config/yaml\\.ts$',
  'ipaddr.js': 'system/addresses\\.ts$',
  'prom-client': 'system/(metrics|metrics/[^/]+)\\.ts$',
  'find-my-way': 'system/http-routes\\.ts$',
  dns: 'system/resolver\\.ts$',
  entities: 'facts/content/html\\.ts$',
  'libarchive-wasm': 'facts/content/archives/libarchive\\.ts$',
  tldts: 'system/registrable-domain\\.ts$',
  mailauth: 'facts/authentication/[^/]+\\.ts$',
  'dns-packet': 'system/dns-query\\.ts$',
};

const escape = (text) => text.replaceAll('.', '\\.');

/** How dependency-cruiser writes the file that an import of the library leads to. */
const library = (name) => {
  const [owner, part] = name.split('/');
  if (name === 'dns') return '^dns(/|$)';
  return part ? `node_modules/${owner}/.*/${part}/` : `node_modules/${escape(owner)}/`;
};

const homeRules = Object.entries(homes).map(([name, home]) => ({
  name: `home-of-${name.replace('/', '-')}`,
  comment: `${name} has one home: packages/shared/src/${home}. Ask that file for what you need.`,
  from: { path: '^packages/', pathNot: `${shared}/${home}` },
  to: { path: library(name) },
}));

const rules = [
  {
    name: 'gateways-never-meet',
    comment: 'Each gateway is installed on its own. What both need belongs in packages/shared.',
    from: { path: '^packages/([^/]+)-gateway/' },
    to: { path: '^packages/[^/]+-gateway/', pathNot: '^packages/$1-gateway/' },
  },
  {
    name: 'shared-knows-no-gateway',
    comment: 'Shared code is told what differs between the gateways; it does not ask.',
    from: { path: '^packages/shared/' },
    to: { path: '^packages/[^/]+-gateway/' },
  },
  {
    name: 'shared-by-name',
    comment: 'Published, the packages lie elsewhere: import @mailpair/shared/…, not a path into it.',
    from: { path: '^(packages/[^/]+-gateway|test|demo|bench|tools)/' },
    to: { path: `${shared}/`, dependencyTypes: ['local'] },
  },
  {
    name: 'values-know-nothing',
    comment: 'values/ is the vocabulary: it imports only itself (and node:url, which knows IDNA).',
    from: { path: `${shared}/values/` },
    to: { pathNot: [`${shared}/values/`, '^url$'] },
  },
  {
    name: 'judge-knows-values-only',
    comment: 'A check is pure: facts in, verdict out. Whoever calls it fetches the facts.',
    from: { path: `${shared}/judge/` },
    to: { pathNot: [`${shared}/(judge|values)/`] },
  },
  {
    name: 'stages-never-meet',
    comment: 'A stage never imports another stage. They meet in the joints.',
    from: { path: `${shared}/${anyOf(stages)}/` },
    to: { path: `${shared}/${anyOf(stages)}/`, pathNot: `${shared}/$1/` },
  },
  {
    name: 'folder-without-a-place',
    comment: 'A folder these rules do not know: name it in .dependency-cruiser.js, as a stage or otherwise.',
    from: {},
    to: {
      path: `${shared}/[^/]+/`,
      pathNot: `${shared}/${anyOf([...stages, 'values', 'system', ...joints, ...above])}/`,
    },
  },
  {
    name: 'system-knows-no-stage',
    comment: 'system/ is the ground under the stages: it imports itself and values/.',
    from: { path: `${shared}/system/` },
    to: { path: '^packages/', pathNot: [`${shared}/(system|values)/`, 'node_modules'] },
  },
  {
    name: 'stages-know-no-joint',
    comment: 'A joint composes stages, so no stage can need a joint.',
    from: { path: `${shared}/${anyOf(stages)}/` },
    to: { path: overStages },
  },
  {
    name: 'cli-is-the-top',
    comment: 'Commands use the product, never the other way round.',
    from: { path: `${shared}/`, pathNot: `${shared}/cli/` },
    to: { path: `${shared}/cli/` },
  },
  {
    name: 'rehearse-is-near-the-top',
    comment:
      'A rehearsal, a proof and the lab run the product from outside; only their commands use them, and none the others.',
    from: { path: `${shared}/`, pathNot: `${shared}/(loopback|lab|rehearse|prove|cli)/` },
    to: { path: `${shared}/(loopback|lab|rehearse|prove)/` },
  },
  {
    name: 'rehearse-and-prove-never-meet',
    comment: 'What a rehearsal, a proof and the lab share is in loopback/, which knows none of them.',
    from: { path: `${shared}/(loopback|lab|rehearse|prove)/` },
    to: { path: `${shared}/(lab|rehearse|prove)/`, pathNot: `${shared}/$1/` },
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
    to: { dependencyTypes: ['npm-no-pkg', 'npm-dev', 'npm-unknown'] },
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
];

const orderRules = joints.slice(1).map((joint, index) => ({
  name: `below-${joint}`,
  comment: `The joints stand on one another: ${joints.join(', ')}. None imports one above it.`,
  from: { path: `${shared}/${anyOf(joints.slice(0, index + 1))}/` },
  to: { path: `${shared}/${joint}/` },
}));

export default {
  forbidden: [...rules, ...orderRules, ...homeRules].map((rule) => ({ severity: 'error', ...rule })),
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
