/**
 * The verbs of the `mailpair` command, in the order of the help. The overview needs only this file; the
 * module of a verb is loaded when the verb is used.
 */
import { balancerKinds } from './balancer/kinds.ts';
import type { ListedVerb } from './framework/verb.ts';

export const verbs: readonly ListedVerb[] = [
  {
    name: 'config check',
    summary: 'check the configuration and report every fault at once, with its fix',
    load: () => import('./config/check.ts').then((m) => m.configCheck),
  },
  {
    name: 'config show',
    summary: 'show every key in effect and where its value comes from',
    load: () => import('./config/show.ts').then((m) => m.configShow),
  },
  {
    name: 'dns plan',
    summary: 'print the DNS records that the pair needs',
    load: () => import('./dns/plan.ts').then((m) => m.dnsPlan),
  },
  {
    name: 'dns verify',
    summary: 'ask DNS and both gateways, and print what differs from the plan, why it matters and the fix',
    load: () => import('./dns/verify.ts').then((m) => m.dnsVerify),
  },
  {
    name: 'dmarc report',
    summary: 'show the DMARC results of incoming mail, by domain and source',
    load: () => import('./dmarc/report.ts').then((m) => m.dmarcReport),
  },
  {
    name: 'dkim keygen',
    summary: 'make the first DKIM keys of hosted domains',
    load: () => import('./dkim/keygen.ts').then((m) => m.dkimKeygen),
  },
  {
    name: 'dkim rotate',
    summary: 'make the next DKIM keys, in addition to those that sign',
    load: () => import('./dkim/keygen.ts').then((m) => m.dkimRotate),
  },
  {
    name: 'dkim activate',
    summary: 'activate new DKIM keys that are visible in DNS',
    load: () => import('./dkim/activate.ts').then((m) => m.dkimActivate),
  },
  {
    name: 'dkim remove',
    summary: 'remove DKIM keys that have not signed for a while',
    load: () => import('./dkim/remove.ts').then((m) => m.dkimRemove),
  },
  {
    name: 'dkim status',
    summary: 'show the DKIM keys of the hosted domains, and ask DNS for them',
    load: () => import('./dkim/status.ts').then((m) => m.dkimStatus),
  },
  {
    name: 'balancer',
    summary: 'list the kinds of load balancers',
    load: () => import('./balancer/balancer.ts').then((m) => m.balancer),
  },
  ...balancerKinds,
  {
    name: 'smarthost',
    summary: 'print how to configure a local mail server to use the pair',
    load: () => import('./smarthost/smarthost.ts').then((m) => m.smarthost),
  },
  {
    name: 'local-servers check',
    summary: 'ask each local server from both gateways for a valid and an invalid recipient',
    load: () => import('./local-servers/check.ts').then((m) => m.localServersCheck),
  },
  {
    name: 'rehearse',
    summary: 'run the planned pair on loopback against a simulated internet, and break it piece by piece',
    load: () => import('./rehearse/rehearse.ts').then((m) => m.rehearseVerb),
  },
  {
    name: 'capacity',
    summary: 'measure how much mail this host can carry, and compute what an amount of mail needs',
    load: () => import('./capacity/capacity.ts').then((m) => m.capacityVerb),
  },
  {
    name: 'prove',
    summary: 'make a gateway fail in every way on this machine, and count what was acknowledged and lost',
    load: () => import('./prove/prove.ts').then((m) => m.proveVerb),
  },
  {
    name: 'status',
    summary: 'report that all is well, or what is wrong and how to fix it; then show both gateways',
    load: () => import('./status/status.ts').then((m) => m.status),
  },
  {
    name: 'reload',
    summary: 'apply the changed configuration in the running gateways of this host, and report the result',
    load: () => import('./reload/reload.ts').then((m) => m.reloadVerb),
  },
  {
    name: 'drain',
    summary: 'take the gateways of this host out of service gracefully, and report when to stop them',
    load: () => import('./drain/drain.ts').then((m) => m.drainVerb),
  },
  {
    name: 'undrain',
    summary: 'put the drained gateways of this host back into service',
    load: () => import('./drain/undrain.ts').then((m) => m.undrainVerb),
  },
  {
    name: 'ban list',
    summary: 'list the networks that are banned, the latest first',
    load: () => import('./ban/ban.ts').then((m) => m.banList),
  },
  {
    name: 'ban lift',
    summary: 'lift every ban that an address or a network falls under',
    load: () => import('./ban/ban.ts').then((m) => m.banLift),
  },
  {
    name: 'ban add',
    summary: 'refuse an address or a network on both MX, for a time',
    load: () => import('./ban/ban.ts').then((m) => m.banAdd),
  },
  {
    name: 'senders',
    summary: 'show which senders try the other MX when they are refused, and which wait',
    load: () => import('./senders/senders.ts').then((m) => m.sendersVerb),
  },
  {
    name: 'queue list',
    summary: 'list the messages in the queue, oldest first',
    load: () => import('./queue/list.ts').then((m) => m.queueList),
  },
  {
    name: 'queue show',
    summary: 'show a message in the queue: envelope, origin and the state of each recipient',
    load: () => import('./queue/show.ts').then((m) => m.queueShow),
  },
  {
    name: 'queue why',
    summary: 'explain why a message is still in the queue, and what happens next',
    load: () => import('./queue/why.ts').then((m) => m.queueWhy),
  },
  {
    name: 'queue retry',
    summary: 'attempt messages now: one, those for a domain or next hop, or all',
    load: () => import('./queue/change.ts').then((m) => m.queueRetry),
  },
  {
    name: 'queue hold',
    summary: 'keep messages in the queue without attempts until they are released',
    load: () => import('./queue/change.ts').then((m) => m.queueHold),
  },
  {
    name: 'queue release',
    summary: 'release held messages',
    load: () => import('./queue/change.ts').then((m) => m.queueRelease),
  },
  {
    name: 'queue remove',
    summary: 'remove a message from the queue permanently; no bounce is sent',
    load: () => import('./queue/remove.ts').then((m) => m.queueRemove),
  },
  {
    name: 'queue export',
    summary: 'write messages of the queue to files, to keep them or to send them another way',
    load: () => import('./queue/export.ts').then((m) => m.queueExport),
  },
  {
    name: 'submitter list',
    summary: 'list the submitters: what they sent, their limits, what is held',
    load: () => import('./submitter/list.ts').then((m) => m.submitterList),
  },
  {
    name: 'submitter show',
    summary: 'show what a submitter has sent, its limits, and why its mail is held',
    load: () => import('./submitter/list.ts').then((m) => m.submitterShow),
  },
  {
    name: 'submitter hold',
    summary: 'hold all mail of a submitter, new and queued',
    load: () => import('./submitter/change.ts').then((m) => m.submitterHold),
  },
  {
    name: 'submitter release',
    summary: 'let a submitter send again, and release its held mail',
    load: () => import('./submitter/change.ts').then((m) => m.submitterRelease),
  },
  {
    name: 'submitter purge',
    summary: 'delete the held mail of a submitter; no bounce is sent',
    load: () => import('./submitter/change.ts').then((m) => m.submitterPurge),
  },
  {
    name: 'quarantine list',
    summary: 'list the messages in quarantine of both gateways, oldest first',
    load: () => import('./quarantine/list.ts').then((m) => m.quarantineList),
  },
  {
    name: 'quarantine show',
    summary: 'show a message in quarantine: reason, sender and recipients; or the message itself',
    load: () => import('./quarantine/show.ts').then((m) => m.quarantineShow),
  },
  {
    name: 'quarantine release',
    summary: 'release messages in quarantine to their recipients',
    load: () => import('./quarantine/change.ts').then((m) => m.quarantineRelease),
  },
  {
    name: 'quarantine delete',
    summary: 'delete messages in quarantine without a notice',
    load: () => import('./quarantine/change.ts').then((m) => m.quarantineDelete),
  },
  {
    name: 'quarantine learn',
    summary: 'teach the classifier that messages in quarantine are spam or ham',
    load: () => import('./quarantine/learn.ts').then((m) => m.quarantineLearn),
  },
  {
    name: 'trace',
    summary: 'show what happened to a message, stage by stage: facts, checks, verdict, reply, deliveries',
    load: () => import('./trace/trace.ts').then((m) => m.traceVerb),
  },
  {
    name: 'judge',
    summary: 'judge a message in a file as if it were received now, and show why; nothing is stored or sent',
    load: () => import('./judge/judge.ts').then((m) => m.judgeVerb),
  },
  {
    name: 'replay',
    summary: 'judge recent mail again with a changed configuration, and list what would change',
    load: () => import('./judge/replay.ts').then((m) => m.replayVerb),
  },
  {
    name: 'learn spam',
    summary: 'teach the classifier that messages are spam',
    load: () => import('./learn/teach.ts').then((m) => m.learnSpam),
  },
  {
    name: 'learn ham',
    summary: 'teach the classifier that messages are ham',
    load: () => import('./learn/teach.ts').then((m) => m.learnHam),
  },
  {
    name: 'learn forget',
    summary: 'remove messages from what the classifier has learnt',
    load: () => import('./learn/teach.ts').then((m) => m.learnForget),
  },
  {
    name: 'learn status',
    summary: 'show what the classifier has learnt, and how well it separates spam from ham',
    load: () => import('./learn/status.ts').then((m) => m.learnStatus),
  },
  {
    name: 'password',
    summary: 'make a name:hash line for the users file (outbound.users)',
    load: () => import('./password/password.ts').then((m) => m.password),
  },
];
