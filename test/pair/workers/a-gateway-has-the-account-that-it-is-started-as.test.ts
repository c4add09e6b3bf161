import { chmodSync, chownSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { gatewayProcess, killProcess, type GatewayProcess } from '../../support/gateway-process.ts';
import { composeMessage } from '../../support/messages.ts';
import { sendOnce } from '../../support/senders.ts';
import { skipBecause } from '../../support/skip.ts';
import { usePair } from '../../support/use-pair.ts';

const SETPRIV = '/usr/bin/setpriv';
const NOBODY = 65_534;
/** What docs/operations.md says, for an account that every system has. */
const asNobody = [
  ...[SETPRIV, '--reuid', `${NOBODY}`, '--regid', `${NOBODY}`, '--init-groups', '--no-new-privs'],
  ...['--bounding-set', '--inh-caps', '--ambient-caps'].flatMap((set) => [set, '-all,+net_bind_service']),
];

describe('a gateway has the account that it is started as', () => {
  const port25 = { name: 'mx-in.example.com', host: '127.0.83.27', port: 25 };
  const pair = usePair({
    start: [],
    config: {
      'inbound.workers': 2,
      'inbound.listen': [`${port25.host}:${port25.port}`],
      // Of the version before, which changed to it.
      user: 'daemon',
    },
  });
  const accountOf = (pid: number): number => statSync(`/proc/${pid}`).uid;
  let inbound: GatewayProcess;
  before(function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can start a program as another account');
    if (!existsSync(SETPRIV))
      skipBecause(this, 'setpriv is missing; install it with: apt-get install util-linux');
    const { directory, configFile } = pair();
    chmodSync(directory, 0o755);
    chmodSync(configFile, 0o644);
    mkdirSync(join(directory, 'inbound'));
    chownSync(join(directory, 'inbound'), NOBODY, NOBODY);
    inbound = gatewayProcess({ role: 'inbound', configFile, within: asNobody });
  });

  after(() => inbound?.kill9());

  it('in all its processes, which bind port 25 by a capability', async () => {
    await inbound.start();
    expect([inbound.pid, ...inbound.workers()].map(accountOf)).to.deep.equal([NOBODY, NOBODY, NOBODY]);
    expect(inbound.logged('gateway.root')).to.deep.equal([]);
    expect(inbound.logged('config.warning').map(({ path }) => path)).to.include('user');
  });

  it('reads its files again', async () => {
    inbound.signal('SIGHUP');
    await inbound.until(() => inbound.logged('gateway.reloaded').length === 2);
  });

  it('binds port 25 again where a worker was killed', async () => {
    const started = inbound.logged('worker.started').length;
    inbound.workers().forEach(killProcess);
    await inbound.until(() => inbound.logged('worker.started').length === started + 2);
    const message = composeMessage('middling', { from: 'bert@sender.test', to: ['anna@example.com'] });
    expect((await sendOnce(port25, message)).accepted.size).to.equal(1);
    await pair().local.until((all) => all.some(({ id }) => id === message.id));
  });

  it('and warns where that is root', async () => {
    await inbound.kill9();
    const asRoot = pair().inbound;
    await asRoot.start();
    expect(asRoot.logged('gateway.root')).to.have.length(1);
    expect(accountOf(asRoot.pid)).to.equal(0);
  });
});
