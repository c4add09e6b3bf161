/**
 * The packages as a user gets them: packed, installed by npm into an empty folder, run from there with compiled
 * JavaScript only. Needs the package registry for the libraries.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { checkout, temporaryCheckout, type TemporaryCheckout } from '../support/checkout.ts';
import { runCommand, type CommandResult } from '../support/commands.ts';
import { converse, freePort, openSink, type Sink } from '../support/plain-smtp.ts';
import { skipBecause } from '../support/skip.ts';

/** What the gateways bring. `proving` is not among it. */
const packages = ['shared', 'planner', 'mailpair', 'inbound-gateway', 'outbound-gateway'] as const;

/** `env node` in the installed commands must find this Node. */
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` };

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function canResolve(resolve: (specifier: string) => string, specifier: string): boolean {
  try {
    return existsSync(resolve(specifier));
  } catch {
    return false;
  }
}

describe('the packages, installed from their tarballs', () => {
  let folder: TemporaryCheckout;

  const bin = (name: string): string => join(folder.root, 'node_modules/.bin', name);
  const installed = (name: string, ...path: string[]): string =>
    join(folder.root, 'node_modules/@mailpair', name, ...path);
  const manifest = (name: string): Manifest =>
    JSON.parse(readFileSync(installed(name, 'package.json'), 'utf8')) as Manifest;

  before(async function () {
    folder = temporaryCheckout();
    for (const name of packages) await pack(name, folder.root);
    const tarball = (name: string): string => `file:mailpair-${name}-0.1.0.tgz`;
    folder.write({
      'package.json': JSON.stringify({
        private: true,
        dependencies: {
          '@mailpair/inbound-gateway': tarball('inbound-gateway'),
          '@mailpair/outbound-gateway': tarball('outbound-gateway'),
        },
        overrides: Object.fromEntries(
          ['shared', 'planner', 'mailpair'].map((name) => [`@mailpair/${name}`, tarball(name)]),
        ),
      }),
    });
    const install = await runCommand('npm', ['install', '--no-audit', '--no-fund'], {
      cwd: folder.root,
      env,
    });
    if (/E(NOTFOUND|CONNREFUSED|TIMEDOUT|AI_AGAIN)/.test(install.stderr))
      skipBecause(this, 'no package registry can be reached from here');
    expect(install.code, install.stderr).to.equal(0);
  });

  after(() => {
    folder.remove();
  });

  it('hold no TypeScript to run, and none of the tests', () => {
    for (const name of packages) {
      const files = readdirSync(installed(name), { recursive: true, encoding: 'utf8' });
      const stray = files.filter(
        (file) => !file.startsWith('node_modules') && /(?<!\.d)\.ts$|\.test\.|tsbuildinfo/.test(file),
      );
      expect(stray, name).to.deep.equal([]);
    }
  });

  it('say what they depend on, as CycloneDX', () => {
    for (const name of packages) {
      const sbom = JSON.parse(readFileSync(installed(name, 'dist/sbom.cdx.json'), 'utf8')) as {
        readonly bomFormat: string;
        readonly components: readonly unknown[];
      };
      expect(sbom.bomFormat).to.equal('CycloneDX');
      expect(sbom.components.length, name).to.be.above(50);
    }
  });

  it('name in `bin` files that exist and start with a shebang', () => {
    for (const name of packages)
      for (const file of Object.values(manifest(name).bin ?? {}))
        expect(readFileSync(installed(name, file), 'utf8')).to.match(/^#!\/usr\/bin\/env node\n/);
  });

  it('export files that exist', () => {
    for (const name of packages)
      for (const [entry, file] of Object.entries(manifest(name).exports))
        expect(globSync(file.replace('*', '**/*'), { cwd: installed(name) }), `${name} ${entry}`).not.to.be
          .empty;
  });

  it('import of each other only what is exported', () => {
    const unresolved = packages.flatMap((name) =>
      globSync('dist/**/*.js', { cwd: installed(name) }).flatMap((file) => {
        const text = readFileSync(installed(name, file), 'utf8');
        const { resolve } = createRequire(installed(name, file));
        return [...text.matchAll(/(?:from|import\(?) ?'(@mailpair\/[^']+)'/g)]
          .map(([, specifier]) => specifier!)
          .filter(
            (specifier) => !specifier.startsWith('@mailpair/proving/') && !canResolve(resolve, specifier),
          )
          .map((specifier) => `${name}/${file}: ${specifier}`);
      }),
    );
    expect(unresolved).to.deep.equal([]);
  });

  it('ask for the same version of @mailpair/shared as they were packed with', () => {
    for (const name of ['inbound-gateway', 'outbound-gateway'])
      expect(manifest(name).dependencies).to.include({ '@mailpair/shared': '0.1.0' });
  });

  it('carry the licence and the systemd units', () => {
    for (const name of packages) expect(readdirSync(installed(name)), name).to.include('LICENSE');
    expect(readdirSync(installed('shared', 'systemd'))).to.include.members([
      'mailpair-inbound.service',
      'mailpair-outbound.service',
    ]);
  });

  it('each gateway brings the mailpair command itself', () => {
    for (const name of ['inbound-gateway', 'outbound-gateway'])
      expect(manifest(name).bin).to.have.property('mailpair');
  });

  describe('the mailpair command that a gateway brings', () => {
    const mailpair = (...words: readonly string[]): Promise<CommandResult> =>
      runCommand(bin('mailpair'), [...words, '--config', join(folder.root, 'mailpair.yaml')], { env });

    before(() => {
      folder.write({ 'mailpair.yaml': configuration(folder.root, 2525, 2526) });
    });

    it('plans DNS', async () => {
      const { code, stdout, stderr } = await mailpair('dns', 'plan');
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/^example\.com\.\s.*\sMX\s+10 mx-in\.example\.com\.$/m);
    });

    it('comes without @mailpair/proving, and says how to install it', async () => {
      expect(existsSync(installed('proving'))).to.equal(false);
      const { code, stderr } = await mailpair('rehearse');
      expect(code).to.equal(2);
      expect(stderr).to.include('npm install @mailpair/proving@0.1.0');
    });
  });

  for (const command of ['inbound-gateway', 'outbound-gateway', 'mailpair'])
    it(`${command} --help says how to use it`, async () => {
      const { code, stdout, stderr } = await runCommand(bin(command), ['--help'], { cwd: folder.root, env });
      expect(code, stderr).to.equal(0);
      expect(stdout).to.include('--config');
    });

  for (const command of ['inbound-gateway', 'outbound-gateway', 'mailpair'])
    it(`${command} --version says it, and what is needed where Node is too old`, async function () {
      expect((await runCommand(bin(command), ['--version'], { env })).stdout).to.equal('0.1.0\n');
      const old = await oldNode();
      if (old === undefined)
        skipBecause(this, 'no Node older than 24 in PATH, such as Debian’s package nodejs');
      const { code, stdout, stderr } = await runCommand(old.path, [bin(command), '--version'], { env });
      expect([code, stdout, stderr]).to.deep.equal([
        2,
        '',
        `${command}: needs Node 24 or later, this is ${old.version}\n`,
      ]);
    });

  describe('an inbound gateway', () => {
    let sink: Sink;
    let gateway: ChildProcess | undefined;

    before(async () => {
      sink = await openSink();
    });

    after(async () => {
      if (gateway && gateway.exitCode === null) {
        gateway.kill('SIGTERM');
        await once(gateway, 'exit');
      }
      await sink.close();
    });

    it('relays a message to the local server, stops when told, and has a queue to list', async () => {
      const port = await freePort();
      folder.write({ 'mailpair.yaml': configuration(folder.root, port, sink.port) });
      mkdirSync(join(folder.root, 'spool-inbound'), { recursive: true });
      const config = ['--config', join(folder.root, 'mailpair.yaml')];
      expect(await runCommand(bin('mailpair'), ['config', 'check', ...config], { env })).to.include({
        code: 0,
      });
      if (process.getuid?.() === 0) {
        const { code, stderr } = await runCommand(bin('inbound-gateway'), config, { env });
        expect(code).to.equal(2);
        expect(stderr).to.include('does not run as root: start it as the account that owns its spool');
        config.push('--allow-root');
      }
      gateway = spawn(bin('inbound-gateway'), config, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      await started(gateway);
      const replies = await converse(port, [
        'EHLO client.test',
        'MAIL FROM:<alice@example.org>',
        'RCPT TO:<bob@example.com>',
        'DATA',
        'Subject: packed\r\n\r\nHello from a tarball\r\n.',
        'QUIT',
      ]);
      expect(replies.map((reply) => reply.slice(0, 3))).to.deep.equal([
        '220',
        '250',
        '250',
        '250',
        '354',
        '250',
        '221',
      ]);
      expect(sink.messages).to.have.length(1);
      expect(sink.messages[0]).to.match(/^Received: [^]*\nSubject: packed\n\nHello from a tarball$/);
      gateway.kill('SIGTERM');
      expect(await once(gateway, 'exit')).to.deep.equal([0, null]);
      const listed = await runCommand(bin('mailpair'), ['queue', 'list', ...config.slice(0, 2)], { env });
      expect(listed.code, listed.stderr).to.equal(0);
    });
  });
});

/** One in PATH that is too old. */
async function oldNode(): Promise<{ readonly path: string; readonly version: string } | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    if (!existsSync(path)) continue;
    const version = (await runCommand(path, ['--version'], { env })).stdout.trim().slice(1);
    if (Number(version.split('.')[0]) < 24) return { path, version };
  }
  return undefined;
}

async function pack(name: string, destination: string): Promise<CommandResult> {
  const cwd = join(checkout, 'packages', name);
  const result = await runCommand('npx', ['--yes', 'pnpm@12', 'pack', '--pack-destination', destination], {
    cwd,
    env,
  });
  rmSync(join(cwd, 'dist'), { recursive: true, force: true });
  expect(result.code, result.stdout + result.stderr).to.equal(0);
  return result;
}

function configuration(folder: string, port: number, sinkPort: number): string {
  return `
domains: [example.com]
inbound:
  host: mx-in.example.com
  addresses: [192.0.2.10]
  listen: ["127.0.0.1:${port}"]
  spool: ${folder}/spool-inbound
  workers: 2
outbound:
  host: mx-out.example.com
  addresses: [192.0.2.20]
  listen: { submission: ["127.0.0.1:2587"], mx: ["127.0.0.1:2525"] }
  trusted: [127.0.0.0/8]
  spool: ${folder}/spool-outbound
localServers: ["127.0.0.1:${sinkPort}"]
`;
}

/** Resolves when the gateway logs that it has started; rejects, with what it said, when it ends instead. */
function started(gateway: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      if (said.includes('gateway.started')) resolve();
    };
    gateway.stdout?.on('data', listen);
    gateway.stderr?.on('data', listen);
    gateway.once('exit', (code) => {
      reject(new Error(`the gateway ended with ${code} and said:\n${said}`));
    });
  });
}
