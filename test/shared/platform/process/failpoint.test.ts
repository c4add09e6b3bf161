import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  failpointNames,
  failpoints,
  Failpoints,
  formatFailpoint,
  parseFailpoints,
} from '@mailpair/shared/platform/process/failpoint';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { checkout } from '../../../support/checkout.ts';
import { rejection } from '../../../support/rejection.ts';

const run = promisify(execFile);
const SOURCES = join(checkout, 'packages/shared/src');
const FILE = join(SOURCES, 'platform/process/failpoint.ts');

function armed(text: string): { points: Failpoints; told: string[]; killed: () => number } {
  const told: string[] = [];
  let kills = 0;
  const points = new Failpoints(parseFailpoints(text), {
    tell: (line) => void told.push(line),
    kill: () => void (kills += 1),
  });
  return { points, told, killed: () => kills };
}

describe('failpoints', () => {
  it('are not there unless they are asked for', () => {
    expect(failpoints).to.equal(undefined);
  });

  it('are each passed in one place of the code, and none that is passed has no name', () => {
    const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const passed = sources.flatMap((name) =>
      [...readFileSync(join(SOURCES, name), 'utf8').matchAll(/failpoints\.pass\('([^']+)'\)/g)].map(
        ([, point]) => point!,
      ),
    );
    expect(passed.toSorted()).to.deep.equal(failpointNames.toSorted());
  });

  it('happen at the pass that is named, once, and tell before they do', async () => {
    const { points, told, killed } = armed('spool.committed=kill@2');
    await points.pass('spool.committed');
    await points.pass('spool.committing');
    expect([killed(), told]).to.deep.equal([0, []]);
    await points.pass('spool.committed');
    await points.pass('spool.committed');
    expect([killed(), told]).to.deep.equal([1, ['failpoint spool.committed kill']]);
  });

  it('fail with the error that is named, or EIO', async () => {
    const { points } = armed('spool.committing=fault,spool.body-written=fault:EROFS');
    expect(await rejection(points.pass('spool.committing'))).to.include({ code: 'EIO' });
    expect(await rejection(points.pass('spool.body-written'))).to.include({ code: 'EROFS' });
  });

  it('are written as they are read', () => {
    const text = 'spool.committing=fault:EIO@3';
    expect(parseFailpoints(text).map(formatFailpoint)).to.deep.equal([text]);
  });

  it('that nobody knows are refused with the word that is wrong', () => {
    for (const text of [
      'nowhere=kill',
      'spool.committed=explode',
      'spool.committed',
      'spool.committed=kill@x',
    ])
      expect(() => parseFailpoints(text)).to.throw(`"${text}" is not POINT=KIND`);
  });

  it('change the time of day of their process and leave timers alone', async () => {
    const script =
      `import { failpoints } from ${JSON.stringify(FILE)}; const before = Date.now();` +
      "await failpoints.pass('intake.received'); await failpoints.pass('intake.received');" +
      'console.log(Date.now() - before, new Date().getTime() - before, new Date(7).getTime(), new Date() instanceof Date)';
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: {
        ...process.env,
        MAILPAIR_FAILPOINTS: 'intake.received=clock:86400,intake.received=clock:-3600@2',
      },
    });
    const [byNow, byNew, given, isDate] = stdout.trim().split(' ');
    expect(Number(byNow)).to.be.within(82_800_000, 82_810_000);
    expect(Number(byNew)).to.be.within(82_800_000, 82_810_000);
    expect([given, isDate]).to.deep.equal(['7', 'true']);
    expect(stderr).to.equal('failpoint intake.received clock\nfailpoint intake.received clock\n');
  });

  it('kill their process at once', async () => {
    const script = `import { failpoints } from ${JSON.stringify(FILE)}; await failpoints.pass('intake.received'); console.log('alive')`;
    const ended = await run(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, MAILPAIR_FAILPOINTS: 'intake.received=kill' },
    }).catch((error: unknown) => error as { signal: string; stdout: string });
    expect(ended).to.include({ signal: 'SIGKILL', stdout: '' });
  });
});
