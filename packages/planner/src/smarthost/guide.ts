/**
 * A guide for configuring a mail server to use the pair: steps, each with its reason and its commands, and
 * the text composed of them. Pure.
 *
 * In the text, everything but the commands of the steps is a comment, including the commands for testing and
 * undoing. If the commands are for a shell, the whole text is a valid script.
 */

export interface Step {
  readonly title: string;
  /** The reason for the step, and warnings. Each paragraph is one line. */
  readonly text: string;
  /** Commands in the language of the guide; '' if there are none. */
  readonly code: string;
}

export interface Guide {
  readonly server: string;
  readonly title: string;
  /** The language of the commands; `screen` is a description of what to click and type. */
  readonly language: 'sh' | 'powershell' | 'screen';
  readonly apply: readonly Step[];
  readonly test: Step;
  readonly undo: Step;
}

/** Shows the state before the change. */
const BEFORE: Step = {
  title: 'Before',
  text: 'On the host of a gateway, to see what is wrong now and what this server answers to each gateway:',
  code: 'mailpair local-servers check',
};

/** The command that verifies the result. */
const PROOF = 'mailpair local-servers check    # on the host of a gateway: all is well';

const proven = (test: Step): Step => ({ ...test, code: `${PROOF}\n${test.code}` });

/** The JSON output includes the steps with which every guide begins and ends. */
export const composeGuideJson = (guide: Guide, notes: readonly string[]): string =>
  `${JSON.stringify({ ...guide, before: BEFORE, test: proven(guide.test), notes }, null, 2)}\n`;

export function composeGuide(
  { title, language, apply, undo, ...guide }: Guide,
  notes: readonly string[],
): string {
  const test = proven(guide.test);
  const blocks = [
    comment([title, ...openings[language]].join('\n')),
    comment(`== Before ==\n${BEFORE.text}\n${indent(BEFORE.code)}`),
    ...apply.map(({ title: heading, text, code }, index) =>
      [comment(`== ${index + 1}. ${heading} ==\n${text}`), show(language, code)].filter(Boolean).join('\n'),
    ),
    comment(`== To test ==\n${test.text}\n${indent(test.code)}`),
    comment(`== To undo ==\n${undo.text ? `${undo.text}\n` : ''}${indent(undo.code)}`),
    ...(notes.length > 0 ? [comment(`== To mind ==\n${notes.map((note) => `- ${note}`).join('\n')}`)] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}

const openings = {
  sh: [
    'For root on the mail server. Lines without # are commands; all of it is a shell script, to be read and then run.',
  ],
  powershell: ['Lines without # are commands for PowerShell.'],
  screen: ['To be done by hand.'],
} as const;

const width = 100;

/** A guide for a screen has nothing to paste, so all of it is text. */
const show = (language: Guide['language'], code: string): string =>
  language === 'screen' ? comment(indent(code)) : code.trim();

const indent = (code: string): string =>
  code
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '' : `    ${line}`))
    .join('\n');

/** Wraps long lines of prose. Indented lines are code and are kept. */
const comment = (text: string): string =>
  text
    .trim()
    .split('\n')
    .flatMap((line) => (line.startsWith('    ') ? [line] : wrap(line)))
    .map((line) => (line === '' ? '#' : `# ${line}`))
    .join('\n');

function wrap(line: string): string[] {
  const lines = [''];
  const margin = line.startsWith('- ') ? '  ' : '';
  for (const word of line.split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${margin}${word}`);
  }
  return lines;
}
