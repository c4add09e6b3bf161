import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';

/** Makes a folder as tests do, and waits. */
const program = `
  const { useOwnTemporaryDirectory } = await import('${new URL('temporary.ts', import.meta.url).href}');
  const { mkdtempSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  useOwnTemporaryDirectory();
  mkdtempSync(tmpdir() + '/mailpair-');
  setInterval(() => undefined, 1_000);
  console.log(tmpdir());
`;

describe('the temporary directory of a run of the tests', () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    it(`is empty again after ${signal}`, async () => {
      const parent = mkdtempSync(join(tmpdir(), 'mailpair-parent-'));
      const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
        env: { ...process.env, TMPDIR: parent },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      const [said] = (await once(child.stdout, 'data')) as [Buffer];
      const own = said.toString().trim();
      expect(own.startsWith(join(parent, 'mailpair-tests-'))).to.equal(true);
      expect(readdirSync(own)).to.have.length(1);
      child.kill(signal);
      await ended;
      expect(existsSync(own)).to.equal(false);
      rmSync(parent, { recursive: true });
    });
});
