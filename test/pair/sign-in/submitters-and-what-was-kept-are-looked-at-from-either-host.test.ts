import { join } from 'node:path';
import { DayFiles } from '@mailpair/shared/filter/dmarc-reports/day-files';
import { reportDirectory } from '@mailpair/shared/gateway/intake/dmarc-reporting';
import { expect } from 'chai';
import { before, describe, it } from 'mocha';
import { mailpair, type Said } from '../../mailpair/command.ts';
import { eventually, useSecret } from '../../support/heartbeat.ts';
import { composeMessage } from '../../support/messages.ts';
import { WORKERS } from '../../support/pair.ts';
import { sendOnce } from '../../support/senders.ts';
import { usePair } from '../../support/use-pair.ts';

const ANNA = 'anna@example.com';

describe('submitters, and what was kept, are looked at from either host', () => {
  const secret = useSecret();
  const pair = usePair({ config: secret.config });
  let sent = 0;
  async function send(): Promise<void> {
    await sendOnce(pair().submission, composeMessage('plain', { from: ANNA, to: ['bert@example.net'] }));
    sent += 1;
  }
  /** Another worker than the one that was told hears of it after a moment. */
  async function sendUntilHeld(): Promise<void> {
    const { outbound, internet } = pair();
    const held = (): number => outbound.logged('message.held').length;
    while (held() === 0) {
      await send();
      await eventually(
        () => internet.deliveries.length + held(),
        (done) => done === sent,
      );
    }
    if (WORKERS === 1) expect(sent).to.equal(2);
  }

  /** On the host of inbound: outbound's files are not there. */
  const onInbound = (...argv: readonly string[]): Promise<Said> =>
    mailpair([...argv, '--config', pair().configFile, '--set', 'outbound.spool=/nowhere/outbound']);

  before(async () => {
    await send();
    await pair().internet.until((all) => all.length === 1);
  });

  it('a submitter is listed, held and released where its mail is taken', async () => {
    const { code, out, err } = await onInbound('submitter', 'list', '--json');
    expect(code, err).to.equal(0);
    expect((JSON.parse(out) as { submitters: object[] }).submitters[0]).to.include({
      role: 'outbound',
      host: 'mx-out.example.com',
      name: ANNA,
    });
    expect(await onInbound('submitter', 'hold', ANNA)).to.include({ code: 0 });
    await sendUntilHeld();
    expect((await onInbound('submitter', 'show', ANNA)).out).to.match(/HELD[^]*waiting: 1 messages/);
    const released = await onInbound('submitter', 'release', ANNA, '--json');
    expect(JSON.parse(released.out)).to.deep.equal({ name: ANNA, released: 1 });
    await pair().internet.until((all) => all.length === sent);
  });

  it('the limits that are shown are those in force, whichever worker took the mail, also after a reload', async () => {
    const { inbound, outbound, configure } = pair();
    const shown = async (): Promise<string> => {
      const { out } = await onInbound('submitter', 'show', ANNA);
      return /at mx-out[^]*?messagesPerHour \d+(.*)/.exec(out)?.[1] ?? out;
    };
    const isShown = (text: string) => eventually(shown, (now) => now === text);
    // A client port for each session: the workers take turns.
    for (let n = 0; n < 6; n += 1) {
      await send();
      await isShown(' of 1000');
    }
    configure({ 'submitters.messagesPerHour': 800 });
    // Both, or the next tests see that their configurations differ.
    for (const gateway of [inbound, outbound]) {
      gateway.signal('SIGHUP');
      await gateway.until(() => gateway.logged('gateway.reloaded').length === WORKERS);
    }
    await isShown(' of 800');
    await pair().internet.until((all) => all.length === sent);
  });

  it('a configuration is tried on the mail that both took', async () => {
    await sendOnce(pair().mxIn, composeMessage('plain', { from: 'a@sender.test', to: [ANNA] }));
    const { out, code } = await onInbound(
      'replay',
      '--set',
      'judge.rejectAt=0.1',
      '--set',
      'judge.tagAt=0.1',
    );
    expect(code).to.be.within(0, 1);
    expect(out).to.match(/^mx-in\.example\.com: judged again for 1 recipients/m);
    expect(out).to.match(new RegExp(`^mx-out\\.example\\.com: judged again for ${sent} recipients`, 'm'));
  });

  it('what DMARC said is shown of both', async () => {
    for (const role of ['inbound', 'outbound']) {
      const files = new DayFiles(reportDirectory(join(pair().directory, role)));
      files.add(
        {
          published: {
            domain: 'sender.test',
            p: 'reject',
            adkim: 'r',
            aspf: 'r',
            rua: 'mailto:r@sender.test',
          },
          source: '192.0.2.7',
          disposition: 'reject',
          dkim: 'fail',
          spf: 'fail',
          headerFrom: 'sender.test',
          dkimResults: [],
          spfResult: { domain: 'sender.test', scope: 'mfrom', result: 'fail' },
        },
        Date.parse('2026-11-24T10:00:00Z'),
      );
      files.flush();
    }
    const { out, err, code } = await onInbound('dmarc', 'report', '--day', '2026-11-24', '--json');
    expect(code, err).to.equal(0);
    const rows = out.trim().split('\n');
    expect(rows.map((line) => (JSON.parse(line) as { host: string }).host)).to.deep.equal([
      'mx-in.example.com',
      'mx-out.example.com',
    ]);
    const asked = await onInbound('dmarc', 'report', '--day', '2026-11-23');
    expect(asked).to.include({ code: 0, out: '' });
  });

  it('the state of both is shown', async () => {
    const { out } = await eventually(
      () => onInbound('status', '--json'),
      ({ code }) => code === 0,
    );
    const { gateways } = JSON.parse(out) as { gateways: { state: string; status: { role: string } }[] };
    expect(gateways.map(({ state, status: { role } }) => `${role} ${state}`)).to.deep.equal([
      'inbound running',
      'outbound running',
    ]);
  });

  it('and it is said who could not be asked, and why', async () => {
    await pair().outbound.stop();
    const { code, err } = await onInbound('replay');
    expect(code).to.equal(1);
    expect(err).to.match(/^outbound mx-out\.example\.com was not asked: http:.*ECONNREFUSED/m);
  });
});
