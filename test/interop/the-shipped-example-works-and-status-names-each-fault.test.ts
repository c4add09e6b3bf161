/**
 * The configuration that is shipped, with Postfix as the local server and the printed guide applied: mail passes in both
 * directions. Then faults are made, one by one, and `status`, its exit code, `trace` and `/metrics` name each within 10 s.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { after, before, describe, it } from 'mocha';
import { needMachine } from './machine.ts';
import { needNamespaces } from './namespaces.ts';
import { needProgram } from './programs.ts';
import { openShippedExample, PASSWORD, type Role, type ShippedExample } from './shipped-example.ts';

const WITHIN_MS = 10_000;
const PAIR_LIST = '/etc/postfix/mailpair-pair';

describe('the shipped example with Postfix as the local server, installed by the printed guide', () => {
  let example: ShippedExample;
  let sent = 0;

  before(async function () {
    needMachine(this, 'postfix');
    needNamespaces(this);
    needProgram(this, 'curl');
    example = await openShippedExample();
    const { code, stdout, stderr } = await example.mailpair('outbound', 'smarthost', 'postfix');
    expect(code, stderr).to.equal(0);
    await example.local.write('/root/guide', stdout);
    await example.local.write('/root/password', `${PASSWORD}\n`, 0o600);
    await example.local.sh('sh /root/guide --user local --password-file /root/password');
  });

  // Undefined when skipped, or when it did not start.
  after(() => (example as ShippedExample | undefined)?.close());

  const fromOutside = (mx: Role, user: string): Promise<string> => {
    sent += 1;
    return example.world.send({
      host: mx === 'inbound' ? '192.0.2.10' : '192.0.2.20',
      from: 'zoe@world.example',
      to: `${user}@example.com`,
      message: `From: zoe@world.example\r\nSubject: ${sent}\r\n\r\nMessage ${sent}.\r\n`,
    });
  };

  const fromInside = (to: string): Promise<string> =>
    example.local.sh(`printf 'Subject: out\\n\\nHello\\n' | sendmail -i -f anna@example.com ${to}`);

  /** Resolves when `ask` gives something; rejects with what it was given last. */
  async function within10s<T>(ask: () => Promise<{ found?: T | undefined; seen: string }>): Promise<T> {
    const deadline = Date.now() + WITHIN_MS;
    for (;;) {
      const { found, seen } = await ask();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`not within 10 s; the last was:\n${seen}`);
      await sleep(250);
    }
  }

  /** The first line of `status` on a host, once it has the words and the exit code is that. */
  const statusSays = (role: Role, words: RegExp, code: number): Promise<string> =>
    within10s(async () => {
      const status = await example.mailpair(role, 'status');
      const [first = ''] = status.stdout.split('\n');
      const holds = status.code === code && words.test(first);
      return {
        found: holds ? first : undefined,
        seen: `exit ${status.code}\n${status.stdout}${status.stderr}`,
      };
    });

  const metricsSay = (role: Role, words: RegExp): Promise<string> =>
    within10s(async () => {
      const seen = await example.metrics(role);
      return { found: words.exec(seen)?.[0], seen };
    });

  it('"local-servers check" finds nothing wrong from either host', async () => {
    for (const role of ['inbound', 'outbound'] as const) {
      const { code, stdout, stderr } = await example.mailpair(
        role,
        'local-servers',
        'check',
        '--recipient',
        'anna@example.com',
      );
      expect(code, stdout + stderr).to.equal(0);
    }
  });

  it('mail from outside reaches the mailbox by either MX', async () => {
    expect(await fromOutside('inbound', 'anna')).to.match(/^250 /);
    expect(await fromOutside('outbound', 'anna')).to.match(/^250 /);
    await within10s(async () => {
      const seen = await example.local.read('/var/mail/anna').catch(() => '');
      return { found: seen.match(/^Message \d/gm)?.length === 2 ? seen : undefined, seen };
    });
  });

  it('mail from a user of the local server reaches the outside', async () => {
    await fromInside('xaver@world.example');
    await within10s(async () => {
      const seen = await example.world.arrivals();
      return { found: seen.includes('xaver@world.example') || undefined, seen: seen.join() };
    });
  });

  it('status says that all is well', async () => {
    for (const role of ['inbound', 'outbound'] as const) await statusSays(role, /all is well/i, 0);
  });

  describe('a local server that refuses a gateway', () => {
    before(() =>
      example.local.sh(
        `sed -i.bak '/^10.0.0.2 /d; /^192.0.2.10 /d; /^2001:db8::10 /d' ${PAIR_LIST}; postfix stop; postfix start`,
      ),
    );
    after(() => example.local.sh(`mv ${PAIR_LIST}.bak ${PAIR_LIST}; postfix reload`));

    it('is named with its own words by status, trace and metrics', async () => {
      const reply = await fromOutside('inbound', 'bert');
      expect(reply)
        .to.match(/^450 /)
        .and.not.match(/Client host rejected/);
      expect(await statusSays('inbound', /refuses/i, 1)).to.match(/554 5\.7\.1 .*Client host rejected/);
      await within10s(async () => {
        const { stdout } = await example.mailpair('inbound', 'trace', 'bert@example.com');
        return { found: /554 5\.7\.1 .*Client host rejected/.exec(stdout)?.[0], seen: stdout };
      });
      await metricsSay('inbound', /^mailpair_local_server_refusals_total\{.*\} [1-9]/m);
    });

    it('is named by "local-servers check" with the fix', async () => {
      const { code, stdout } = await example.mailpair(
        'inbound',
        'local-servers',
        'check',
        '--recipient',
        'anna@example.com',
      );
      expect(code).to.equal(1);
      expect(stdout)
        .to.match(/REFUSES/)
        .and.match(/10\.0\.0\.2|2001:db8::10/);
    });
  });

  describe('a local server that is stopped', () => {
    before(() => example.local.sh('postfix stop'));
    after(() => example.local.sh('postfix start'));

    it('is named by status and metrics, and mail waits', async () => {
      await fromOutside('inbound', 'anna');
      await statusSays('inbound', /mail\.internal:25|2001:db8::5/, 1);
      await metricsSay('inbound', /^mailpair_local_server_failed_timestamp_seconds\{.*\} 1\d{9}/m);
    });
  });

  describe('DNS that does not answer', () => {
    before(() => example.world.pause());
    after(() => example.world.resume());

    it('is named by status and metrics', async () => {
      await fromInside('yvonne@elsewhere.example');
      await statusSays('outbound', /DNS/, 1);
      await metricsSay('outbound', /^mailpair_dns_failed_timestamp_seconds\{.*\} 1\d{9}/m);
    });
  });

  describe('a gateway that is stopped', () => {
    before(() => example.gateways.outbound.stop());
    after(() => example.gateways.outbound.start());

    it('is named by status on both hosts', async () => {
      await statusSays('outbound', /outbound.*(?:stopped|STOPPED)/, 1);
      await statusSays('inbound', /outbound/, 1);
    });
  });
});
