import { expect } from 'chai';
import { afterEach, describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { useSecret } from '../../support/heartbeat.ts';
import { usePair } from '../../support/use-pair.ts';

const SOURCES = { inbound: '127.0.0.11', outbound: '127.0.0.12' } as const;
const NOBODY = '550 5.1.1 Nobody';

interface Check {
  readonly role: 'inbound' | 'outbound';
  readonly by: string;
  readonly server: string;
  readonly session: { readonly source: string };
  readonly verdict: { readonly kind: string; readonly fix?: string };
}

describe('the local servers are asked from both gateways', () => {
  const secret = useSecret();
  const pair = usePair({
    config: {
      ...secret.config,
      'inbound.sourceAddresses': [SOURCES.inbound],
      'outbound.sourceAddresses': [SOURCES.outbound],
    },
  });
  const check = (...argv: readonly string[]): Promise<Said> =>
    mailpair(['local-servers', 'check', ...argv, '--config', pair().configFile]);
  const checks = async (...argv: readonly string[]): Promise<Check[]> =>
    (await check('--json', ...argv)).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Check);
  const knows = (name: string) => (to: string) => (to.startsWith(`${name}@`) ? undefined : NOBODY);

  afterEach(async () => {
    pair().local.manners = {};
    if (!pair().inbound.isRunning) await pair().inbound.start();
  });

  it('and all is well, from the address of each', async () => {
    pair().local.manners = { rcpt: knows('postmaster') };
    const { code, out, err } = await check();
    expect(code, out + err).to.equal(0);
    for (const [role, source] of Object.entries(SOURCES))
      expect(out).to.match(
        new RegExp(
          `^${role} \\S+ -> 127\\.0\\.0\\.1:${pair().local.port} for example\\.com from ${source} `,
          'm',
        ),
      );
    expect(out).to.include('postmaster@example.com, valid: 250 2.1.5 OK');
    expect(out).to.match(/^All is well: 2 of 2 checks passed\.$/m);
    expect(pair().local.deliveries).to.be.empty;
  });

  it('and a refusal of the gateway is told with the reply and the address to add', async () => {
    pair().local.manners = { rcpt: () => '554 5.7.1 \u009b31mClient denied' };
    const { code, out } = await check();
    expect(code).to.equal(1);
    expect(out).to.match(/^ {2}FAULT: REFUSES this gateway: 554 5\.7\.1 \\u009b31mClient denied$/m);
    expect(out).to.match(/^ {2}fix: add 127\.0\.0\.11 to the clients /m);
    expect(out).to.match(/^ {2}fix: add 127\.0\.0\.12 to the clients /m);
    expect(out).to.match(/^2 of 2 checks failed\.$/m);
  });

  it('and one that takes everybody is a fault', async () => {
    const kinds = (await checks()).map(({ verdict }) => verdict.kind);
    expect(kinds).to.deep.equal(['accepts-everyone', 'accepts-everyone']);
  });

  it('about the recipients that are named', async () => {
    pair().local.manners = { rcpt: knows('anna') };
    expect(await check('--recipient', 'anna@EXAMPLE.com')).to.include({ code: 0 });
    expect(await check()).to.include({ code: 1 });
    for (const wrong of ['anna@example.net', 'anna', 'a> b@example.com'])
      expect((await check('--recipient', wrong)).code, wrong).to.equal(2);
  });

  it('one gateway on another host, too, which connects itself', async () => {
    pair().local.manners = { rcpt: knows('postmaster') };
    const answers = await checks('--set', 'outbound.spool=/nowhere/outbound');
    expect(answers.map(({ role, by, session }) => `${role} ${by} ${session.source}`)).to.deep.equal([
      `inbound gateway ${SOURCES.inbound}`,
      `outbound gateway ${SOURCES.outbound}`,
    ]);
  });

  it('by the command in place of a gateway that is stopped, from its address', async () => {
    pair().local.manners = { rcpt: knows('postmaster') };
    await pair().inbound.stop();
    const { code, out } = await check('--role', 'inbound');
    expect(code, out).to.equal(0);
    expect(out).to.include(`from ${SOURCES.inbound} `).and.to.include('this command asked in its place');
  });

  it('and a gateway that cannot be asked is named', async () => {
    pair().local.manners = { rcpt: knows('postmaster') };
    await pair().inbound.stop();
    const { code, err } = await check('--set', 'inbound.spool=/nowhere/inbound');
    expect(code).to.equal(2);
    expect(err).to.match(/^inbound mx-in\.example\.com was not asked: /m);
  });
});
