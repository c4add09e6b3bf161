/** Describes why a name server did not do what was requested, what to change and on which side. Pure. */
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import type { Verification } from './tsig.ts';
import { viewsNameOf } from './view.ts';

/**
 * The server was unreachable, its signature or ours was not accepted, or it refused. As far as is known,
 * nothing has changed.
 */
export class UpdateFault extends Error {
  override name = 'UpdateFault';
  /** Whether the server knows the key but does not permit it to make this change. */
  readonly isNotAllowed: boolean;

  constructor(message: string, isNotAllowed = false) {
    super(message);
    this.isNotAllowed = isNotAllowed;
  }
}

/** The context of a query, for the text of a fault. */
export interface Asked {
  readonly server: HostPort;
  readonly keyName: string;
  readonly keyFile: string;
  /** The name whose addresses are kept. */
  readonly host: string;
  /** '' while the zone is not yet known. */
  readonly zone: string;
  /** Whether the query was an update. */
  readonly change: boolean;
}

/** The fault in the signature of a response; undefined if the signature is valid. */
export function faultOfSignature(verified: Verification, asked: Asked): UpdateFault | undefined {
  const { server, keyName, keyFile, change } = asked;
  const at = `the name server ${formatHostPort(server)}`;
  switch (verified.kind) {
    case 'genuine':
      return undefined;
    case 'unsigned':
      return new UpdateFault(`${at} gave an answer without a signature, which is not believed`);
    case 'forged':
      return new UpdateFault(`${at} gave an answer that cannot be verified: ${verified.why}`);
    case 'bad-key':
      // Knot returns this code if no ACL matches. The preceding query has shown that the server knows the
      // key.
      if (change) return new UpdateFault(`${at} ${notAllowed(asked)} (BADKEY)`, true);
      return new UpdateFault(
        `${at} does not know the key ${keyName} (BADKEY): give it the key of ${keyFile} (dns.update.keyFile), ` +
          'with the same name and algorithm',
      );
    case 'bad-signature':
      return new UpdateFault(
        `${at} has another secret for the key ${keyName} (BADSIG): give both sides the key of ${keyFile} ` +
          '(dns.update.keyFile)',
      );
    case 'bad-truncation':
      return new UpdateFault(
        `${at} requires longer signatures (BADTRUNC): generate the key ${keyName} again with hmac-sha256`,
      );
    case 'bad-time': {
      const seconds = Math.abs(verified.aheadSeconds);
      const way = verified.aheadSeconds > 0 ? 'behind' : 'ahead of';
      return new UpdateFault(
        `this host's clock is ${seconds} s ${way} that of ${at} (BADTIME): set both by NTP`,
      );
    }
  }
}

/** The fault that a response code stands for. The caller handles the codes that it expects. */
export function faultOfRcode(rcode: string, asked: Asked): UpdateFault {
  const what = wordsOf(rcode, asked);
  const text = `the name server ${formatHostPort(asked.server)} ${what} (${rcode})`;
  return new UpdateFault(text, rcode === 'REFUSED' && asked.change);
}

function wordsOf(rcode: string, asked: Asked): string {
  const { host, zone, change } = asked;
  switch (rcode) {
    case 'REFUSED':
      if (change) return notAllowed(asked);
      return (
        `does not answer questions about ${host}: it is not the one of that zone (correct dns.update.server), or ` +
        'does not accept queries from this host (in BIND: allow-query)'
      );
    case 'NOTAUTH':
      return `is not the primary of ${zone || `the zone of ${host}`}: set dns.update.server to the host that is`;
    case 'NOTZONE':
      return `says that ${host} does not lie in ${zone}: correct dns.update.zone, or leave it out`;
    case 'NOTIMP':
      return 'takes no updates (RFC 2136): use one that does, such as BIND or Knot';
    case 'SERVFAIL':
      return 'could not make the change; its log states the reason (often: no permission to write in the directory of the zone file)';
    default:
      return 'refused';
  }
}

const notAllowed = ({ keyName, host }: Asked): string =>
  `does not permit the key ${keyName} to change the addresses of ${host}; in BIND add to the zone ` +
  `update-policy { grant ${keyName} name ${host}. A AAAA; grant ${keyName} name ${viewsNameOf(host)}. TXT; }; in Knot ` +
  `give the zone an acl with key: ${keyName} and action: update ("mailpair balancer dns-rr --explain" prints both)`;
