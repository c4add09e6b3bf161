/**
 * `pnpm demo`: the whole pair on loopback, with a DNS, a local server and an internet of its own. Mail goes in and
 * out, the local server is stopped and started, each gateway is killed with SIGKILL under load and comes back, and then
 * one of the two workers of outbound. Every message is then held against what was sent, octet by octet.
 *
 * Exits 0 only if every message arrived exactly once (or was refused or bounced as it had to be).
 */
import { parseArgs } from 'node:util';
import { composeMessage } from '../test/support/messages.ts';
import { queueLength } from '../test/support/queue.ts';
import { sendOnce } from '../test/support/senders.ts';
import { killInbound, killOutbound, killWorker } from './kills.ts';
import { bouncingMail, NOBODY, plainMail, someMail } from './mail.ts';
import { say, step } from './progress.ts';
import { report } from './report.ts';
import { allArrived, openStage, waitFor, type Stage } from './stage.ts';

const HELP = `Usage: pnpm demo [--messages N] [--keep]

  --messages N   how many messages of all shapes go through (default 300; the load under which the gateways
                 are killed grows with it)
  --keep         keep the temporary directory: configuration, spools
`;

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { values } = parseArgs({
      args: process.argv.slice(2).filter((word) => word !== '--'),
      options: {
        messages: { type: 'string', default: '300' },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const count = Number(values.messages);
    if (!Number.isInteger(count) || count < 60 || count > 100_000)
      throw new Error(`--messages takes a whole number from 60 to 100000, not ${values.messages}`);
    if (!values.help) return await run(count, values.keep);
    say(HELP);
    return 0;
  } catch (error) {
    process.stderr.write(`demo: ${(error as Error).message}\n`);
    return 2;
  }
}

async function run(count: number, keep: boolean): Promise<number> {
  const began = performance.now();
  let stage: Stage | undefined;
  const interrupted = (): void => {
    void stage?.close({ keep }).finally(() => process.exit(130));
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    await step('Both gateways start, with a DNS, a local server and an internet on loopback', async () => {
      stage = await openStage();
      const { pair, byMx } = stage;
      return (
        `MX 10 ${pair.mxIn.name}, MX 20 ${pair.mxOut.name}; next hops by ${byMx ? 'MX' : 'a route'}; ` +
        `files in ${pair.directory}`
      );
    });
    await play(stage!, count);
    return report(stage!, performance.now() - began);
  } catch (error) {
    say(`\nThe demo failed: ${(error as Error).message}`);
    return 1;
  } finally {
    await stage?.close({ keep });
    if (keep && stage) say(`Kept: ${stage.pair.directory}`);
  }
}

async function play(stage: Stage, count: number): Promise<void> {
  const progress = (): string => `${arrivals(stage)} arrived`;
  await step('Mail of many shapes, in and out', () => bothWays(stage, count), progress);
  await step('Who must be refused is refused', () => refusals(stage));
  await step('The local server is down while mail comes in', () => outage(stage, count), progress);
  await step(
    'Inbound is killed with SIGKILL under load',
    () => killInbound(stage, Math.ceil(count / 2)),
    progress,
  );
  await step(
    'Outbound is killed with SIGKILL under load',
    () => killOutbound(stage, Math.ceil(count / 2)),
    progress,
  );
  await step(
    'One of the two workers of outbound is killed with SIGKILL under load',
    () => killWorker(stage, Math.ceil(count / 2)),
    progress,
  );
}

function arrivals({ pair: { local, internet } }: Stage): number {
  return local.deliveries.length + internet.deliveries.length;
}

async function bothWays(stage: Stage, count: number): Promise<string> {
  const before = arrivals(stage);
  stage.strangers.send(...someMail('in', Math.ceil(count / 2)));
  stage.submitters.send(...someMail('out', Math.floor(count / 2)), ...bouncingMail(5));
  await allArrived(stage);
  return `${count + 5} sent: plain, multipart, 8-bit, long lines, dots, 10 MB, UTF-8 addresses …; ${arrivals(stage) - before} arrived`;
}

/** The session's answer to RCPT, at each MX listener. */
async function refusals({ pair }: Stage): Promise<string> {
  const said: string[] = [];
  for (const recipient of [`${NOBODY}@example.com`, 'somebody@example.org'])
    for (const mx of [pair.mxIn, pair.mxOut]) {
      const message = composeMessage('plain', { from: 'stranger@example.net', to: [recipient] });
      const { refused } = await sendOnce(mx, message);
      const reply = refused.get(recipient);
      if (!reply) throw new Error(`${mx.name} did not refuse mail for ${recipient}`);
      if (mx === pair.mxIn) said.push(`${recipient}: ${reply.code} ${reply.text}`);
    }
  return said.join('\n      ');
}

async function outage(stage: Stage, count: number): Promise<string> {
  const { pair, strangers } = stage;
  const mail = plainMail('in', Math.ceil(count / 4));
  await pair.local.stop();
  strangers.send(...mail);
  await waitFor('all is accepted', () => strangers.open === 0);
  const waiting = await queueLength(pair, 'inbound');
  await pair.local.start();
  const ids = new Set(mail.map(({ id }) => id));
  await waitFor('the queue drains', () => {
    return pair.local.deliveries.filter(({ id }) => ids.has(id)).length >= mail.length;
  });
  await allArrived(stage);
  return `${mail.length} sent and accepted, ${waiting} of them waited on inbound's disk; all arrived once it was back`;
}
