/**
 * `npx pnpm@12 run bench:line-scan`: the scan of lines by WebAssembly beside versions in JavaScript, in alternating rounds in one
 * process. It measures what decision 49 is based on: the time for a message whose lines are in order, which is what mail consists of.
 */
import { scanLines, scannable } from '@mailpair/shared/platform/fast/line-scan';
import { scanLinesSimple } from '@mailpair/shared/platform/fast/line-scan-simple';
import { PlainRun } from '@mailpair/shared/platform/fast/plain-run';
import { medianIntervalOf, spreadOf } from './statistics.ts';

type Scan = (chunk: Buffer, at: number, isLineStart: boolean) => number;

const [LF, CR, DOT] = [10, 13, 46];
const ROUNDS = 41;
const WARM_UP_ROUNDS = 5;
/** Scanned by each version in each round. */
const ROUND_BYTES = 4_000_000;
const LINE_BYTES = 78;

/** Each line end is found twice, as CR and as LF, because either may stand alone. */
function byIndexOf(chunk: Buffer, at: number, isLineStart: boolean): number {
  if (chunk.indexOf(0, at) >= 0 || (isLineStart && chunk[at] === DOT)) return at;
  for (let start = at; ;) {
    const [cr, lf] = [chunk.indexOf(CR, start), chunk.indexOf(LF, start)];
    if (cr < 0 && lf < 0) return chunk.length;
    if (cr < 0 || cr !== lf - 1) return start;
    start = lf + 1;
    if (chunk[start] === DOT) return start;
  }
}

/** Within lines as the decoder does without WebAssembly: four octets at a time. */
function byWords(chunk: Buffer, at: number, isLineStart: boolean): number {
  const run = new PlainRun(chunk);
  if (isLineStart && chunk[at] === DOT) return at;
  for (;;) {
    const end = run.endAfter(at);
    if (end >= chunk.length) return chunk.length;
    if (chunk[end] === CR && chunk[end + 1] !== LF) return end;
    if (chunk[end] === 0 || chunk[end] === LF) return end;
    at = chunk[end] === CR ? end + 2 : end + 1;
    if (chunk[end] === CR && chunk[at] === DOT) return at;
  }
}

const versions: Readonly<Record<string, Scan>> = {
  WebAssembly: scanLines,
  'words of 4 octets': byWords,
  'Buffer.indexOf': byIndexOf,
  'octet by octet': scanLinesSimple,
};

function messageOf(sizeBytes: number): Buffer {
  const line = `${'The quick brown fox jumps over the lazy dog. '.repeat(2).slice(0, LINE_BYTES)}\r\n`;
  return Buffer.alloc(sizeBytes, line).fill('\r\n', sizeBytes - 2);
}

/** @returns microseconds for a message whose chunks lie in the memory that sockets are read into, as the decoder finds them */
function timeOf(scan: Scan, message: Buffer, chunkBytes: number): number {
  const repetitions = Math.ceil(ROUND_BYTES / message.length);
  let took = 0;
  for (let repetition = 0; repetition < repetitions; repetition += 1)
    for (let from = 0; from < message.length; from += chunkBytes) {
      const chunk = scannable.subarray(0, message.copy(scannable, 0, from, from + chunkBytes));
      const begin = performance.now();
      const reached = scan(chunk, 0, false);
      took += performance.now() - begin;
      if (reached < chunk.length - 17) throw new Error('a version stops where nothing has to be decided');
    }
  return (took / repetitions) * 1_000;
}

function measure(message: Buffer, chunkBytes: number): Record<string, number[]> {
  const times: Record<string, number[]> = {};
  const order = Object.entries(versions);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1)
    for (const [name, scan] of round % 2 === 0 ? order : order.toReversed()) {
      const took = timeOf(scan, message, chunkBytes);
      if (round >= 0) (times[name] ??= []).push(took);
    }
  return times;
}

process.stdout.write(
  '| message | chunks | version | µs per message (median) | times WebAssembly | 95 % interval |\n' +
    '| ------: | -----: | :------ | ----------------------: | ----------------: | ------------: |\n',
);
for (const sizeKb of [4, 50, 1_024])
  for (const chunkKb of sizeKb === 4 ? [16] : [16, 64]) {
    const times = measure(messageOf(sizeKb * 1_024), chunkKb * 1_024);
    for (const [name, each] of Object.entries(times)) {
      const ratios = each.map((took, round) => took / times['WebAssembly']![round]!);
      const { from, to } = medianIntervalOf(ratios);
      const cells = [
        ...[`${sizeKb} KB`, `${chunkKb} KB`, name, spreadOf(each).median.toFixed(2)],
        ...[spreadOf(ratios).median.toFixed(1), `${from.toFixed(1)}–${to.toFixed(1)}`],
      ];
      process.stdout.write(`| ${cells.join(' | ')} |\n`);
    }
  }
