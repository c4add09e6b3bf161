/** Explains how BIND and Knot must be configured to accept the updates. Pure. */
import { viewsNameOf } from './view.ts';

export interface Explained {
  /** The name whose addresses are kept. */
  readonly name: string;
  /** The zone, or a placeholder for it. */
  readonly zone: string;
  readonly keyName: string;
  readonly keyFile: string;
}

export const explain = ({ name, zone, keyName, keyFile }: Explained): string => `\
# 1. The key. Make it once, copy it to the other host, and make it readable only for mailpair and the name server
#    (account bind or knot):
#      tsig-keygen ${keyName} > ${keyFile}              (BIND)
#      keymgr -t ${keyName} hmac-sha256 > ${keyFile}    (Knot)

# 2. BIND, named.conf. The zone becomes dynamic: change it with nsupdate from now on, or between
#    "rndc freeze ${zone}" and "rndc thaw ${zone}". named must be able to write beside the file.
include "${keyFile}";
zone "${zone}" {
    type primary;
    file "/var/lib/bind/${zone}.db";
    update-policy { grant ${keyName} name ${name}. A AAAA; grant ${keyName} name ${viewsNameOf(name)}. TXT; };
};

# 2. Or Knot, knot.conf. Change the zone with knotc zone-begin … zone-commit, or between
#    "knotc zone-freeze ${zone}" and "knotc zone-thaw ${zone}".
include: ${keyFile}
acl:
  - id: mailpair-dns-rr
    key: ${keyName}
    action: update
    update-owner: name
    update-owner-match: equal
    update-owner-name: [${name}.]
    update-type: [A, AAAA]
  - id: mailpair-dns-rr-views
    key: ${keyName}
    action: update
    update-owner: name
    update-owner-match: equal
    update-owner-name: [${viewsNameOf(name)}.]
    update-type: [TXT]
zone:
  - domain: ${zone}
    acl: [mailpair-dns-rr, mailpair-dns-rr-views]

# 3. mailpair.yaml:
dns:
  update:
    server: 192.0.2.53
    keyFile: ${keyFile}

# 4. Try it: mailpair balancer dns-rr --once --dry-run
#    Each updater writes what it sees into TXT of ${viewsNameOf(name)}, so that
#    several of them agree: an address stays published while one of them sees it alive.`;
