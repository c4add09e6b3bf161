/** Quarantine and traces of several workers as one. */
import type { Readable } from 'node:stream';
import type { Learned } from '../filter/bayes/open-bayes.ts';
import { allOf, firstOf, mergePages } from './merged.ts';
import type { QuarantineControl } from './quarantine-control.ts';
import type { Trace, TraceControl } from './trace.ts';

/** @param learn what is to be learnt is learnt by one of them, which tells the others */
export function mergeQuarantines(
  controls: readonly QuarantineControl[],
  learn: (as: 'spam' | 'ham', octets: Buffer) => Promise<Learned>,
): QuarantineControl {
  const [first] = controls as readonly [QuarantineControl];
  if (controls.length === 1) return first;
  return {
    role: first.role,
    host: first.host,
    page: async (filter, limit, after) =>
      mergePages(await allOf(controls, (control) => control.page(filter, limit, after)), limit),
    show: (id) => firstOf(controls, (control) => control.show(id)),
    message: (id) => firstOf(controls, (control) => control.message(id)),
    release: (id, to) => firstOf(controls, (control) => control.release(id, to)),
    remove: (id, to) => firstOf(controls, (control) => control.remove(id, to)),
    async learn(id, as) {
      const octets = await firstOf(controls, (control) => control.message(id));
      return octets && { learned: await learn(as, await octetsOf(octets)) };
    },
    close: async () => void (await allOf(controls, (control) => control.close())),
  };
}

async function octetsOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function mergeTraces(controls: readonly TraceControl[]): TraceControl {
  const [first] = controls as readonly [TraceControl];
  if (controls.length === 1) return first;
  return {
    role: first.role,
    host: first.host,
    async find(about, limit) {
      const all = (await allOf(controls, (control) => control.find(about, limit))).flat();
      return all.toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, limit);
    },
    close: async () => void (await allOf(controls, (control) => control.close())),
  };
}

const timeOf = ({ message, refusal, events, queue, quarantine }: Trace): number =>
  message?.at ?? refusal?.at ?? events[0]?.at ?? queue[0]?.receivedAt ?? quarantine?.receivedAt ?? 0;
