/** The end of the demo: the table, and whether it is as it must be. */
import { formatTable } from '@mailpair/proving/loopback/table';
import type { Count } from '../test/support/ledger.ts';
import { say } from './progress.ts';
import type { Stage } from './stage.ts';

const HEADS = ['', 'messages', 'sent', 'accepted', 'arrived', 'bounced', 'altered', 'duplicated', 'lost'];

/** @returns the exit code */
export function report(stage: Stage, tookMs: number): number {
  const { pair, strangers } = stage;
  const { in: inward, out: outward } = stage.count();
  const row = (name: string, count: Count): (string | number)[] => [
    name,
    count.messages,
    count.sent,
    count.accepted,
    count.arrived,
    count.bounced,
    count.altered,
    count.duplicated + count.cutOff,
    count.lost,
  ];
  say(`\n${formatTable(HEADS, [row('in', inward), row('out', outward)])}\n`);
  say(
    'All but messages counts recipients. Altered: not octet for octet what was sent. Bounced: the next hop',
  );
  say('refused it and the sender was told. No copy is excused: duplicated counts those of the kills too.');

  const hosts = strangers.sent.flatMap(({ accepted }) => [...accepted.values()]);
  const share = (name: string | undefined): string => {
    const part = hosts.filter((host) => host === name).length;
    return `${part} (${Math.round((100 * part) / hosts.length)} %)`;
  };
  say(`Mail came in by inbound: ${share(pair.mxIn.name)}, by outbound: ${share(pair.mxOut.name)}.`);
  const megabytes = (bytes: number): string => (Number.isNaN(bytes) ? '?' : String(Math.round(bytes / 1e6)));
  say(
    `Memory now: inbound ${megabytes(pair.inbound.memoryBytes())} MB, ` +
      `outbound ${megabytes(pair.outbound.memoryBytes())} MB. All of it took ${(tookMs / 1000).toFixed(0)} s.`,
  );

  const faults = [...inward.faults, ...outward.faults];
  for (const fault of faults) say(fault);
  const exactlyOnce = [inward, outward].every(
    ({ sent, accepted, arrived, bounced, altered, duplicated, cutOff, lost }) =>
      accepted === sent && arrived + bounced === sent && altered + duplicated + cutOff + lost === 0,
  );
  say(
    exactlyOnce
      ? '\nlost 0, duplicated 0: every message arrived exactly once.'
      : '\nNot every message arrived exactly once.',
  );
  return exactlyOnce ? 0 : 1;
}
