/** The servers that the guides of `mailpair smarthost` are applied to, and in what they differ. */
import { openExim, openPlainExim } from './exim-instance.ts';
import type { PackageSet } from './machine.ts';
import type { MailServer, MailServerOptions } from './mail-server.ts';
import { openOpenSmtpd } from './opensmtpd-instance.ts';
import { openPostfixServer } from './postfix-server.ts';
import { openSendmail } from './sendmail-instance.ts';

export interface Case {
  readonly packages: PackageSet;
  readonly server: string;
  readonly open: (options: MailServerOptions) => Promise<MailServer>;
  /** Below it lies all that the guide changes. */
  readonly configuration: string;
  readonly refusal: number;
  /** It can try inbound when outbound is away. */
  readonly fallsBack: boolean;
  /** Its users can log in to it here. */
  readonly submission: boolean;
}

const usual = { fallsBack: true, submission: true, refusal: 550 };
export const cases: Readonly<Record<string, Case>> = {
  Postfix: {
    ...usual,
    packages: 'postfix',
    server: 'postfix',
    open: openPostfixServer,
    configuration: '/etc/postfix',
    refusal: 554,
  },
  "Debian's Exim": {
    ...usual,
    packages: 'exim4',
    server: 'exim4',
    open: openExim,
    configuration: '/etc/exim4',
  },
  "Debian's Exim with its configuration split": {
    ...usual,
    packages: 'exim4',
    server: 'exim4',
    open: (options) => openExim(options, true),
    configuration: '/etc/exim4',
  },
  "Exim with its source's configuration": {
    ...usual,
    packages: 'exim4',
    server: 'exim',
    open: openPlainExim,
    configuration: '/etc/exim4',
  },
  Sendmail: {
    ...usual,
    packages: 'sendmail',
    server: 'sendmail',
    open: openSendmail,
    configuration: '/etc/mail',
  },
  OpenSMTPD: {
    ...usual,
    packages: 'opensmtpd',
    server: 'opensmtpd',
    open: openOpenSmtpd,
    configuration: '/etc',
    fallsBack: false,
    submission: false,
  },
};
