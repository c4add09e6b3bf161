import { join } from 'node:path';
import { openQuarantine } from '@mailpair/shared/gateway/quarantine/quarantining';
import { describeTrace } from '@mailpair/mailpair/trace/text';
import { systemClock } from '@mailpair/shared/platform/time/clock';
import { silentLog } from '@mailpair/shared/platform/log/log';
import { expect } from 'chai';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { receivedMessage } from '../support/received-message.ts';
import { bodyText } from '../support/spool-mail.ts';
import { GatewayHosts, stored } from '../shared/api/gateway-fixture.ts';
import { mailpair, type Said } from './command.ts';

/** A line of its own, a colour by C1 and by ESC, and what turns the reading direction. */
const HOSTILE = 'x\r\nFORGED line\x9b31m\x1b[31m\u202efdp.exe\u2028';
const ENCODED = '=?utf-8?q?x=0D=0AFORGED_line=C2=9B31m=1B[31m=E2=80=AEfdp.exe=E2=80=A8?=';
const STEERS = /[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('what strangers write steers no terminal', () => {
  let hosts: GatewayHosts;
  const run = (...argv: readonly string[]): Promise<Said> => mailpair([...argv, '--config', hosts.config]);

  beforeEach(async () => {
    hosts = new GatewayHosts();
    const settings = hosts.configure();
    const { entry } = stored('');
    const origin = { ...entry.origin, helo: HOSTILE, user: HOSTILE, submitter: HOSTILE };
    const last = { reply: { code: 451, enhanced: '4.2.1', text: HOSTILE }, at: 0, host: HOSTILE };
    await hosts.fill(
      'outbound',
      stored('0A1', {
        held: true,
        heldFor: HOSTILE,
        reversePath: HOSTILE,
        origin,
        envid: HOSTILE,
        recipients: [{ ...entry.recipients[0]!, address: `${HOSTILE}@example.net`, last }],
      }),
    );
    const quarantine = await openQuarantine({
      directory: join(hosts.directory, 'outbound'),
      settings: () => settings,
      clock: systemClock,
      log: silentLog,
      onDamage: () => undefined,
    });
    const body = bodyText(`From: ${ENCODED} <a@sender.test>\r\nSubject: ${ENCODED}\r\n\r\nx\r\n`);
    const message = receivedMessage({ id: '0Q1', receivedAt: Date.now(), to: ['anna@example.com'], body });
    const verdict = { kind: 'quarantine', reason: HOSTILE } as const;
    const judgement = { verdict, score: 8, findings: [] };
    await quarantine.keep(message, [{ recipient: message.envelope.recipients[0]!, judgement }]);
    await quarantine.close();
  });
  afterEach(() => hosts.close());

  const verbs = [
    ['status'],
    ['queue', 'list'],
    ['queue', 'show', '0A1'],
    ['queue', 'why', '0A1'],
    ['queue', 'remove', '0A1', '--yes'],
    ['quarantine', 'list'],
    ['quarantine', 'show', '0Q1'],
    ['submitter', 'list', '--all'],
    ['submitter', 'show', HOSTILE],
    ['submitter', 'hold', HOSTILE],
    ['ban', 'add', '192.0.2.7', '--reason', HOSTILE],
    ['trace', '0A1'],
    ['queue', 'show', HOSTILE],
  ];
  for (const words of verbs)
    for (const json of [[], ['--json']])
      it(`in ${words.slice(0, 2).join(' ')} ${json.join()}`.replace(STEERS, '…'), async () => {
        const { out, err } = await run(...words, ...json);
        for (const text of [out, err]) expect(text).to.not.match(STEERS);
        expect(out).to.not.match(/^FORGED/m);
        if (json.length > 0 && out.includes('FORGED')) expect(out).to.include('x\\r\\nFORGED line\\u009b31m');
      });

  it('in the trace of a message and of a refusal', () => {
    const reply = { code: 550, text: HOSTILE };
    const refusal = {
      ...{ at: 0, host: HOSTILE, client: '192.0.2.7', helo: HOSTILE, listener: 'mx', session: 's1' },
      ...{ reversePath: HOSTILE, recipient: HOSTILE, reply },
    };
    const events = [{ at: 0, id: '0A1', event: 'relayed', recipients: [HOSTILE], reply, by: HOSTILE }];
    const trace = { role: 'inbound', host: HOSTILE, refusal, events, queue: [] };
    const text = describeTrace(trace as unknown as Parameters<typeof describeTrace>[0], {
      now: 0,
      full: true,
      width: undefined,
    });
    expect(text).to.include('FORGED').and.not.match(STEERS);
    expect(text).to.not.match(/^FORGED/m);
  });
});
