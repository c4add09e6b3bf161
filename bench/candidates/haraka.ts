/**
 * Haraka, as npm installs it, in one process, with the configuration that it ships and no plugin but what makes it a
 * relay or a queue. It runs on the Node that runs the bench.
 */
import { copyFileSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { freePorts } from '../../test/support/ports.ts';
import type { Candidate, Place, RunningCandidate } from '../candidate.ts';
import { cpuMsOf, memoryOf } from '../process-tree.ts';
import { endOf, outputOf, pathOf, startProgram, untilGreeting } from '../program.ts';

const shared = {
  isReference: false,
  isNode: false,
  idleConnections: 10_000,
  version,
  obstacle,
} as const;

/** Its plugin queue/smtp_forward hands each message to the sink before the 250. */
export const harakaRelay: Candidate = {
  ...shared,
  name: 'Haraka smtp_forward',
  kind: 'relay',
  recipient: 'user@hosted.example',
  start: (place) => startHaraka(place, ['rcpt_to.in_host_list', 'queue/smtp_forward']),
};

/** Each message is written into its queue before the 250. */
export const harakaQueue: Candidate = {
  ...shared,
  name: 'Haraka outbound',
  kind: 'queue',
  recipient: 'user@elsewhere.example',
  start: (place) => startHaraka(place, ['to_the_sink']),
};

function obstacle(): string | null {
  return pathOf('haraka') === null ? 'Haraka is missing: npm install --global haraka' : null;
}

const program = (): string => realpathSync(pathOf('haraka')!);
const home = (): string => dirname(dirname(program()));

function version(): string {
  const about = JSON.parse(readFileSync(join(home(), 'package.json'), 'utf8')) as { version: string };
  return `Haraka ${about.version}`;
}

async function startHaraka(place: Place, plugins: readonly string[]): Promise<RunningCandidate> {
  const [port = 0] = await freePorts(1);
  await furnish(place, port, plugins);
  const output = join(place.directory, 'said');
  const haraka = await startProgram([...place.under, process.execPath, program(), '-c', place.directory], {
    output,
  });
  const lastWords = (): string => endOf(output);
  await untilGreeting(port, () => haraka.ended !== undefined, lastWords);
  return {
    port,
    cpuMs: () => cpuMsOf(haraka.pid),
    memory: () => memoryOf(haraka.pid),
    lastWords,
    stop: () => haraka.stop(),
  };
}

async function furnish(place: Place, port: number, plugins: readonly string[]): Promise<void> {
  const { directory, sinkPort, certificate } = place;
  for (const folder of ['config', 'plugins', 'queue'])
    await mkdir(join(directory, folder), { recursive: true });
  const shipped = join(home(), 'config');
  for (const file of readdirSync(shipped))
    if (statSync(join(shipped, file)).isFile())
      copyFileSync(join(shipped, file), join(directory, 'config', file));
  const files = {
    'config/me': 'mx.hosted.example\n',
    'config/smtp.ini': `listen=127.0.0.1:${port}\nnodes=0\n`,
    'config/host_list': 'hosted.example\n',
    'config/plugins': `${[...(certificate ? ['tls'] : []), ...plugins].join('\n')}\n`,
    'config/smtp_forward.ini': `host=127.0.0.1\nport=${sinkPort}\n`,
    'plugins/to_the_sink.js': `
exports.hook_connect = (next, connection) => { connection.relaying = true; next(); };
exports.hook_rcpt = (next) => next(OK);
exports.hook_get_mx = (next) => next(OK, { exchange: '127.0.0.1', port: ${sinkPort}, priority: 0 });
`,
  };
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text);
  if (!certificate) return;
  copyFileSync(certificate.certFile, join(directory, 'config/tls_cert.pem'));
  copyFileSync(certificate.keyFile, join(directory, 'config/tls_key.pem'));
  await writeFile(join(directory, 'config/dhparams.pem'), outputOf('openssl', ...dhParameters));
}

/** Well-known ones (RFC 7919), which TLS 1.3 does not use: without any it makes its own, for a minute of CPU. */
const dhParameters = ['genpkey', '-genparam', '-algorithm', 'DH', '-pkeyopt', 'group:ffdhe2048'];
