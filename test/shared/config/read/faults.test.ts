import { describeFaults } from '../fault-table.ts';

// A configuration with one fault, then the key it is told for | the value seen | the problem | the fix.

describeFaults(
  'unknown keys',
  `
  smtp: { maxMesage: 5MB }
    smtp.maxMesage | 5MB | unknown key | write smtp.maxMessage
  sntp: { maxHops: 5 }
    sntp | {"maxHops":5} | unknown key | write smtp
  maxHops: 5
    maxHops | 5 | unknown key | write smtp.maxHops
  log: { colour: red }
    log.colour | red | unknown key | known here: level
  smtp: { maxMesage: }
    smtp.maxMesage | nothing | unknown key | write smtp.maxMessage
  smtp.maxHops: 5
    smtp.maxHops | 5 | path of keys | write maxHops: below smtp:
  domains: [{ name: example.com, localServer: x }]
    domains[0].localServer | x | unknown key | write localServers
  __proto__: { polluted: yes }
    __proto__ | {"polluted":"yes"} | unknown key | remove it
`,
);

describeFaults(
  'wrong types',
  `
  limits: 7
    limits | 7 | group of keys | connections, connectionsPerClient, connectionsPerNetwork
  outbound: { listen: ["0.0.0.0:25"], trusted: [10.0.0.1] }
    outbound.listen | ["0.0.0.0:25"] | group of keys | submission, mx
  localServers: { address: x }
    localServers | {"address":"x"} | not a list | write [ … ]
  smtp: { maxHops: many }
    smtp.maxHops | many | not a whole number | from 1 to 1000
  smtp: { maxHops: 1.5 }
    smtp.maxHops | 1.5 | not a whole number | from 1 to 1000
  queue: { retryFactor: 0.5 }
    queue.retryFactor | 0.5 | not a number from 1 | from 1 to 10
  send: { tls: opportunistc }
    send.tls | opportunistc | known words | write opportunistic
  log: { level: loudly }
    log.level | loudly | known words | debug, info, warn or error
  localServers: [{ address: "h:25", implicitTls: 1 }]
    localServers[0].implicitTls | 1 | neither true nor false | true or false
  inbound: { workers: all }
    inbound.workers | all | not a whole number | from 1 to 256
  inbound: { spool: spool }
    inbound.spool | spool | relative path | starting with /
`,
);

describeFaults(
  'units',
  `
  send: { idle: 30 }
    send.idle | 30 | without a unit | write 30s
  send: { idle: 5min }
    send.idle | 5min | not a duration | 5m
  send: { idle: 0s }
    send.idle | 0s | too short | 1ms or more
  send: { idle: 25d }
    send.idle | 25d | too long | 24d or less
  smtp: { maxMessage: 25 }
    smtp.maxMessage | 25 | without a unit | write 25MB
  smtp: { maxMessage: 26214400 }
    smtp.maxMessage | 26214400 | without a unit | write 25MB
  smtp: { maxMessage: 25M }
    smtp.maxMessage | 25M | not a size | 25MB
  smtp: { maxMessage: 5B }
    smtp.maxMessage | 5B | too small | 1KB or more
`,
);

describeFaults(
  'names and addresses',
  `
  inbound: { host: 192.0.2.1 }
    inbound.host | 192.0.2.1 | an address, not a name | mx.example.com
  inbound: { host: gate }
    inbound.host | gate | not a full host name | gate.example.com
  inbound: { host: -x.example.com }
    inbound.host | -x.example.com | "-x" is no label | mx.example.com
  domains: ["me@example.com"]
    domains[0] | me@example.com | mail address | write example.com
  domains: [example.com, a.test, Example.COM]
    domains[2] | example.com | listed twice, first as domains[0] | remove one
  domains: [example.com, { recipients: none }]
    domains[1] | {"recipients":"none"} | no name | add name
  inbound: { addresses: [192.0.2.300] }
    inbound.addresses[0] | 192.0.2.300 | not an address | IPv4 or IPv6
  inbound: { addresses: ["[2001:db8::1]"] }
    inbound.addresses[0] | [2001:db8::1] | not an address | write 2001:db8::1
  dns: { servers: [ns.example.com] }
    dns.servers[0] | ns.example.com | DNS server | 10.0.0.53
  inbound: { listen: [25] }
    inbound.listen[0] | 25 | not an address with a port | write "0.0.0.0:25"
  inbound: { listen: [192.0.2.1] }
    inbound.listen[0] | 192.0.2.1 | not an address with a port | ADDRESS:PORT
  inbound: { listen: ["0.0.0.0:70000"] }
    inbound.listen[0] | 0.0.0.0:70000 | not an address with a port | ADDRESS:PORT
  inbound: { listen: ["2001:db8::1:25"] }
    inbound.listen[0] | 2001:db8::1:25 | not an address with a port | write "[2001:db8::1]:25"
  inbound: { http: "localhost:8025" }
    inbound.http | localhost:8025 | not an address with a port | write "127.0.0.1:8025"
  inbound: { listen: [{ tls: none }] }
    inbound.listen[0] | {"tls":"none"} | no address | add address
  inbound: { listen: [{ address: "0.0.0.0:25", tls: starttsl }] }
    inbound.listen[0].tls | starttsl | known words | write starttls
  localServers: [":25"]
    localServers[0] | :25 | not a host with a port | mail.internal:25
  localServers: ["mail:0"]
    localServers[0] | mail:0 | not a host with a port | mail.internal:25
  localServers: ["ma!l:25"]
    localServers[0] | ma!l:25 | its host is not a name | mail.internal:25
  localServers: [{ address: "h:25", weight: 0 }]
    localServers[0].weight | 0 | not a whole number | from 1 to 1000
  localServers: [{ address: "h:25", tls: none, implicitTls: true }]
    localServers[0].tls | none | contradicts implicitTls | remove one
  recipients: { verify: calforward }
    recipients.verify | calforward | no way to know recipients | write callforward
  recipients: { verify: "file: list" }
    recipients.verify | list | relative path | starting with /
`,
);

describeFaults(
  'what is missing',
  `
  without domains
    domains | nothing | is missing | write domains: [example.com
  domains: []
    domains | nothing | is missing | write domains:
  without inbound
    inbound.host | nothing | is missing | write host: mx-in.example.com below inbound:
  outbound: { host: , trusted: [10.0.0.1] }
    outbound.host | nothing | is missing | write host: mx-out.example.com below outbound:
  without localServers
    localServers | nothing | mail for example.com has nowhere to go | localServers: ["mail.internal:25"]
  tls: { certFile: /nowhere/crt }
    tls.keyFile | nothing | certificate without its key | add keyFile
  tls: { keyFile: /nowhere/key }
    tls.certFile | nothing | key without its certificate | add certFile
`,
);

describeFaults(
  'what does not go together',
  `
  outbound: { host: MX-IN.example.com, trusted: [10.0.0.1] }
    outbound.host | mx-in.example.com | name of inbound too | a name of its own
  outbound: { spool: /var/spool/mailpair-inbound, trusted: [10.0.0.1] }
    outbound.spool | /var/spool/mailpair-inbound | spool of inbound too | a directory of its own
  inbound: { listen: ["0.0.0.0:25", "[::]:25", "0.0.0.0:25"] }
    inbound.listen[2] | 0.0.0.0:25 | listened on already by inbound.listen[0] | remove one
  outbound: { trusted: [10.0.0.1], listen: { submission: ["[::]:25"] } }
    outbound.listen.mx[1] | [::]:25 | already by outbound.listen.submission[0] | remove one
  routes: { Example.com: "smtp://h" }
    routes["example.com"] | example.com | is a hosted domain | localServers
  localServers: ["mx-in.example.com:25"]
    localServers | mx-in.example.com:25 | mail would loop | holds the mailboxes
  queue: { retryFirst: 2h }
    queue.retryMax | 1h | shorter than queue.retryFirst | write 2h or more
`,
);

describeFaults(
  'open relays',
  `
  outbound: { trusted: [0.0.0.0/0] }
    outbound.trusted[0] | 0.0.0.0/0 | large part of the internet | your own networks
  outbound: { trusted: ["::/0"] }
    outbound.trusted[0] | ::/0 | large part of the internet | your own networks
  outbound: { trusted: ["fc00::/7"] }
    outbound.trusted[0] | fc00::/7 | large part of the internet | your own networks
  outbound: { trusted: [10.0.0.0/8, 198.51.0.0/23] }
    outbound.trusted[1] | 198.51.0.0/23 | public network wider than /24 | outbound.users
  outbound: { trusted: ["2001:db8::/47"] }
    outbound.trusted[0] | 2001:db8::/47 | public network wider than /48 | outbound.users
  outbound: { trusted: [172.16.0.0/11] }
    outbound.trusted[0] | 172.16.0.0/11 | public network wider than /24 | your own networks
  outbound: { trusted: ["::ffff:198.51.0.0/112"] }
    outbound.trusted[0] | ::ffff:198.51.0.0/112 | public network wider than /24 | your own networks
  outbound: { trusted: [10.0.0.0/33] }
    outbound.trusted[0] | 10.0.0.0/33 | is not a network | 10.0.0.0/24
  outbound: { users: /nowhere/users, listen: { submission: [{ address: "10.0.0.3:587", tls: none }] } }
    outbound.listen.submission[0] | 10.0.0.3:587 | AUTH needs TLS | tls: starttls
`,
);

describeFaults(
  'routes',
  `
  routes: [smtp://h]
    routes | ["smtp://h"] | not a mapping | a mapping of domains to URLs
  routes: { a.test: "h:2525" }
    routes["a.test"] | h:2525 | not an smtp URL | write "smtp://h:2525"
  routes: { a.test: "https://h" }
    routes["a.test"] | https://h | not an smtp URL | smtp://relay.example.net
  routes: { a.test: 25 }
    routes["a.test"] | 25 | not a route | smtp://
  routes: { a.test: { tls: verify } }
    routes["a.test"] | {"tls":"verify"} | no url | add url
  routes: { a.test: "smtp://-h" }
    routes["a.test"] | smtp://-h | its host is not a name | smtp://
  routes: { a.test: "smtp://h:0" }
    routes["a.test"] | smtp://h:0 | bad port | smtp://
  routes: { "*.a.test": "smtp://h" }
    routes["*.a.test"] | *.a.test | is not a name | write ".a.test"
  routes: { a.test: "smtp://h?tls=verfy" }
    routes["a.test"] | verfy | known words | write verify
  routes: { a.test: "smtp://h?tsl=verify" }
    routes["a.test"] | smtp://h?tsl=verify | unknown parameter tsl | ?tls=LEVEL
  routes: { a.test: "smtp://me:geheim@h" }
    routes["a.test"] | smtp://me:***@h | has a password in it | write { url: "smtp://me@h", passwordFile
  routes: { a.test: "smtp://me@h" }
    routes["a.test"] | smtp://me@h | a user but no password | write { url: "smtp://me@h", passwordFile
  routes: { a.test: { url: "smtp://h", passwordFile: /nowhere/p } }
    routes["a.test"] | {"url":"smtp://h","passwordFile":"/nowhere/p"} | a passwordFile but no user | USER@HOST
  routes: { a.test: { url: "smtp://me@h", tls: opportunistic, passwordFile: /nowhere/p } }
    routes["a.test"] | {"url":"smtp://me@h","tls":"opportunistic","passwordFile":"/nowhere/p"} | could go unencrypted | tls: encrypt
  routes: { a.test: "smtps://h?tls=none" }
    routes["a.test"] | smtps://h?tls=none | contradicts smtps | smtp://
`,
);
