/** The reporter's last line and exit code, with mocha run as a process of its own on small test files. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { checkout, temporaryCheckout, type TemporaryCheckout } from './checkout.ts';

describe('the closing line of a test run', () => {
  let tree: TemporaryCheckout;

  beforeEach(() => {
    tree = temporaryCheckout();
    tree.write({ 'package.json': '{ "type": "module" }' });
    tree.link('node_modules', join(checkout, 'node_modules'));
  });

  afterEach(() => {
    tree.remove();
  });

  const run = (body: string): Promise<{ code: number; last: string; output: string }> => {
    tree.write({
      'a.test.ts': `import { before, describe, it } from 'mocha';\nimport { createServer } from 'node:net';\n${body}\n`,
    });
    const mocha = [join(checkout, 'node_modules/mocha/bin/mocha.js'), '--no-config', 'a.test.ts'];
    const reporter = ['--reporter', join(checkout, 'test/support/closing-line.ts'), '-O', 'leakGraceMs=100'];
    return new Promise((resolve) => {
      execFile(process.execPath, [...mocha, ...reporter], { cwd: tree.root }, (error, stdout, stderr) => {
        const last = stdout.trimEnd().split('\n').at(-1) ?? '';
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, last, output: stdout + stderr });
      });
    });
  };

  it('counts what passed', async () => {
    expect(await run("it('a', () => {}); it('b', () => {});")).to.include({
      code: 0,
      last: '2 passed, 0 failed',
    });
  });

  it('counts what failed, and the exit code says so', async () => {
    const { code, last } = await run("it('a', () => {}); it('b', () => { throw new Error('no'); });");
    expect(last).to.equal('1 passed, 1 failed');
    expect(code).to.not.equal(0);
  });

  it('counts what was skipped, and the reason stands above it', async () => {
    const skip = `import { skipBecause } from '${join(checkout, 'test/support/skip.ts')}';`;
    const one = "it('a', () => {}); it('b', function () { skipBecause(this, 'no Postfix'); });";
    const suite =
      "describe('c', () => { before(function () { skipBecause(this, 'no Exim'); }); it('d', () => {}); });";
    const { code, last, output } = await run(skip + one + suite);
    expect(last).to.equal('1 passed, 0 failed, 2 skipped');
    expect(output)
      .to.match(/skipped: b\n\s+no Postfix\n/)
      .and.to.match(/skipped: c d\n\s+no Exim\n/);
    expect(code).to.equal(0);
  });

  it('tells a failure when a test file does not load', async () => {
    const { code, last } = await run("import './nowhere.ts';");
    expect(last).to.equal('0 passed, 1 failed');
    expect(code).to.not.equal(0);
  });

  it('tells a failure when a test ends the process as if all were well', async () => {
    const { code, last } = await run("it('a', () => {}); it('b', () => { process.exit(0); });");
    expect(last).to.equal('1 passed, 1 failed');
    expect(code).to.not.equal(0);
  });

  it('tells a failure when a handle is left open, and names it', async () => {
    const leak = "it('a', (done) => { createServer().listen(0, '127.0.0.1', done); });";
    const { code, last, output } = await run(leak);
    expect(last).to.equal('1 passed, 1 failed');
    expect(output).to.match(/keeps the process alive:\n\s+tcp on port \d+/);
    expect(code).to.not.equal(0);
  });

  it('tells a failure when an error comes after the last test', async () => {
    const { code, last } = await run(
      "it('a', () => { setTimeout(() => { throw new Error('late'); }, 20); });",
    );
    expect(last).to.equal('1 passed, 1 failed');
    expect(code).to.not.equal(0);
  });
});
