/** mailpair.yaml and --set: whatever stands there, each fault is given with its fix, and nothing is thrown. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { keyPaths } from '@mailpair/shared/config/keys';
import { readConfig, type ConfigReading } from '@mailpair/shared/config/read/read-config';
import { minimal } from '../../shared/config/reading.ts';
import { must, type TargetFile } from '../target.ts';

const yamlWords = [
  '\n',
  ': ',
  '- ',
  '[',
  ']',
  '{',
  '}',
  '"',
  "'",
  '&a ',
  '*a',
  '!!binary ',
  '!!set ',
  '|\n',
  '>-\n',
  '# ',
  '? ',
  '<<: ',
  '---\n',
  '\t',
  '  ',
  '@',
  '%',
  '~',
  '0x1f',
  '1e9',
  '5m',
  '25MB',
  '[::]:25',
  '::1/64',
  ...keyPaths,
];

/** Nothing of this host is opened. */
const isolated = (text: string): string =>
  text.replaceAll('/etc/', '/nowhere/').replaceAll('/var/', '/nowhere/');
const example = (): string =>
  isolated(
    readFileSync(
      fileURLToPath(import.meta.resolve('../../../packages/shared/mailpair.example.yaml')),
      'utf8',
    ),
  );

export const configuration: TargetFile = {
  name: 'configuration',
  open() {
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-fuzz-'));
    const file = join(directory, 'mailpair.yaml');
    const sections = example().split(/\n\n+/);
    return {
      name: 'configuration',
      seeds: [minimal(), ...sections.map((section) => `${minimal()}\n${section}\n`), example()].map((text) =>
        Buffer.from(text),
      ),
      words: yamlWords,
      longestBytes: 16 * 1024,
      budgetMs: 2_000,
      isSlow: true,
      run(input) {
        writeFileSync(file, isolated(input.toString('latin1')), 'latin1');
        checkReading(() => readConfig({ file, env: {}, sets: [], now: 0 }));
      },
      async close() {
        rmSync(directory, { recursive: true, force: true });
      },
    };
  },
};

const KEYS_IN_A_SEED = 8;

/** Lines of `key=value`, for --set, and `NAME=value` for the environment. */
export const overrides: TargetFile = {
  name: 'overrides',
  open() {
    const directory = mkdtempSync(join(tmpdir(), 'mailpair-fuzz-'));
    const file = join(directory, 'mailpair.yaml');
    writeFileSync(file, minimal());
    const values = [
      '5m',
      '25MB',
      '[a, b]',
      '{ x: y }',
      'none',
      '"[::]:25"',
      'null',
      '-1',
      '0.5',
      '"*"',
      '[[]]',
    ];
    return {
      name: 'overrides',
      seeds: Array.from({ length: Math.ceil(keyPaths.length / KEYS_IN_A_SEED) }, (_, i) =>
        Buffer.from(
          `${keyPaths
            .slice(i * KEYS_IN_A_SEED, (i + 1) * KEYS_IN_A_SEED)
            .map((path, j) => `${path}=${values[(i + j) % values.length]}`)
            .join('\n')}\nMAILPAIR_SMTP_MAX_MESSAGE=25MB`,
        ),
      ),
      words: [...yamlWords, '=', 'routes.', ...values],
      longestBytes: 4 * 1024,
      budgetMs: 2_000,
      isSlow: true,
      run(input) {
        const lines = isolated(input.toString()).split('\n');
        const variables = lines
          .map((line) => /^(MAILPAIR_\w+)=(.*)/.exec(line))
          .filter((found) => found !== null);
        const env = Object.fromEntries(variables.map(([, name = '', value = '']) => [name, value]));
        const sets = lines.filter((line) => !line.startsWith('MAILPAIR_'));
        checkReading(() => readConfig({ file, env, sets, now: 0 }));
      },
      async close() {
        rmSync(directory, { recursive: true, force: true });
      },
    };
  },
};

function checkReading(read: () => ConfigReading): void {
  const reading = read();
  const { settings, faults, warnings } = reading;
  must((settings === undefined) === faults.length > 0, 'there are settings with faults, or neither of both');
  for (const { path, seen, problem, fix } of [...faults, ...warnings])
    must(
      [path, seen, problem, fix].every((text) => typeof text === 'string') && problem !== '' && fix !== '',
      'a fault does not say what it is',
      { path, seen, problem, fix },
    );
  must(
    isDeepStrictEqual(read().faults, faults),
    'the same configuration has other faults when it is read again',
  );
}
