import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { mailpair } from '../../mailpair/command.ts';
import { SmtpClient } from '../../support/smtp-client.ts';
import { usePair } from '../../support/use-pair.ts';

const WORKERS = 2;

interface Told {
  readonly role: string;
  readonly state: string;
  readonly applied?: { readonly key: string; readonly from: string; readonly to: string }[];
  readonly restart?: { readonly key: string }[];
  readonly faults?: { readonly path: string; readonly fix: string }[];
}

describe('mailpair reload', () => {
  const pair = usePair({ config: { 'inbound.workers': WORKERS, 'outbound.workers': 1 } });
  const reload = (...words: readonly string[]) =>
    mailpair(['reload', ...words, '--config', pair().configFile]);
  async function reports(...words: readonly string[]): Promise<{ code: number; gateways: Told[] }> {
    const { code, out } = await reload('--json', ...words);
    return { code, ...(JSON.parse(out) as { gateways: Told[] }) };
  }

  it('applies the file in all workers and prints what changed', async () => {
    pair().configure({ domains: ['example.com', 'example.org'] });
    const { code, gateways } = await reports();
    const applied = [{ key: 'domains', from: '["example.com"]', to: '["example.com","example.org"]' }];
    const host = (role: string) => `mx-${role.slice(0, -5)}.example.com`;
    expect(gateways).to.deep.equal(
      ['inbound', 'outbound'].map((role) => ({
        role,
        host: host(role),
        state: 'applied',
        applied,
        restart: [],
      })),
    );
    expect(code).to.equal(0);
    for (let session = 0; session < 4 * WORKERS; session += 1) {
      const client = await SmtpClient.greet(pair().mxIn);
      await client.say('MAIL FROM:<bert@sender.test>');
      expect(await client.say('RCPT TO:<anna@example.org>')).to.include({ code: 250 });
      await client.quit();
    }
    const { inbound } = pair();
    await inbound.until(() => inbound.logged('gateway.reloaded').length === WORKERS);
    for (const line of inbound.logged('gateway.reloaded')) expect(line.applied).to.deep.equal(applied);
  });

  it('applies what needs no restart and names what does, until the gateway is started anew', async () => {
    const { configure, inbound } = pair();
    configure({ 'smtp.maxHops': 42, 'send.idle': '7s' });
    const first = await reload('--role', 'inbound');
    expect(first.code).to.equal(1);
    expect(first.out.split('\n').slice(1)).to.deep.equal([
      '  smtp.maxHops: 100 -> 42',
      '  not before a restart:',
      '  send.idle: 30s -> 7s',
      '',
    ]);
    await inbound.until(() => inbound.logged('gateway.restart-needed').length === WORKERS);
    const again = await reports('--role', 'inbound');
    expect(again.code).to.equal(1);
    expect(again.gateways[0]).to.deep.include({ state: 'restart-needed', applied: [] });
    expect(again.gateways[0]?.restart?.map(({ key }) => key)).to.deep.equal(['send.idle']);
    await inbound.stop();
    await inbound.start();
    expect((await reports('--role', 'inbound')).code).to.equal(0);
  });

  it('prints every fault of the file with its fix, and the gateways go on', async () => {
    const { configFile } = pair();
    const sound = readFileSync(configFile, 'utf8');
    writeFileSync(
      configFile,
      `${sound.replace(/\}\s*$/, ', "smpt": {"maxHops": 3}, "greylist": {"mode": "x"}}')}`,
    );
    const { code, gateways } = await reports();
    const { out } = await reload('--role', 'inbound');
    writeFileSync(configFile, sound);
    expect(code).to.equal(1);
    for (const { state, faults } of gateways) {
      expect(state).to.equal('refused');
      expect(faults?.map(({ path }) => path)).to.have.members(['smpt', 'greylist.mode']);
      expect(faults?.find(({ path }) => path === 'smpt')?.fix).to.equal('write smtp');
    }
    expect(out).to.include('REFUSED, and it goes on').and.include('fix   write smtp');
    const client = await SmtpClient.greet(pair().mxIn);
    await client.say('MAIL FROM:<bert@sender.test>');
    expect(await client.say('RCPT TO:<anna@example.org>')).to.include({ code: 250 });
    await client.quit();
  });

  it('says that a gateway of this host is stopped', async () => {
    await pair().outbound.stop();
    const { code, gateways } = await reports();
    expect(gateways.map(({ role, state }) => [role, state])).to.deep.equal([
      ['inbound', 'applied'],
      ['outbound', 'stopped'],
    ]);
    expect(code).to.equal(1);
  });

  it('exits 2 where a gateway cannot be asked', async () => {
    const { code, out } = await reload('--role', 'inbound', '--set', 'inbound.http=none');
    expect(code).to.equal(2);
    expect(out).to.include('NOT ASKED').and.include('SIGHUP');
  });
});
