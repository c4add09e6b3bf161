/** `mailpair dkim keygen` and `dkim rotate`: create DKIM keys, which sign only after `dkim activate`. */
import { makeKey, newSelectors } from '@mailpair/shared/gateway/sign/key-files';
import type { KeyType } from '@mailpair/shared/gateway/sign/key-files';
import type { DkimDomain } from '@mailpair/shared/platform/tls/dkim-keys';
import { dkimSubject, expectSound } from './domains.ts';
import { Table, terminalWidth } from '../framework/table.ts';
import { choiceOption, textOption, UsageError } from '../framework/verb.ts';
import type { Io, Verb, VerbArgs } from '../framework/verb.ts';

interface Made {
  readonly domain: string;
  readonly selector: string;
  readonly type: KeyType;
  readonly file: string;
}

const options = { selector: { type: 'string' }, type: { type: 'string' } } as const;

const optionHelp = `  --type TYPE        rsa (2048 bits), ed25519 (RFC 8463), or both, the default: receivers that do not
                     know Ed25519 verify the other signature
  --selector NAME    NAME, or NAME-rsa and NAME-ed25519 for both; default the date`;

export const dkimKeygen: Verb = {
  usage: 'dkim keygen [DOMAIN …] [--type rsa|ed25519|both] [--selector NAME]',
  options,
  help: `
Makes keys for the hosted domains named, or for all that have none, as dkim.keys/DOMAIN/SELECTOR.pem.
They do not sign yet: publish what "dns plan" prints, then "dkim activate". Every host that sends
mail of submitters (outbound, and inbound where it takes submissions) needs the same directory.

${optionHelp}

Examples:
  mailpair dkim keygen
  mailpair dkim keygen example.com --type rsa --selector mail
  mailpair dns plan --domain example.com      the records to publish

Exit: 0 made, 1 there was nothing to make, 2 usage or fault.
`,
  run: (args, io) =>
    Promise.resolve(
      make(args, io, ({ selectors, name }) =>
        selectors.length === 0
          ? undefined
          : `${name} has keys; "mailpair dkim rotate ${name}" makes the next`,
      ),
    ),
};

export const dkimRotate: Verb = {
  usage: 'dkim rotate [DOMAIN …] [--type rsa|ed25519|both] [--selector NAME]',
  options,
  help: `
Makes the next keys of the hosted domains named, or of all that have active ones. The active keys still sign,
and "dns plan" prints the records of both. Publish them. "dkim activate" then activates the new keys if
they are visible in DNS, and "dkim remove" removes the old ones some days later.

${optionHelp}

Examples:
  mailpair dkim rotate
  mailpair dkim rotate example.com
  mailpair dkim activate example.com          after the records are published

Exit: 0 made, 1 there was nothing to make (keys wait already, or there are none), 2 usage or fault.
`,
  run: (args, io) =>
    Promise.resolve(
      make(args, io, ({ selectors, name }) => {
        if (selectors.length === 0)
          return `${name} has no keys; "mailpair dkim keygen ${name}" makes the first`;
        const waiting = selectors.filter(({ state }) => state === 'waiting').map((one) => one.name);
        return waiting.length === 0
          ? undefined
          : `${name}: ${waiting.join(', ')} wait already; "mailpair dkim activate ${name}" comes next`;
      }),
    ),
};

/** @param objection why no key is created for a domain; undefined if one is to be created */
function make(args: VerbArgs, io: Io, objection: (domain: DkimDomain) => string | undefined): number {
  const type = choiceOption(args, 'type', ['rsa', 'ed25519', 'both']) ?? 'both';
  const types: readonly KeyType[] = type === 'both' ? ['rsa', 'ed25519'] : [type];
  const named = selectorOption(args);
  const { domains } = dkimSubject(args, io);
  const made: Made[] = [];
  for (const domain of domains) {
    expectSound(domain);
    const why = objection(domain);
    if (why === undefined) made.push(...makeFor(domain, types, named));
    else io.err(why);
  }
  if (args.json) io.out(JSON.stringify(made, null, 2));
  else if (made.length > 0) {
    const rows = made.map(({ domain, selector, type, file }) => [domain, selector, type, file]);
    io.out(new Table(['DOMAIN', 'SELECTOR', 'TYPE', 'FILE'], terminalWidth(io)).format(rows).join('\n'));
  }
  if (made.length === 0) return 1;
  io.err('They do not sign yet. Next: publish the records of "mailpair dns plan", copy the files to the');
  io.err('other host if it sends too, then "mailpair dkim activate" on both.');
  return 0;
}

function makeFor(domain: DkimDomain, types: readonly KeyType[], named: string | undefined): Made[] {
  const selectors = newSelectors(domain, types, Date.now(), named);
  return types.map((type) => {
    const selector = selectors.get(type)!;
    return { domain: domain.name, selector, type, file: makeKey(domain, selector, type) };
  });
}

function selectorOption(args: VerbArgs): string | undefined {
  const name = textOption(args, 'selector')?.toLowerCase();
  if (name === undefined || /^[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?$/.test(name)) return name;
  throw new UsageError(`--selector is a word of letters, digits and - within, not ${name}`);
}
