/** The name servers that `balancer dns-rr` is tried with, each set up as `--explain` says. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Context } from 'mocha';
import { runCommand } from '../support/commands.ts';
import { INBOUND } from '../support/pair.ts';
import { needBind, openBind } from './bind-instance.ts';
import { needKnot, openKnot } from './knot-instance.ts';
import type { NameServer } from './name-server.ts';
import { pathOf } from './programs.ts';

/** The nodes' addresses. */
export const FIRST = '127.0.0.11';
export const SECOND = '127.0.0.12';
export const VIEWS = `_mailpair-views.${INBOUND}`;
export const SECRET = Buffer.from('the secret of this test, 32 long').toString('base64');
const records = [FIRST, SECOND].map((address) => `${INBOUND}. 1 IN A ${address}`).join('\n');

const bindKey = `key "mailpair-rr" { algorithm hmac-sha256; secret "${SECRET}"; };`;
const knotKey = `key:\n  - id: mailpair-rr\n    algorithm: hmac-sha256\n    secret: ${SECRET}\n`;

export interface Kind {
  readonly name: string;
  readonly keyFile: string;
  need(context: Context): string;
  open(): Promise<NameServer>;
  /** What the server's own checker says of its part of an explanation. */
  check(explained: string, directory: string): Promise<{ code: number; said: string }>;
}

/** The paragraph of an explanation that begins so. */
const partOf = (explained: string, begin: string): string =>
  explained.split('\n\n').find((part) => part.startsWith(`# 2. ${begin}`)) ?? '';

async function checkWith(
  command: string,
  args: readonly string[],
  text: string,
  directory: string,
): Promise<{ code: number; said: string }> {
  expect(text).to.include(INBOUND);
  const file = join(directory, 'explained.conf');
  writeFileSync(file, text);
  const words = args.map((word) => (word === 'FILE' ? file : word));
  const { code, stdout, stderr } = await runCommand(pathOf(command) ?? command, words);
  return { code, said: `${stdout}${stderr}` };
}

export const kinds: readonly Kind[] = [
  {
    name: 'BIND',
    keyFile: bindKey,
    need: needBind,
    open: () =>
      openBind({
        config: bindKey,
        zones: [
          {
            name: 'example.com',
            records,
            config: `update-policy { grant mailpair-rr name ${INBOUND}. A AAAA; grant mailpair-rr name ${VIEWS}. TXT; };`,
          },
        ],
      }),
    check: (explained, directory) =>
      checkWith('named-checkconf', ['FILE'], partOf(explained, 'BIND, named.conf.'), directory),
  },
  {
    name: 'Knot',
    keyFile: knotKey,
    need: needKnot,
    open: () =>
      openKnot({
        config: `${knotKey}
acl:
  - id: mailpair-dns-rr
    key: mailpair-rr
    action: update
    update-owner: name
    update-owner-match: equal
    update-owner-name: [${INBOUND}.]
    update-type: [A, AAAA]
  - id: mailpair-dns-rr-views
    key: mailpair-rr
    action: update
    update-owner: name
    update-owner-match: equal
    update-owner-name: [${VIEWS}.]
    update-type: [TXT]
`,
        zones: [
          { name: 'example.com', records, config: '    acl: [mailpair-dns-rr, mailpair-dns-rr-views]' },
        ],
      }),
    check: (explained, directory) =>
      checkWith('knotc', ['-c', 'FILE', 'conf-check'], partOf(explained, 'Or Knot, knot.conf.'), directory),
  },
];
