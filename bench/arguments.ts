/** The bench's command line. */
import { parseArgs } from 'node:util';
import { kinds, type Kind } from './candidate.ts';

export interface Arguments {
  readonly help: boolean;
  readonly isQuick: boolean;
  readonly kinds: readonly Kind[];
  readonly rounds: number;
  readonly secondsPerRound: number;
  readonly sizesBytes: readonly number[];
  readonly json: string | null;
  readonly write: boolean;
  readonly profile: boolean;
}

const full = { rounds: 5, seconds: 6, sizesKb: '4,50' };
const quick = { rounds: 3, seconds: 2, sizesKb: '4' };

export const help = `npx pnpm@12 bench [OPTION]...

Measures Mailpair's gateways beside Postfix, in turns, on this machine. Takes about seven minutes.

  --quick              short rounds of 4 KB messages only, about one minute
  --only KIND          one of relay, queue, judged
  --rounds N           rounds of each candidate (default ${full.rounds})
  --seconds S          how long a round should take (default ${full.seconds})
  --sizes KB,KB        sizes of messages (default ${full.sizesKb})
  --json FILE          writes the result there
  --write              keeps the result in bench/results/latest.json and bench/README.md
  --profile            tells instead where each of our gateways spends its time
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
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const usual = values.quick ? quick : full;
  return {
    help: values.help,
    isQuick: values.quick,
    kinds: readKinds(values.only),
    rounds: Math.ceil(readNumber('rounds', values.rounds ?? usual.rounds)),
    secondsPerRound: readNumber('seconds', values.seconds ?? usual.seconds),
    sizesBytes: (values.sizes ?? usual.sizesKb).split(',').map((kb) => readNumber('sizes', kb) * 1024),
    json: values.json ?? null,
    write: values.write,
    profile: values.profile,
  };
}

function readKinds(only: string | undefined): Kind[] {
  if (only === undefined) return [...kinds];
  const kind = kinds.find((each) => each === only);
  if (kind) return [kind];
  throw new Error(`--only takes ${kinds.join(', ')}, not “${only}”`);
}

function readNumber(option: string, value: string | number): number {
  const number = Number(value);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`--${option} takes a number above 0, not “${value}”`);
}
