/** Configurations of a pair before which a balancer is to stand: one node and several, with IPv4, IPv6 and both. */

export interface BalancedPair {
  readonly name: string;
  readonly settings: {
    readonly inbound: { readonly nodes: readonly { readonly host: string }[] };
    readonly outbound: { readonly nodes: readonly { readonly host: string }[] };
  };
}

const families = {
  IPv4: [ipv4],
  IPv6: [ipv6],
  'IPv4 and IPv6': [ipv4, ipv6],
};

function ipv4(last: number): string {
  return `192.0.2.${last}`;
}
function ipv6(last: number): string {
  return `2001:db8::${last}`;
}

export const balancedPairs: readonly BalancedPair[] = Object.entries(families).flatMap(([family, write]) =>
  [1, 3].map((count) => {
    const addressesOf = (last: number): string[] => write.map((each) => each(last));
    const nodesOf = (short: string, first: number) =>
      Array.from({ length: count }, (_, i) => ({
        host: `${short}${i + 1}.example.com`,
        addresses: addressesOf(first + i),
        limits: { connections: 400 * (i + 1) },
      }));
    const listen = (...ports: readonly number[]) =>
      ports.map((port) => ({ address: `0.0.0.0:${port}`, proxy: ['10.0.0.5'] }));
    const ofRole = { http: '0.0.0.0:8025', agent: '0.0.0.0:7025' };
    return {
      name: `${count === 1 ? 'one node' : `${count} nodes`} with ${family}`,
      settings: {
        domains: ['example.com'],
        inbound: {
          ...ofRole,
          host: 'mx-in.example.com',
          addresses: addressesOf(10),
          nodes: nodesOf('in', 11),
          listen: listen(2525),
        },
        outbound: {
          ...ofRole,
          host: 'mx-out.example.com',
          addresses: addressesOf(20),
          nodes: nodesOf('out', 21),
          listen: { mx: listen(25), submission: listen(587, 465) },
          trusted: ['10.0.0.0/24'],
        },
        localServers: ['mail.internal:25'],
      },
    };
  }),
);
