import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { mayBind } from '@mailpair/shared/system/privileges';
import { skipBecause } from '../../support/skip.ts';

const SETPRIV = '/usr/bin/setpriv';
const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
const truly = /^(true true|false false)$/;
const ask = `
  import { mayBind } from '@mailpair/shared/system/privileges';
  import { createServer } from 'node:net';
  const server = createServer();
  server.on('error', () => console.log(mayBind(25), false));
  server.listen(25, '127.0.83.25', () => server.close(() => console.log(mayBind(25), true)));
`;

/** What `mayBind` says of port 25, and whether it can be bound. */
function askAs(...privileges: readonly string[]): string {
  const node = [process.execPath, '--input-type=module', '-e', ask];
  const { stdout, stderr } = spawnSync(SETPRIV, [...privileges, ...node], { encoding: 'utf8' });
  return stdout.trim() || stderr;
}

describe('a port', () => {
  it('may be bound by anybody above those of the system', () => {
    expect(mayBind(65_000)).to.equal(true);
  });

  describe('of the system', () => {
    before(function () {
      if (process.getuid?.() !== 0) skipBecause(this, 'only root can try this as others');
      if (!existsSync(SETPRIV))
        skipBecause(this, 'setpriv is missing; install it with: apt-get install util-linux');
    });

    it('is told truly to be bound or not, as root and as nobody', () => {
      for (const privileges of [[], nobody]) expect(askAs(...privileges)).to.match(truly);
    });

    it('may be bound by an account that was given the right, as the systemd units do', () => {
      const right = ['--inh-caps', '+net_bind_service', '--ambient-caps', '+net_bind_service'];
      expect(askAs(...nobody, ...right)).to.equal('true true');
    });
  });
});
