/**
 * How an operator names attachments: `*.iso` by name (each that a program would save it under, within
 * archives too), `application/x-*` by declared type,
 * `is:exe` by what its first octets say, `is:macros` by what was found. Pure.
 */
import type { AttachmentFacts } from './content.ts';
import { fileNamesOf } from './file-names.ts';

/** What a file can be besides what it looks like. */
export const attachmentClasses = [
  'executable',
  'disguised',
  'double-extension',
  'right-to-left',
  'encrypted',
  'macros',
  'bomb',
  'unopened',
] as const;
export type AttachmentClass = (typeof attachmentClasses)[number];

/** What first octets are known to say. */
const attachmentKinds = [
  '7z',
  'ace',
  'applesingle',
  'ar',
  'arj',
  'bzip2',
  'cab',
  'chm',
  'class',
  'cms',
  'compress',
  'cpio',
  'elf',
  'exe',
  'gif',
  'gzip',
  'html',
  'iso',
  'jar',
  'jpeg',
  'lha',
  'lnk',
  'lz4',
  'lzip',
  'lzma',
  'macho',
  'odf',
  'ole',
  'onenote',
  'ooxml',
  'pdf',
  'pgp',
  'png',
  'psd',
  'rar',
  'rpm',
  'rtf',
  'script',
  'svg',
  'tar',
  'tnef',
  'udf',
  'vhd',
  'vhdx',
  'wasm',
  'wim',
  'xar',
  'xz',
  'zip',
  'zstd',
] as const;

/** Endings by which a file is run when it is opened, on Windows for the most part. */
const runs =
  'ade|adp|app|appx|bat|chm|cmd|com|cpl|dll|exe|gadget|hta|inf|ins|isp|iso|img|jar|jnlp|js|jse|lnk|msc|msi|msix|msp|mst|pif|' +
  'ps1|psm1|reg|scf|scr|sct|settingcontent-ms|shb|sys|url|vb|vbe|vbs|vhd|vhdx|wsc|wsf|wsh|xll';
/** Endings of what is read, not run. */
const reads =
  'pdf|docx?|docm|xlsx?|xlsm|pptx?|odt|ods|rtf|txt|csv|jpe?g|png|gif|bmp|tiff?|html?|xml|mp[34]|wav|avi|mov|zip|rar|7z';

const runsWhenOpened = new RegExp(`\\.(?:${runs})$`);
const isRead = new RegExp(`\\.(?:${reads})$`);
const readsThenRuns = new RegExp(`\\.(?:${reads})[\\s._-]*\\.(?:${runs})$`);
const programs = new Set(['exe', 'elf', 'macho', 'lnk', 'class', 'jar', 'chm']);
/** A left-to-right or right-to-left override: the name is shown in another order than it is read. */
const override = /[\u202d\u202e]/;

export function classesOf(facts: AttachmentFacts): readonly AttachmentClass[] {
  const { name, otherNames = [], looksLike, encrypted, macros, bomb, unopened } = facts;
  const files = fileNamesOf(facts);
  const isNamed = (pattern: RegExp): boolean => files.some((file) => pattern.test(file));
  const isProgram = programs.has(looksLike);
  const classes: (AttachmentClass | false | undefined)[] = [
    (isProgram || isNamed(runsWhenOpened)) && 'executable',
    isProgram && looksLike !== 'jar' && isNamed(isRead) && 'disguised',
    isNamed(readsThenRuns) && 'double-extension',
    [name, ...otherNames].some((each) => override.test(each)) && 'right-to-left',
    encrypted && 'encrypted',
    macros && 'macros',
    bomb && 'bomb',
    unopened !== undefined && 'unopened',
  ];
  return classes.filter((each) => each !== false && each !== undefined);
}

export type AttachmentRule = (facts: AttachmentFacts) => boolean;

/** @param rule one that `faultOfRule` finds nothing wrong with */
export function attachmentRule(rule: string): AttachmentRule {
  const word = rule.toLowerCase();
  if (word.startsWith('is:')) {
    const is = word.slice(3);
    return (facts) => facts.looksLike === is || classesOf(facts).some((each) => each === is);
  }
  const fits = patternOf(word);
  return word.includes('/') ? (facts) => fits(facts.declaredType) : (facts) => fileNamesOf(facts).some(fits);
}

/** `*` stands for anything. Compared piece by piece, so that no pattern takes long. */
function patternOf(pattern: string): (text: string) => boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return (text) => text === first;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

export function faultOfRule(rule: string): string | undefined {
  const [prefix, is] = [rule.slice(0, 3).toLowerCase(), rule.slice(3).toLowerCase()];
  if (prefix === 'is:')
    return [...attachmentClasses, ...attachmentKinds].some((each) => each === is)
      ? undefined
      : `is nothing that a file can be found to be; known: ${[...attachmentClasses, ...attachmentKinds].join(', ')}`;
  if (rule === '' || /\s/.test(rule)) return 'is no pattern';
  return /[*./]/.test(rule) ? undefined : 'has neither a dot nor a slash nor a star';
}
