/**
 * Named points of a message's path at which a gateway can be made to fail, for `mailpair prove` and tests.
 *
 * In production nothing is armed: `failpoints` is undefined, and a point is the reading of one constant. A process that is
 * started with `MAILPAIR_FAILPOINTS` has them armed, for as long as it lives:
 *
 *     MAILPAIR_FAILPOINTS='spool.committed=kill@3,intake.received=delay:500'
 *
 * that is, POINT=KIND[:ARGUMENT][@PASS]: when the point is passed for the third time the process kills itself; at the first
 * message it waits for half a second. Each happens once. What happened is written to stderr, `failpoint POINT KIND`, before
 * it does.
 *
 * - `kill`: SIGKILL to itself
 * - `fault[:CODE]`: the operation fails with this error of the system, EIO if none is named
 * - `delay:MS`: it waits
 * - `hang`: it waits for ever
 * - `spin`: it computes for ever, and nothing else of the process goes on
 * - `clock:SECONDS`: from now on the time of day is another, by so much; timers go on as they are
 */
import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Each with what is done and what is not when it is passed. */
export const points = {
  'intake.received': 'the final dot has come, nothing of the message is stored',
  'intake.decided': 'the reply to the final dot is decided, the client has not heard it',
  'submission.stored': 'a submitted message is on disk, its submitter has not been told',
  'relay.waiting-stored':
    'recipients that the local server defers are on disk, the others do not have the message',
  'relay.answered': 'the local servers have answered, what must wait is not stored',
  'relay.stored': 'recipients that must wait are on disk, the client has not been told',
  'quarantine.kept': 'a message is in quarantine, its client has not been told',
  'quarantine.requeued': 'a message that is released is in the queue, and in quarantine still',
  'spool.body-written': 'the file of a large body is synced, and not in its place',
  'spool.body-placed': 'the file of a large body is in its place, its entry is not written',
  'spool.committing': 'the changes of a commit are asked for, none is written',
  'spool.committed': 'the changes of a commit are on disk, who asked for them has not been told',
  'spool.moved': 'what the journal held is in the map, the journal has it still',
  'spool.entry-removed': 'an entry is removed, the file of its body is not',
  'spool.recovering': 'a process that starts has swept up after the one before, and not looked at the queue',
  'send.envelope-taken': 'a next hop has taken the recipients, the message is not sent',
  'send.message-sent': 'the final dot is sent, the next hop has not answered',
  'dispatch.attempted': 'a next hop has answered, nothing of it is noted',
  'settle.notice-stored': 'a notice to the sender is on disk, the outcome it speaks of is not',
  'settle.stored': 'the outcome of an attempt is on disk, the next thing has not begun',
  'workers.slot-taken': 'the spool of a worker that is no more is another’s, none of its entries is moved',
  'workers.entry-moved': 'an entry of a worker that is no more is in another’s queue, and where it was still',
} as const;

export type FailpointName = keyof typeof points;
export const failpointNames = Object.keys(points) as FailpointName[];
export type FailpointKind = 'kill' | 'fault' | 'delay' | 'hang' | 'spin' | 'clock';

export interface Armed {
  readonly point: FailpointName;
  readonly kind: FailpointKind;
  readonly argument: string;
  /** When it happens: the first time is 1. */
  readonly pass: number;
}

/** Where the failing is told and done; a test has its own. */
export interface FailpointHands {
  tell(line: string): void;
  kill(): void;
}

const ownHands: FailpointHands = {
  tell: (line) => void writeSync(process.stderr.fd, `${line}\n`),
  kill: () => void process.kill(process.pid, 'SIGKILL'),
};

export class Failpoints {
  readonly #armed: readonly Armed[];
  readonly #hands: FailpointHands;
  readonly #passes = new Map<FailpointName, number>();

  constructor(armed: readonly Armed[], hands = ownHands) {
    this.#armed = armed;
    this.#hands = hands;
  }

  /** Does here what is armed for this pass. @throws for the kind `fault` */
  async pass(point: FailpointName): Promise<void> {
    const pass = (this.#passes.get(point) ?? 0) + 1;
    this.#passes.set(point, pass);
    for (const armed of this.#armed)
      if (armed.point === point && armed.pass === pass) await this.#fail(armed);
  }

  async #fail({ point, kind, argument }: Armed): Promise<void> {
    this.#hands.tell(`failpoint ${point} ${kind}`);
    if (kind === 'kill') this.#hands.kill();
    else if (kind === 'delay') await sleep(Number(argument));
    else if (kind === 'hang') await new Promise(() => undefined);
    else if (kind === 'spin') for (;;);
    else if (kind === 'clock') shiftClock(Number(argument) * 1000);
    else throw systemError(argument || 'EIO', point);
  }
}

/** @throws saying what cannot be read */
export function parseFailpoints(text: string): Armed[] {
  return text.split(',').map((item) => {
    const parts = /^([\w.-]+)=(kill|fault|delay|hang|spin|clock)(?::([\w.-]+))?(?:@(\d+))?$/.exec(
      item.trim(),
    );
    const point = failpointNames.find((name) => name === parts?.[1]);
    if (!parts || !point)
      throw new Error(
        `MAILPAIR_FAILPOINTS: "${item}" is not POINT=KIND[:ARGUMENT][@PASS] with a point of mailpair prove`,
      );
    const [, , kind, argument = '', pass = '1'] = parts;
    return { point, kind: kind as FailpointKind, argument, pass: Number(pass) };
  });
}

export const formatFailpoint = ({ point, kind, argument, pass }: Armed): string =>
  `${point}=${kind}${argument === '' ? '' : `:${argument}`}@${pass}`;

const systemError = (code: string, point: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: failpoint ${point}`), { code });

/** For everything in this process that asks for the time of day. */
function shiftClock(byMs: number): void {
  const Before = globalThis.Date;
  const now = (): number => Before.now() + byMs;
  globalThis.Date = class extends Before {
    static override now = now;
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
  } as DateConstructor;
}

const given = process.env['MAILPAIR_FAILPOINTS'];

/** Undefined in production. */
export const failpoints: Failpoints | undefined = given ? new Failpoints(parseFailpoints(given)) : undefined;
