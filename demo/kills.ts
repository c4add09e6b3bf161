/**
 * The kills: of each gateway, and of one of outbound's two workers. Each comes in the middle of load, at the moment that asks
 * most of a gateway: every session that it has is at the point where the message has left the one side and the other has not
 * said that it has it.
 *
 * In that moment nobody has a message without somebody knowing it, so that what is accepted twice or not at all
 * afterwards is the gateway's own doing. (A kill within the millisecond between the next hop's 250 and ours leaves
 * no mail server a choice but to send twice; test/pair kills at random moments and counts those apart.)
 */
import { killProcess } from '../test/support/gateway-process.ts';
import { INBOUND, OUTBOUND } from '../test/support/pair.ts';
import { queueLength } from '../test/support/queue.ts';
import { plainMail } from './mail.ts';
import { acceptedBy, allArrived, SESSIONS, taken, waitFor, type Stage } from './stage.ts';

/** Inbound dies while strangers send; they go on with outbound, the lower-priority MX. */
export async function killInbound(stage: Stage, count: number): Promise<string> {
  const { pair, strangers } = stage;
  const { inbound, local } = pair;
  const mail = plainMail('in', count);
  const putOff = new Set(mail.filter((_, index) => index % 5 === 0).map(({ id }) => id));
  local.manners.message = ({ id }) => (putOff.delete(id) ? '451 4.3.0 Come again' : undefined);
  const before = local.deliveries.length;
  strangers.send(...mail);

  await local.until((all) => all.length >= before + count / 5);
  local.hold(INBOUND);
  const onDisk = (): number => acceptedBy(strangers, mail, INBOUND) - taken(local, mail, INBOUND);
  await waitFor('inbound has all its sessions at the final dot', async () => {
    return local.held >= SESSIONS && (await queueLength(pair, 'inbound')) === onDisk();
  });
  const [held, kept] = [local.held, onDisk()];
  await inbound.kill9();
  await waitFor('the local server has noticed', () => local.held === 0);
  local.release();

  const atKill = acceptedBy(strangers, mail, OUTBOUND);
  await waitFor('strangers go on with outbound', () => acceptedBy(strangers, mail, OUTBOUND) >= count / 5);
  await inbound.start();
  const later = plainMail('in', Math.ceil(count / 5));
  strangers.send(...later);
  await allArrived(stage);
  const byOutbound = acceptedBy(strangers, mail, OUTBOUND) - atKill;
  return (
    `killed with ${held} messages at their final dot and ${kept} on its disk; ${byOutbound} went by outbound, ` +
    `inbound recovered the ${kept} and took ${acceptedBy(strangers, later, INBOUND)} of the next ${later.length}`
  );
}

/** Outbound dies while the local server submits; what it had said 250 for is on its disk. */
export async function killOutbound(stage: Stage, count: number): Promise<string> {
  const { outbound, internet } = stage.pair;
  const { held, kept, halfSent } = await untilInTheMiddle(stage, count);
  await outbound.kill9();
  await waitFor('the internet has noticed', () => internet.held === 0);
  internet.release();
  stage.gate.open();
  await outbound.start();
  await allArrived(stage);
  return (
    `killed with ${kept} messages on its disk, ${held} of them at the next hop's final dot, and ${halfSent} half ` +
    `received; it recovered the ${kept}, the senders sent the ${halfSent} again`
  );
}

/** One of outbound's workers dies; the other goes on, and the supervisor starts it anew. */
export async function killWorker(stage: Stage, count: number): Promise<string> {
  const { outbound, internet } = stage.pair;
  const { held, kept } = await untilInTheMiddle(stage, count);
  const started = outbound.logged('worker.started').length;
  killProcess(outbound.workers()[1]!);
  await outbound.until(() => outbound.logged('worker.ended').length > 0);
  // Its connections had ended before it had: what says so is here, if not read yet.
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  const others = internet.held;
  internet.release();
  stage.gate.open();
  await outbound.until(() => outbound.logged('worker.started').length > started);
  await allArrived(stage);
  return (
    `killed with ${held - others} of ${kept} messages on outbound's disk at the next hop's final dot; the other worker ` +
    `went on with its ${others}, a new one recovered the rest`
  );
}

/** Resolves when half of the mail has been taken, some of that is at its next hop's final dot, and the senders wait at their own. */
async function untilInTheMiddle(
  { pair, submitters, gate }: Stage,
  count: number,
): Promise<{ held: number; kept: number; halfSent: number }> {
  const { internet } = pair;
  const mail = plainMail('out', count);
  const before = internet.deliveries.length;
  gate.closeAfter(Math.floor(count / 2));
  submitters.send(...mail);

  await internet.until((all) => all.length >= before + count / 5);
  internet.hold(OUTBOUND);
  const onDisk = (): number => acceptedBy(submitters, mail, OUTBOUND) - taken(internet, mail, OUTBOUND);
  await waitFor('every sender is in the middle of a message', async () => {
    return (
      gate.waiting >= Math.min(SESSIONS, submitters.open) &&
      (await queueLength(pair, 'outbound')) === onDisk()
    );
  });
  return { held: internet.held, kept: onDisk(), halfSent: gate.waiting };
}
