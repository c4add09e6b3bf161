/** The verbs `balancer KIND`, in the order of the help. */
import type { ListedVerb } from '../framework/verb.ts';

export const balancerKinds: readonly ListedVerb[] = [
  {
    name: 'balancer haproxy',
    summary: 'print haproxy.cfg for the nodes of a role',
    load: () => import('./haproxy.ts').then((m) => m.balancerHaproxy),
  },
  {
    name: 'balancer keepalived',
    summary: 'print keepalived.conf for the nodes of a role',
    load: () => import('./keepalived.ts').then((m) => m.balancerKeepalived),
  },
  {
    name: 'balancer nginx',
    summary: 'print nginx.conf for the nodes of a role',
    load: () => import('./nginx.ts').then((m) => m.balancerNginx),
  },
  {
    name: 'balancer f5',
    summary: 'print an AS3 declaration for F5 BIG-IP before the nodes of a role',
    load: () => import('./f5.ts').then((m) => m.balancerF5),
  },
  {
    name: 'balancer envoy',
    summary: 'print envoy.yaml for the nodes of a role',
    load: () => import('./envoy.ts').then((m) => m.balancerEnvoy),
  },
  {
    name: 'balancer dns-rr',
    summary: 'adjust the DNS addresses of a role to the health and load of its nodes',
    load: () => import('./dns-rr.ts').then((m) => m.balancerDnsRr),
  },
];
