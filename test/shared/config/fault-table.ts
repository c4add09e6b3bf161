/** Tests written as a table: a configuration with one fault, and what the operator is told of it. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { minimal, readText } from './reading.ts';

/** Two lines a case: the configuration; key | seen | problem | fix, the last two as parts of what is told. */
export function describeFaults(title: string, table: string): void {
  const lines = table.split('\n').map((line) => line.trim());
  const rows = lines.filter((line) => line !== '');
  describe(`faults of the configuration: ${title}`, () => {
    for (let index = 0; index < rows.length; index += 2) {
      const [text = '', told = ''] = rows.slice(index, index + 2);
      it(`are told for ${text}`, () => expectFault(text, told.split(' | ')));
    }
  });
}

function expectFault(text: string, [path, seen, problem = '?', fix = '?']: string[]): void {
  const { faults, settings } = readText(complete(text));
  expect(faults).to.have.length(1);
  expect(faults[0]).to.include({ path, seen });
  expect(faults[0]?.problem).to.include(problem);
  expect(faults[0]?.fix).to.include(fix);
  expect(settings).to.equal(undefined);
}

/** The line with what every configuration needs; `without KEY` is all of that but the key. */
function complete(line: string): string {
  const [, omitted] = /^without (\w+)$/.exec(line) ?? [];
  if (omitted !== undefined) return minimal(omitted);
  const name = line.slice(0, line.indexOf(':'));
  const host =
    name === 'inbound' ? 'mx-in.example.com' : name === 'outbound' ? 'mx-out.example.com' : undefined;
  const named = host && !line.includes('host: ') ? line.replace('{', `{ host: ${host},`) : line;
  return `${named}\n${minimal(name)}`;
}
