/** The configuration of a Postfix of its own in a temporary directory, in no way tied to the machine's. Pure. */

export interface PostfixOptions {
  /** Its name, in its greeting and in Received. */
  readonly host: string;
  /** Where smtpd listens on 127.0.0.1. */
  readonly port: number;
  readonly domain: string;
  /** Addresses of the domain; `@example.com` for all of them. */
  readonly recipients: readonly string[];
  /** Port on 127.0.0.1 that mail for other domains goes to; without it there is no way out. */
  readonly relayPort?: number;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export const texthash = (recipients: readonly string[]): string =>
  recipients.map((address) => `${address} box/\n`).join('');

/** `directory` holds etc, queue, data and mail; `owner` is whose the mailbox is. */
export function mainCf(directory: string, options: PostfixOptions, { uid, gid }: Account): string {
  const { host, domain, relayPort } = options;
  const settings = {
    compatibility_level: '3.6',
    queue_directory: `${directory}/queue`,
    data_directory: `${directory}/data`,
    maillog_file: `${directory}/maillog`,
    maillog_file_prefixes: directory,
    myhostname: host,
    mydestination: '',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    mynetworks: '127.0.0.0/8',
    virtual_mailbox_domains: domain,
    virtual_mailbox_maps: `texthash:${directory}/etc/mailboxes`,
    virtual_mailbox_base: `${directory}/mail`,
    virtual_uid_maps: `static:${uid}`,
    virtual_gid_maps: `static:${gid}`,
    virtual_minimum_uid: 1,
    relayhost: relayPort === undefined ? '' : `[127.0.0.1]:${relayPort}`,
    default_transport: relayPort === undefined ? 'error:there is no way out' : 'smtp',
    smtpd_tls_chain_files: `${directory}/etc/tls.pem`,
    smtpd_tls_security_level: 'may',
    smtpd_tls_received_header: 'yes',
    smtp_tls_security_level: 'encrypt',
    // Nothing is to be completed or rewritten because it comes from this machine.
    local_header_rewrite_clients: '',
    message_size_limit: 50_000_000,
    mailbox_size_limit: 0,
    virtual_mailbox_limit: 0,
    smtpd_client_connection_count_limit: 0,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

/** What of Postfix runs: taking, queueing, delivering, relaying. Nothing in a chroot. */
export function masterCf(port: number): string {
  const rows = [
    `127.0.0.1:${port} inet n n - - smtpd`,
    'pickup unix n n 60 1 pickup',
    'cleanup unix n n - 0 cleanup',
    'qmgr unix n n 300 1 qmgr',
    'tlsmgr unix - n 1000? 1 tlsmgr',
    'rewrite unix - n - - trivial-rewrite',
    ...['bounce', 'defer', 'trace'].map((name) => `${name} unix - n - 0 bounce`),
    'verify unix - n - 1 verify',
    'flush unix n n 1000? 0 flush',
    'proxymap unix - n - - proxymap',
    'smtp unix - n - - smtp',
    'showq unix n n - - showq',
    ...['error', 'retry'].map((name) => `${name} unix - n - - error`),
    'virtual unix - n - - virtual',
    'anvil unix - n - 1 anvil',
    'scache unix - n - 1 scache',
    'postlog unix-dgram n n - 1 postlogd',
  ];
  return rows
    .map((row) => {
      const [service, type, isPrivate, chroot, wakeUp, limit, command] = row.split(' ');
      return `${service} ${type} ${isPrivate} ${service === 'virtual' ? 'n' : '-'} ${chroot} ${wakeUp} ${limit} ${command}\n`;
    })
    .join('');
}
