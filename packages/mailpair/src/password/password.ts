/** `mailpair password`: prints a line for the users file. */
import { hashPassword, isUserName } from '@mailpair/shared/config/passwords';
import { askSecrets } from '../framework/ask-secret.ts';
import { choiceOption, expectOperands, UsageError } from '../framework/verb.ts';
import type { Verb } from '../framework/verb.ts';

export const password: Verb = {
  usage: 'password NAME [--scheme argon2id|scrypt]',
  options: { scheme: { type: 'string' } },
  help: `
Asks for the password twice without showing it, or reads it from the first line of a pipe, and
prints the line for the file that outbound.users names. NAME is the login name of the submitter;
it has no space and no colon. A mail server that logs in is to be named in submitters.servers too, so
that each of its users counts for itself.

  --scheme SCHEME    argon2id (default) or scrypt

Examples:
  mailpair password printer >> /etc/mailpair/users
  openssl rand -base64 18 | tee /root/mailserver.password | mailpair password mailserver >> /etc/mailpair/users
  openssl rand -base64 18 | tee /root/printer.password | mailpair password printer >> /etc/mailpair/users

Exit: 0 printed, 1 the two passwords differ, 2 usage or fault.
`,
  async run(args, io) {
    expectOperands(args, 1, 1);
    const [name = ''] = args.operands;
    if (!isUserName(name))
      throw new UsageError(
        `${name} is not a valid name: it must not contain a space or a colon, or begin with #`,
      );
    const scheme = choiceOption(args, 'scheme', ['argon2id', 'scrypt']);
    const [typed = '', again = typed] = await askSecrets([`Password for ${name}:`, 'The same again:'], io);
    if (typed === '') throw new Error('the password is empty');
    if (typed !== again) {
      io.err('The two passwords differ; no line was printed.');
      return 1;
    }
    io.out(`${name}:${await hashPassword(typed, scheme)}`);
    return 0;
  },
};
