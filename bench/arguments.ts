/** The bench's command line. */
import { parseArgs } from 'node:util';
import { parts, type Part } from './scenarios.ts';

export interface Arguments {
  readonly help: boolean;
  readonly isQuick: boolean;
  readonly parts: readonly Part[];
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly sizesBytes: readonly number[];
  readonly json: string | null;
  readonly write: boolean;
  readonly profile: boolean;
  /** Compared with one worker; null to compare with others. */
  readonly workers: number | null;
  /** Directory of another checkout whose gateways are compared with those of this one; null to compare with others. */
  readonly beside: string | null;
}

const full = { rounds: 9, seconds: 2, sizesKb: '4,50', parts: parts.join() };
const quick = { rounds: 3, seconds: 2, sizesKb: '4', parts: 'relay,queue' };

export const help = `npx pnpm@12 bench [OPTION]...
       npx pnpm@12 bench attack [OPTION]...     what a legitimate client feels of attacks; --help tells its options

Measures Mailpair's gateways beside Postfix and Haraka, in turns, on this machine. Takes about 25 minutes and tells
how long it will still take.

  --quick              short rounds of relay and queue with 4 KB messages, about two minutes
  --only PART,PART     of the parts only these: ${parts.join(', ')}
  --rounds N           rounds of each candidate (default ${full.rounds})
  --seconds S          how long a round should take (default ${full.seconds})
  --sizes KB,KB        sizes of messages in relay, queue and judged (default ${full.sizesKb})
  --json FILE          writes the result there
  --write              keeps the result in bench/results/latest.json, with table and chart
  --profile            tells instead where each of our gateways spends its time
  --workers N          tells instead what N workers are worth beside one (about four minutes, as root)
  --beside CHECKOUT    compares instead the CPU of our gateways with those of another checkout of Mailpair, such as a
                       worktree of an earlier commit: the median ratio with its 95 % interval, from at least 15 rounds
  --help               this text
`;

/** @throws with what is wrong */
export function readArguments(words: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: words.filter((word) => word !== '--'),
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      sizes: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      workers: { type: 'string' },
      beside: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const usual = values.quick ? quick : full;
  return {
    help: values.help,
    isQuick: values.quick,
    parts: readParts(values.only ?? usual.parts),
    rounds: Math.ceil(readNumber('rounds', values.rounds ?? usual.rounds)),
    secondsPerRound: readNumber('seconds', values.seconds ?? usual.seconds),
    sizesBytes: (values.sizes ?? usual.sizesKb).split(',').map((kb) => readNumber('sizes', kb) * 1024),
    json: values.json ?? null,
    write: values.write,
    profile: values.profile,
    workers: values.workers === undefined ? null : Math.ceil(readNumber('workers', values.workers)),
    beside: values.beside ?? null,
  };
}

/** In the order in which they are run. */
function readParts(only: string): Part[] {
  const wanted = only.split(',');
  const unknown = wanted.find((name) => !parts.some((part) => part === name));
  if (unknown !== undefined) throw new Error(`--only takes ${parts.join(', ')}, not “${unknown}”`);
  return parts.filter((part) => wanted.includes(part));
}

function readNumber(option: string, value: string | number): number {
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`--${option} takes a number above 0, not “${value}”`);
}
