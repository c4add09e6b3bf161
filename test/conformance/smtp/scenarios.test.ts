/**
 * Plays every scenario beside this file: `rfcNNNN/what-the-server-does.smtp`, in the language of test/support/wire.ts,
 * with two kinds of lines more:
 *
 *     LISTENER: role=submission tls=implicit trusted maxMessageBytes=100 …    what the listener is like
 *     GOT: <reverse-path> <forward-path> … octets                             each message that the gateway is given
 *
 * All messages have to be named, so a scenario without GOT says that there is none.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { summaryOf, withListener, type RecordingOptions } from '../../support/recording-listener.ts';
import { connectTo } from '../../support/wire.ts';

const files = globSync('*/*.smtp', { cwd: import.meta.dirname }).sort();

for (const folder of new Set(files.map(dirname)))
  describe(`SMTP by ${folder.replace('rfc', 'RFC ')}`, () => {
    for (const file of files.filter((each) => dirname(each) === folder))
      it(basename(file, '.smtp').replaceAll('-', ' '), async () => {
        const { options, script, got } = parseScenario(readFileSync(join(import.meta.dirname, file), 'utf8'));
        await withListener(options, async (listener) => {
          const dialogue = await connectTo(listener.address, { tls: options.tls === 'implicit' });
          await dialogue.play(script);
          await dialogue.gone();
          expect(listener.messages.map(summaryOf)).to.deep.equal(got);
          expect(listener.faults).to.deep.equal([]);
          expect(withoutEnhancedCode(dialogue.segments.join(''))).to.deep.equal([]);
        });
      });
  });

/** Replies that lack their enhanced code (RFC 2034 §3). The greeting, EHLO, HELO and 3xx have none. */
function withoutEnhancedCode(said: string): string[] {
  let inHello = false;
  return said.split('\r\n').filter((line) => {
    inHello ||= /^250[ -]mx\.example\.com$/.test(line);
    const isFree = inHello || /^(220 mx\.example\.com ESMTP|3\d\d .*|)$/.test(line);
    if (inHello && line.startsWith('250 ')) inHello = false;
    return !isFree && !/^([245])\d\d[ -]\1\.\d{1,3}\.\d{1,3} ./.test(line);
  });
}

interface Scenario {
  readonly options: RecordingOptions;
  readonly script: string;
  readonly got: readonly string[];
}

function parseScenario(text: string): Scenario {
  const lines = text.split('\n');
  const after = (word: string): string[] =>
    lines.filter((line) => line.startsWith(word)).map((line) => line.slice(word.length).trim());
  const script = lines.filter((line) => !/^(LISTENER|GOT):/.test(line)).join('\n');
  return { options: parseOptions(after('LISTENER:').join(' ')), script, got: after('GOT:') };
}

const SMTP = ['bareLineEnds', 'maxMessageBytes', 'maxRecipients'];
const LIMITS = ['errors', 'commands', 'memoryPerMessageBytes'];

function parseOptions(text: string): RecordingOptions {
  const options: Record<string, unknown> = {};
  const smtp: Record<string, unknown> = {};
  const limits: Record<string, unknown> = {};
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const [name = '', value = 'yes'] = word.split('=');
    const read = /^\d+$/.test(value) ? Number(value) : value;
    if (SMTP.includes(name)) smtp[name] = read;
    else if (LIMITS.includes(name)) limits[name] = read;
    else if (['role', 'tls', 'trusted'].includes(name)) options[name] = read;
    else throw new Error(`LISTENER: does not know ${name}`);
  }
  return { ...options, smtp, limits };
}
