/** The names that programs show of a part: by Content-Disposition, by Content-Type, and by each reading of them. Pure. */
import { bounds } from './bounds.ts';
import type { Notes } from './notes.ts';
import type { Structured } from './parameters.ts';

const NAMES = 16;

/** @returns each once, the name that most programs show first; empty when it has none */
export function namesOf(
  types: readonly Structured[],
  dispositions: readonly Structured[],
  notes: Notes,
): string[] {
  if (!types.some(hasName) && !dispositions.some(hasName)) return [];
  const given = [
    ...dispositions.map((each) => each.parameters.get('filename')),
    ...types.map((each) => each.parameters.get('name')),
    ...dispositions.map((each) => each.parameters.get('name')),
    ...types.map((each) => each.parameters.get('filename')),
  ].filter((name) => name !== undefined && name !== '') as string[];
  const all = new Set(given);
  for (const { others } of [...dispositions, ...types])
    for (const parameter of ['filename', 'name'])
      for (const name of others.get(parameter) ?? []) if (name !== '') all.add(name);
  if (all.size > 1) noteDifference([...all], dispositions, notes);
  return [...new Set([...all].slice(0, NAMES).flatMap(shortened))];
}

const hasName = ({ parameters }: Structured): boolean => parameters.has('filename') || parameters.has('name');

function noteDifference(names: readonly string[], dispositions: readonly Structured[], notes: Notes): void {
  const isTwice = dispositions.some(({ twice }) => twice.includes('filename'));
  const endings = new Set(names.map(extensionOf).filter((ending) => ending !== ''));
  if (isTwice || endings.size > 1) notes.fault('two-names', names.slice(0, 3).join(' | '));
}

const extensionOf = (name: string): string =>
  name.includes('.')
    ? name
        .slice(name.lastIndexOf('.') + 1)
        .trim()
        .toLowerCase()
    : '';

/** Programs that shorten a name keep its end or its beginning. */
const shortened = (name: string): string[] =>
  name.length <= bounds.nameCharacters
    ? [name]
    : [name.slice(-bounds.nameCharacters), name.slice(0, bounds.nameCharacters)];
