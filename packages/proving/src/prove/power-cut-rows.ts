/**
 * Rows with a power cut. strace records what the gateway writes, syncs and replies. The disk is reconstructed
 * as a power cut at each of these points may leave it, and every message that was acknowledged before must be
 * found complete.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Ground } from './ground.ts';
import { ELSEWHERE, HOSTED } from './mail.ts';
import { examine } from './power-cut/examine.ts';
import { judgeCut, type Acknowledged } from './power-cut/judge-cut.ts';
import type { Operation } from './power-cut/operation.ts';
import { powerCuts, wholeImage } from './power-cut/replay.ts';
import { readTrace, straceWords } from './power-cut/trace.ts';
import type { Play, Row } from './row.ts';
import { NotHere } from './world.ts';
import type { RoleName } from '@mailpair/shared/platform/values/role-name';

const run = promisify(execFile);
const LETTERS = 40;
const CUTS = { quick: 120, usual: 1000 };
const DEFERRED = { say: '451 4.3.2 Not now\r\n' };
/** Whether a file in a spool contains mail. */
const isMail = (path: string): boolean =>
  /\/queue\.(?:mdb|journal-[ab])$|\/(?:bodies|incoming)\/[^/]+$/.test(path);

const powerCut = (role: RoleName): Row => ({
  name: `${role}/power-cut`,
  role,
  title: 'the power goes at any moment: what was not synced is on disk in part, or not',
  async run(ground, play) {
    const recording = join(ground.world.directory, 'recording');
    await record(ground, recording);
    const { gateway, setting } = ground.world;
    const operations = readTrace(readFileSync(recording, 'latin1'), setting.node.spool);
    expectWhole(ground, operations);
    await cutEverywhere(ground, operations, play);
    if (gateway.isRunning) ground.faults.push('it runs still');
    await ground.start();
  },
});

/** Queues mail, delivers it, then sends more, so that every operation of a spool occurs. */
async function record(ground: Ground, recording: string): Promise<void> {
  const { world } = ground;
  await run('strace', ['-o', '/dev/null', 'true']).catch((error: unknown) => {
    throw new NotHere(`strace cannot record here: ${(error as Error).message.split('\n')[0]}`);
  });
  // Only messages from persons; their recipients are accepted when they are tried again.
  const from = world.setting.node.role === 'inbound' ? ELSEWHERE : HOSTED;
  world.manner = ({ step, from: path }) => (step === 'RCPT' && path !== '' ? DEFERRED : undefined);
  await ground.start([], { within: straceWords(recording) });
  ground.send(LETTERS, from);
  await ground.untilSent();
  world.manner = undefined;
  ground.send(LETTERS, from);
  await ground.settle();
  await ground.stop();
}

/** Checks that the files reconstructed from the recording equal the real files. */
function expectWhole({ faults, world }: Ground, operations: readonly Operation[]): void {
  const whole = [...wholeImage(operations)].filter(([path, content]) => content !== null && isMail(path));
  if (whole.length === 0) faults.push('nothing was recorded');
  for (const [path, content] of whole)
    if (!readFileSync(path).equals(content!))
      faults.push(`the recording is not whole: ${path} is another than it makes of it`);
  if (world.sender.sent.some(({ reply }) => reply === undefined)) faults.push('a reply is not known');
}

async function cutEverywhere(ground: Ground, operations: readonly Operation[], play: Play): Promise<void> {
  const { directory, setting, sender, taken } = ground.world;
  const said = operations.flatMap((operation) =>
    operation.kind === 'say' ? [{ at: operation.begin, text: operation.octets.toString('latin1') }] : [],
  );
  const acknowledged = sender.sent.map((sent): Acknowledged => {
    const at = said.find(({ text }) => sent.reply !== undefined && text.includes(sent.reply))?.at;
    if (at === undefined) ground.faults.push(`the recording has no 250 for ${sent.id}`);
    return { sent, at: at ?? Infinity };
  });
  let cuts = 0;
  for (const cut of powerCuts(operations, play.chance, play.isQuick ? CUTS.quick : CUTS.usual)) {
    cuts += 1;
    const examined = await examine(cut.image, setting.node.spool, join(directory, 'after'));
    const { faults, ...loss } = judgeCut(cut, examined, acknowledged, taken);
    ground.addLoss(loss);
    ground.faults.push(...faults.map((fault) => `${fault}; power cut at ${cut.what}`));
  }
  ground.note = `${cuts} power cuts`;
  if (cuts === 0) ground.faults.push('there was no moment to cut the power at');
}

export const powerCutRows: readonly Row[] = [powerCut('inbound'), powerCut('outbound')];
