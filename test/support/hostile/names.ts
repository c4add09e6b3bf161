/** Names of attachments. */
import { program } from '../archives.ts';
import { attached, type Maker } from './shapes.ts';

export const names: readonly Maker[] = [
  'invoice\\"; filename=\\"a.exe',
  `invoice.pdf${' '.repeat(200)}.exe`,
  '../../../../etc/passwd',
  'a.exe.',
  'a.exe::$DATA',
  'CON',
  'x'.repeat(5_000),
  '=?utf-8?b?YS5leGU=?=',
  '=?utf-8?q?invoice=E2=80=AEfdp.exe?=',
  '=?utf-8?q?a=EF=BC=8Eexe?=',
  '=?utf-8?q?a.e=00xe?=',
  '%41%00.exe',
  '\xff\xfe.exe',
  'a.pdf\tb.exe',
  'invoice.p\u0064f.js',
  'aux.txt.lnk',
  '; ; ;.exe',
].map((name): Maker => [`a program named ${name.slice(0, 40)}`, () => attached(name, Buffer.from(program))]);
