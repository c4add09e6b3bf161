/** What stands between two partners, in the operator's words. Pure. */
import { tlsFaultOf } from '../../platform/tls/tls-fault.ts';
import { formatAge } from '../../platform/values/age.ts';
import type { Refusal } from './partner-gate.ts';

export interface Fault {
  readonly problem: string;
  readonly fix: string;
}

const sameSecret = 'pair.secretFile differs: put the same file on every host, then reload both gateways';
const sameFile = 'mailpair.yaml differs: put the same file on every host, then reload both gateways';

/** What we say of a heartbeat that we refused. */
export const refusalFaults: Readonly<Record<Refusal, Fault>> = {
  malformed: {
    problem: 'somebody asks for /pair/heartbeat who is no partner',
    fix: 'let only the partners reach the HTTP listener',
  },
  secret: { problem: 'it was signed with another secret', fix: sameSecret },
  forged: {
    problem: 'its signature is wrong: it was changed on the way, or made without the secret',
    fix: 'let only the partners reach the HTTP listener; if it is a partner, pair.secretFile differs',
  },
  receiver: { problem: 'it is meant for another node', fix: 'correct the url of the node it is meant for' },
  sender: { problem: 'it is from a node that the configuration does not name', fix: sameFile },
  stale: {
    problem: 'it is old, or the clocks of the two hosts are minutes apart',
    fix: 'set both clocks by NTP (chrony, systemd-timesyncd)',
  },
  replayed: {
    problem: 'it was here before, or two gateways run under one name',
    fix: 'give each node its own name (node); let only the partners reach the HTTP listener',
  },
};

/** What became of a heartbeat that we sent, when it was refused. */
export function faultOfAnswer(status: number, reason: string, url: string): Fault {
  if (reason === 'secret' || reason === 'forged')
    return { problem: 'it has another secret', fix: sameSecret };
  if (reason === 'sender') return { problem: 'it does not know this node', fix: sameFile };
  if (reason === 'receiver')
    return { problem: `at ${url} is another node`, fix: 'correct its url, or http, in mailpair.yaml' };
  if (reason === 'replayed')
    return { problem: 'another gateway runs under our name', fix: 'give each node its own name (node)' };
  if (status === 404)
    return { problem: `${url} knows no heartbeats`, fix: 'set pair.secretFile there too, then reload it' };
  return {
    problem: `${url} answers ${status}`,
    fix: 'see that its url leads to the HTTP listener of a gateway',
  };
}

export const skewFault = (skewMs: number): Fault => ({
  problem: `its clock is ${formatAge(skewMs)} ${skewMs > 0 ? 'ahead of' : 'behind'} ours`,
  fix: 'set both clocks by NTP (chrony, systemd-timesyncd)',
});

export const unsealed = (url: string): Fault => ({
  problem: `the answer from ${url} is not under the seal of the partner`,
  fix: 'see that its url leads to the partner itself',
});

export function noAnswer(url: string, error: NodeJS.ErrnoException): Fault {
  const fault = tlsFaultOf(error);
  if (fault) return { problem: `${url}: ${fault.problem}`, fix: fault.fix };
  return {
    problem: `no answer from ${url}: ${error.message || error.code || 'unknown'}`,
    fix: 'start it, or let this host reach it there',
  };
}

export const noUrl: Fault = {
  problem: 'it has no HTTP listener to send heartbeats to',
  fix: 'set its http to an address that this host can reach',
};

export const otherVersion: Fault = {
  problem: 'what it says cannot be understood: it is of another version',
  fix: 'install the same version on every host',
};
