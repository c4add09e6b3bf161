/**
 * Writes the documents that follow from the code: docs/configuration.md from the table of keys, docs/commands.md from the table of
 * verbs, docs/openapi.json from the table of routes, and the graph in docs/architecture.md from the imports; and those that follow
 * from bench/results/latest.json: the table of bench/README.md and the chart docs/benchmark.svg. `--check` writes nothing and exits 1
 * when one is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { globalOptionsHelp } from '@mailpair/mailpair/framework/help';
import { verbs } from '@mailpair/mailpair/verbs';
import { composeOpenApi } from '@mailpair/shared/api/openapi';
import { plain } from '@mailpair/shared/config/schema/findings';
import { envNameOf, keyOf, keyPaths, restartsOf } from '@mailpair/shared/config/keys';
import type { KeyPath } from '@mailpair/shared/config/keys';
import { packageVersion } from '@mailpair/shared/platform/process/package-version';
import { format, resolveConfig } from 'prettier';
import { composeChart } from '../bench/chart.ts';
import { insertTable, readResult } from '../bench/keep.ts';
import { composeTables } from '../bench/table.ts';
import { drawGraph } from './layer-graph.ts';

const root = new URL('../', import.meta.url);
const refresh = 'npx pnpm@12 run docs';

const documents: Readonly<Record<string, () => string | Promise<string>>> = {
  'docs/architecture.md': composeArchitecture,
  'docs/configuration.md': composeConfiguration,
  'docs/commands.md': composeCommands,
  'docs/openapi.json': () => JSON.stringify(composeOpenApi(packageVersion())),
  'docs/benchmark.svg': () => composeChart(readResult()),
  'bench/README.md': () =>
    insertTable(readFileSync(new URL('bench/README.md', root), 'utf8'), composeTables(readResult())),
};

/** The graph between the two marks is drawn anew; the rest is written by hand. */
async function composeArchitecture(): Promise<string> {
  const text = readFileSync(new URL('docs/architecture.md', root), 'utf8');
  const marks = /(<!-- graph: made by [^>]*-->\n)[^]*(<!-- end of graph -->)/;
  if (!marks.test(text)) throw new Error('docs/architecture.md has no marks around the graph of the layers');
  const graph = await drawGraph(fileURLToPath(root));
  return text.replace(marks, (_, begin: string, end: string) => `${begin}\n${graph}\n\n${end}`);
}

function composeConfiguration(): string {
  const example = readFileSync(new URL('packages/shared/mailpair.example.yaml', root), 'utf8').trim();
  return `
# Configuration

_Made from the code by \`${refresh}\`; edit the sections in \`packages/shared/src/config/sections\` instead._

One file describes the pair and is the same on both hosts: \`/etc/mailpair/mailpair.yaml\`, or what \`--config FILE\`
or \`MAILPAIR_CONFIG\` names. \`mailpair config check\` tells every fault at once, each with its fix;
\`mailpair config show\` tells what is in effect and where each value comes from.

## A complete example

\`\`\`yaml
${example}
\`\`\`

## Which value wins

Later ones win: the default, then the file, then the environment variable, then \`--set\`.

- **Environment**: \`MAILPAIR_\` and the key in capitals, its words and groups joined by \`_\`:
  \`smtp.maxMessage\` is \`MAILPAIR_SMTP_MAX_MESSAGE\`. Lists are separated by commas
  (\`MAILPAIR_DOMAINS=example.com,example.org\`), routes are \`domain=url\` separated by commas. An empty variable
  counts as not set. Items that are mappings can be written in the file and with \`--set\` only.
- **\`--set key.path=value\`**, as often as needed, the value read as YAML: \`--set smtp.maxMessage=25MB\`,
  \`--set 'domains=[example.com, example.org]'\`. \`--set key.path=\` puts the default back.
  \`--set routes.example.net=smtp://127.0.0.1:2526\` adds one route to the others.
- A key without a value counts as not given. A list of one item may be written without brackets.

## When a change takes effect

\`mailpair reload\`, or SIGHUP to a gateway, applies every key of the changed file but those that are marked "Needs a restart".
It tells which keys changed. The environment and \`--set\` are those that the gateway was started with.

## Units

- **Durations** are a whole number and a unit: \`250ms\`, \`30s\`, \`5m\`, \`4h\`, \`5d\`.
- **Sizes** are a whole number and a unit: \`500B\`, \`256KB\`, \`25MB\`, \`1GB\`, \`1TB\`. They count in 1024s:
  1KB is 1024 bytes, 1MB is 1024KB.
- A number without a unit is refused: nobody should have to guess.
- **Addresses**: IPv6 stands in brackets where a port may follow, and then in quotes: \`"[::]:25"\`.
- **Files** are named by absolute paths. Secrets stand in files of their own, never here.

## Which host needs which file

Both hosts open \`tls.certFile\`, \`tls.keyFile\`, \`pair.secretFile\` and the recipients files; only outbound opens
\`outbound.users\` and the password files of routes. A gateway refuses to start without its files.
\`mailpair config check --role inbound\` (or \`outbound\`) checks as that gateway would; without \`--role\` nobody knows
which host this is, so files that are missing or unfit are warnings.

${sections().join('\n')}`;
}

/** One section for each top-level name; a group has one below it for each of its keys. */
function sections(): string[] {
  const groups = Map.groupBy(keyPaths, (path) => path.split('.')[0]!);
  return [...groups].map(([group, paths]) => {
    const members = paths.map((path) => (path === group ? body(path) : `### ${path}\n\n${body(path)}`));
    return [`## ${group}`, '', ...members].join('\n');
  });
}

function body(path: KeyPath): string {
  const { doc, format, usual, required, example } = keyOf(path);
  const value = required ? 'none, it must be given' : usual === null ? 'none' : code(written(usual));
  return [
    doc,
    '',
    `- Value: ${format.expects}`,
    `- Default: ${value}`,
    `- Environment: ${code(envNameOf(path))}`,
    `- Example: ${code(example)}`,
    ...restartLine(path),
    '',
  ].join('\n');
}

const restartLine = (path: KeyPath): string[] => {
  const roles = restartsOf(path);
  return roles.length > 0 ? [`- Needs a restart: of ${roles.join(' and ')}`] : [];
};

const code = (text: string): string => `\`${text}\``;

const written = (usual: unknown): string =>
  typeof usual === 'string' ? usual : JSON.stringify(plain(usual));

async function composeCommands(): Promise<string> {
  const loaded = await Promise.all(verbs.map(async (listed) => ({ ...listed, ...(await listed.load()) })));
  return `
# The mailpair command

_Made from the code by \`${refresh}\`; edit the verbs in \`packages/mailpair/src\` instead._

From a checkout: \`npx pnpm@12 mailpair VERB …\`. Installed: \`mailpair VERB …\`.

| Verb | |
| --- | --- |
${verbs.map(({ name, summary }) => `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${summary.replaceAll('|', '\\|')} |`).join('\n')}

\`\`\`
${globalOptionsHelp}
\`\`\`

${loaded.map(({ name, usage, help }) => `## ${name}\n\n\`\`\`\nmailpair ${usage}\n\n${help.trim()}\n\`\`\`\n`).join('\n')}`;
}

const parsers: Readonly<Record<string, string>> = { '.md': 'markdown', '.json': 'json' };

async function main(check: boolean): Promise<number> {
  let stale = 0;
  for (const [path, compose] of Object.entries(documents)) {
    const file = new URL(path, root);
    const options = await resolveConfig(file);
    const parser = parsers[extname(path)];
    const text = parser ? await format(await compose(), { ...options, parser }) : await compose();
    if (text === readIfThere(file)) continue;
    stale++;
    if (check) console.error(`${path} is stale; refresh it: ${refresh}`);
    else writeFileSync(file, text);
    if (!check) console.error(`${path} written`);
  }
  return check && stale > 0 ? 1 : 0;
}

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

process.exitCode = await main(process.argv.includes('--check'));
