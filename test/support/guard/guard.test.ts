/** The guard, with mocha run as a process of its own on tests that break it on purpose. */
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { checkout, temporaryCheckout, type TemporaryCheckout } from '../checkout.ts';
import { runCommand } from '../commands.ts';
import { foreignPath, isForeignName, isForeignResolver } from './foreign.ts';
import { UNGUARDED } from './report.ts';

const gateway = JSON.stringify(join(checkout, 'packages/inbound-gateway/src/main.ts'));

/** The body of a test, and what the guard says of it. */
const breaches: Record<string, [body: string, said: RegExp]> = {
  'reads a file': ["fs.readFileSync('/etc/mailpair/dkim/example.com/a.pem')", /opens \/etc\/mailpair\/dkim/],
  'looks for a file': [
    "fs.existsSync('/var/spool/mailpair-inbound')",
    /opens \/var\/spool\/mailpair-inbound/,
  ],
  'reads with promises': ["await readdir('/var/../etc/mailpair')", /opens \/etc\/mailpair/],
  'reads with a callback': ["fs.stat('/var/lib', () => {})", /opens \/var\/lib/],
  'moves a file': ["fs.renameSync('/nowhere/a', '/var/tmp/a')", /opens \/var\/tmp\/a/],
  'looks up a name': ["await lookup('mail.internal')", /looks up mail\.internal/],
  'connects to a name': ["connect(25, 'mail.internal').on('error', () => {})", /looks up mail\.internal/],
  'asks for records': ["await resolveMx('example.com')", /asks the resolver of this host for example\.com/],
  'asks a resolver': [
    "createSocket('udp4').unref().send('x', 53, '127.0.0.53')",
    /asks the resolver 127\.0\.0\.53/,
  ],
  'starts a process that reads a file': [
    "await run(process.execPath, ['-e', 'fs.existsSync(\"/var/lib/x\")'])",
    /opens \/var\/lib\/x/,
  ],
  'starts a process with an empty environment': [
    "await run(process.execPath, ['-e', 'fs.existsSync(\"/var/lib/x\")'], { env: {} })",
    /opens \/var\/lib\/x/,
  ],
  'waits for a process that reads a file': [
    "execFileSync(process.execPath, ['-e', 'fs.existsSync(\"/var/lib/x\")'], { env: {} })",
    /opens \/var\/lib\/x/,
  ],
  'starts a gateway that reads the configuration of the host': [
    `await run(process.execPath, [${gateway}], { env: {} })`,
    /main\.ts \(pid \d+\) opens \/etc\/mailpair\/mailpair\.yaml/,
  ],
};

describe('the guard of the tests', () => {
  let tree: TemporaryCheckout;
  beforeEach(() => {
    tree = temporaryCheckout();
    tree.write({ 'package.json': '{ "type": "module" }' });
    tree.link('node_modules', join(checkout, 'node_modules'));
  });
  afterEach(() => tree.remove());

  it('fails each test that depends on the host, by its name, and no other', async () => {
    const tests = Object.entries(breaches).map(
      ([name, [body]]) => `it('${name}', async () => { try { ${body} } catch {} });`,
    );
    tree.write({
      'a.test.ts': `
import fs from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { execFile, execFileSync } from 'node:child_process';
import { lookup, resolveMx } from 'node:dns/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { it } from 'mocha';
const run = promisify(execFile);
it('first', () => fs.existsSync(process.cwd()));
${tests.join('\n')}
it('last', async () => { await lookup('localhost'); await readdir('/etc'); });
`,
    });
    const mocha = [join(checkout, 'node_modules/mocha/bin/mocha.js'), '--no-config', '--reporter', 'json'];
    const hooks = [
      '--require',
      join(checkout, 'test/support/guard/hooks.ts'),
      '--timeout',
      '60000',
      '--exit',
    ];
    const { stdout, stderr } = await runCommand(process.execPath, [...mocha, ...hooks, 'a.test.ts'], {
      cwd: tree.root,
      env: { ...process.env, NODE_OPTIONS: '', [UNGUARDED]: '1' },
    });
    expect(stdout, stderr).to.include('"stats"');
    const { passes, failures } = JSON.parse(stdout) as Record<
      'passes' | 'failures',
      { title: string; err: { message?: string } }[]
    >;
    expect(passes.map(({ title }) => title)).to.deep.equal(['first', 'last']);
    expect(failures.map(({ title }) => title)).to.deep.equal(Object.keys(breaches));
    for (const { title, err } of failures) expect(err.message, title).to.match(breaches[title]![1]);
    const [first] = failures;
    expect(first!.err.message, 'the place in the test').to.match(/< .*a\.test\.ts:\d+:\d+/);
  }).timeout(120_000);

  it('leaves directories of the tests alone, wherever they lie', () => {
    expect(foreignPath('/var/folders/x/mailpair-1/spool', ['/var/folders/x'])).to.equal(undefined);
    expect(foreignPath('/var/folders/xy', ['/var/folders/x'])).to.equal('/var/folders/xy');
    expect(foreignPath(new URL('file:///var/lib'), [])).to.equal('/var/lib');
    for (const path of ['/etc/mailpairs', '/variable', '/tmp/var/x', 3, undefined])
      expect(foreignPath(path, [])).to.equal(undefined);
  });

  it('leaves loopback alone, but for the resolver of the host there', () => {
    expect(isForeignResolver('127.0.14.54', 53, [])).to.equal(false);
    expect(isForeignResolver('127.0.0.1', 53, ['127.0.0.1'])).to.equal(true);
    expect(isForeignResolver('192.0.2.53', 53, [])).to.equal(true);
    expect(isForeignResolver('192.0.2.53', 25, [])).to.equal(false);
    for (const name of ['localhost', 'a.localhost', '127.0.0.1', '::1', '', undefined])
      expect(isForeignName(name)).to.equal(false);
  });
});
