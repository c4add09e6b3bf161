import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { describe, it } from 'mocha';

const main = new URL('../../packages/mailpair/src/main.ts', import.meta.url).pathname;

async function start(...argv: string[]) {
  const child = spawn(process.execPath, [main, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdin.end();
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

describe('the mailpair program', () => {
  it('is the command with the streams and the exit code of its process', async () => {
    const help = await start('--help');
    expect([help.code, help.err]).to.deep.equal([0, '']);
    expect(help.out).to.include('config check');
    const wrong = await start('confg', 'check');
    expect(wrong).to.deep.equal({
      code: 2,
      out: '',
      err: 'mailpair: confg check is no verb; did you mean config check?\n',
    });
  });

  it('is quiet when nobody reads to the end', async () => {
    const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.destroy();
    await once(child, 'close');
    expect(err).to.equal('');
  });
});
