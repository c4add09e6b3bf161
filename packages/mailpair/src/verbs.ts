/** The verbs of the `mailpair` command, in the order of its help. */
import { balancerDnsRr } from './balancer/dns-rr.ts';
import { balancerEnvoy } from './balancer/envoy.ts';
import { balancerF5 } from './balancer/f5.ts';
import { balancerHaproxy } from './balancer/haproxy.ts';
import { balancerKeepalived } from './balancer/keepalived.ts';
import { balancerNginx } from './balancer/nginx.ts';
import { balancerOf } from './balancer/balancer.ts';
import { banAdd, banLift, banList } from './ban/ban.ts';
import { capacityVerb } from './capacity/capacity.ts';
import { configCheck } from './config/check.ts';
import { configShow } from './config/show.ts';
import { dkimActivate } from './dkim/activate.ts';
import { dkimKeygen, dkimRotate } from './dkim/keygen.ts';
import { dkimRemove } from './dkim/remove.ts';
import { dkimStatus } from './dkim/status.ts';
import { dmarcReport } from './dmarc/report.ts';
import { dnsPlan } from './dns/plan.ts';
import { dnsVerify } from './dns/verify.ts';
import { drainVerb } from './drain/drain.ts';
import { judgeVerb } from './judge/judge.ts';
import { learnStatus } from './learn/status.ts';
import { learnForget, learnHam, learnSpam } from './learn/teach.ts';
import { localServersCheck } from './local-servers/check.ts';
import { password } from './password/password.ts';
import { quarantineDelete, quarantineRelease } from './quarantine/change.ts';
import { quarantineLearn } from './quarantine/learn.ts';
import { quarantineList } from './quarantine/list.ts';
import { quarantineShow } from './quarantine/show.ts';
import { queueHold, queueRelease, queueRetry } from './queue/change.ts';
import { queueExport } from './queue/export.ts';
import { queueList } from './queue/list.ts';
import { queueRemove } from './queue/remove.ts';
import { queueShow } from './queue/show.ts';
import { queueWhy } from './queue/why.ts';
import { proveVerb } from './prove/prove.ts';
import { replayVerb } from './judge/replay.ts';
import { reloadVerb } from './reload/reload.ts';
import { rehearseVerb } from './rehearse/rehearse.ts';
import { sendersVerb } from './senders/senders.ts';
import { smarthost } from './smarthost/smarthost.ts';
import { status } from './status/status.ts';
import { traceVerb } from './trace/trace.ts';
import { submitterHold, submitterPurge, submitterRelease } from './submitter/change.ts';
import { submitterList, submitterShow } from './submitter/list.ts';
import { undrainVerb } from './drain/undrain.ts';
import type { Verb } from './framework/verb.ts';

const balancerVerbs = [
  balancerHaproxy,
  balancerKeepalived,
  balancerNginx,
  balancerF5,
  balancerEnvoy,
  balancerDnsRr,
];

const queueVerbs = [
  queueList,
  queueShow,
  queueWhy,
  queueRetry,
  queueHold,
  queueRelease,
  queueRemove,
  queueExport,
];

const dkimVerbs = [dkimKeygen, dkimRotate, dkimActivate, dkimRemove, dkimStatus];
const submitterVerbs = [submitterList, submitterShow, submitterHold, submitterRelease, submitterPurge];

export const verbs: readonly Verb[] = [
  configCheck,
  configShow,
  dnsPlan,
  dnsVerify,
  dmarcReport,
  ...dkimVerbs,
  balancerOf(balancerVerbs),
  ...balancerVerbs,
  smarthost,
  localServersCheck,
  rehearseVerb,
  capacityVerb,
  proveVerb,
  status,
  reloadVerb,
  drainVerb,
  undrainVerb,
  banList,
  banLift,
  banAdd,
  sendersVerb,
  ...queueVerbs,
  ...submitterVerbs,
  quarantineList,
  quarantineShow,
  quarantineRelease,
  quarantineDelete,
  quarantineLearn,
  traceVerb,
  judgeVerb,
  replayVerb,
  learnSpam,
  learnHam,
  learnForget,
  learnStatus,
  password,
];
