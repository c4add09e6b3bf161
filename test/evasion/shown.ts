/** What another reader shows of a message, and what of it the gateway's reader has missed. */
import { simpleParser } from 'mailparser';
import type { Judged } from './judged.ts';

export interface Shown {
  readonly files: readonly { readonly name: string; readonly isProgram: boolean }[];
  /** Text to be read in place, its links included. */
  readonly text: string;
}

export const isProgram = (octets: Buffer): boolean =>
  octets.length >= 64 && octets.toString('latin1', 0, 2) === 'MZ';

/** Names and programs that were not found, and the listed domain, in a message that the settings as they come accept. */
export function missedOf({ files, text }: Shown, { content, isRefused, usual }: Judged): readonly string[] {
  if (usual.verdict.kind !== 'accept') return [];
  const { attachments } = content.facts;
  const names = new Set(attachments.flatMap(namesOf));
  const programs = attachments.filter(({ looksLike }) => looksLike === 'exe').length;
  return [
    ...files
      .filter(({ name }) => name !== '' && !names.has(plain(name)))
      .map(({ name }) => `the name ${name}`),
    ...(files.filter((file) => file.isProgram).length > programs ? ['a program'] : []),
    ...(/\bevil\.example/.test(text) && !isRefused ? ['a link'] : []),
  ];
}

/** An attachment may be known by more than one name. */
const namesOf = ({ name, otherNames = [] }: Named): string[] => [name, ...otherNames].map(plain);

interface Named {
  readonly name: string;
  readonly otherNames?: readonly string[];
}

/** Without its folder, case, and what nobody sees. */
const plain = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\s]/gu, '')
    .replace(/[./\\]+$/, '')
    .replace(/^.*[/\\]/, '')
    .toLowerCase();

export async function shownByMailparser(message: Buffer): Promise<Shown> {
  const { attachments, text = '', html } = await simpleParser(message, { skipImageLinks: true });
  return {
    files: attachments.map(({ filename = '', content }) => ({
      name: filename,
      isProgram: isProgram(content),
    })),
    text: `${text}\n${html === false ? '' : html}`,
  };
}
