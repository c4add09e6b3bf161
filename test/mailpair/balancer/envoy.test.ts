import { composeAgentLine } from '@mailpair/shared/gateway/pair/agent-line';
import type { Load } from '@mailpair/shared/gateway/pair/load';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { parse } from 'yaml';
import { balancedPairs } from '../../support/balanced-pairs.ts';
import { envoySchema } from '../../support/envoy-schema.ts';
import { printedBalancer } from '../../support/printed-balancer.ts';

interface Endpoint {
  readonly endpoint: {
    readonly address: { readonly socket_address: { readonly address: string; readonly port_value: number } };
    readonly health_check_config?: object;
  };
  readonly load_balancing_weight: number;
  readonly health_status?: string;
}

interface Cluster {
  readonly name: string;
  readonly type: string;
  readonly health_checks: readonly [
    { readonly tcp_health_check?: { readonly receive: readonly { text: string }[] } },
  ];
  readonly load_assignment: { readonly endpoints: readonly [{ readonly lb_endpoints: readonly Endpoint[] }] };
}

interface Bootstrap {
  readonly static_resources: {
    readonly listeners: readonly { readonly name: string }[];
    readonly clusters: readonly Cluster[];
  };
}

const ajv = new Ajv({ strict: false });
addFormats.default(ajv);
const isValid = ajv.compile(envoySchema);

const pair = balancedPairs.find(({ name }) => name === '3 nodes with IPv4 and IPv6')!.settings;
const without = (...keys: readonly string[]) => ({
  ...pair,
  inbound: { ...pair.inbound, ...Object.fromEntries(keys.map((key) => [key, 'none'])) },
});

const clustersIn = (out: string): readonly Cluster[] => (parse(out) as Bootstrap).static_resources.clusters;
const endpointsIn = (out: string): readonly Endpoint[] =>
  clustersIn(out)[0]!.load_assignment.endpoints[0].lb_endpoints;

function expectValid(out: string): void {
  isValid(parse(out));
  expect(isValid.errors ?? []).to.deep.equal([]);
}

describe('mailpair balancer envoy', () => {
  for (const { name, settings } of balancedPairs)
    for (const role of ['inbound', 'outbound'])
      it(`keeps to the API of Envoy for ${name}, ${role}`, async () => {
        const { code, out, err } = await printedBalancer(settings, 'envoy', '--role', role);
        expect(code).to.equal(0);
        expectValid(out);
        if (name.startsWith('3')) expect(err).to.equal('');
      });

  it('would not keep to it with a fault in it', async () => {
    const { out } = await printedBalancer(pair, 'envoy');
    for (const [right, wrong] of [
      ['slow_start_window', 'slow_start'],
      ['LEAST_REQUEST', 'LEAST_CONNECTIONS'],
      ['"::"', '":::"'],
      ['idle_timeout: 660s', 'idle_timeout: 11m'],
    ] as const) {
      expect(out).to.include(right);
      expect(isValid(parse(out.replace(right, wrong))), wrong).to.equal(false);
    }
  });

  it('leads each port of the role to all its nodes, by their size', async () => {
    const { out } = await printedBalancer(pair, 'envoy', '--role', 'outbound');
    expect(clustersIn(out).map(({ name }) => name)).to.deep.equal([
      'outbound_mx_25',
      'outbound_submission_587',
      'outbound_submission_465',
    ]);
    expect(
      endpointsIn(out).map(({ endpoint, load_balancing_weight: weight }) => [
        endpoint.address.socket_address.address,
        weight,
      ]),
    ).to.deep.equal([
      ['192.0.2.21', 33],
      ['192.0.2.22', 67],
      ['192.0.2.23', 100],
    ]);
  });

  it('asks for /readyz by TLS, else the agent, else waits for the greeting, and says what that lacks', async () => {
    const checkOf = async (settings: unknown): Promise<Cluster['health_checks'][0]> => {
      const { out } = await printedBalancer(settings, 'envoy');
      expectValid(out);
      return clustersIn(out)[0]!.health_checks[0];
    };
    expect(await checkOf(pair)).to.deep.include({
      http_health_check: { path: '/readyz' },
      transport_socket_match_criteria: { health: 'https' },
    });
    const texts = async (settings: unknown): Promise<string> =>
      Buffer.from((await checkOf(settings)).tcp_health_check!.receive[0]!.text, 'hex').toString();
    const expected = await texts(without('http'));
    const well = {
      draining: false,
      notReady: [],
      isFull: false,
      load: { load: 0.4, parts: {} } as unknown as Load,
    };
    expect(composeAgentLine(well)).to.include(expected);
    expect(composeAgentLine({ ...well, draining: true })).not.to.include(expected);
    expect(composeAgentLine({ ...well, notReady: ['up, but the disk is full'] })).not.to.include(expected);
    expect(await texts(without('http', 'agent'))).to.equal('220');
    expect((await printedBalancer(without('http'), 'envoy')).err).to.equal('');
    expect((await printedBalancer(without('http', 'agent'), 'envoy')).err).to.match(
      /^inbound\.http: only its own host/m,
    );
  });

  it('marks a node that is to be drained', async () => {
    const { out } = await printedBalancer(pair, 'envoy', '--drain', 'in2.example.com');
    expectValid(out);
    expect(endpointsIn(out).map((each) => each.health_status)).to.deep.equal([
      undefined,
      'DRAINING',
      undefined,
    ]);
  });

  it('looks nodes without addresses up by their names', async () => {
    const nodes = [{ host: 'in1.example.com' }, { host: 'in2.example.com' }];
    const { out } = await printedBalancer({ ...pair, inbound: { ...pair.inbound, nodes } }, 'envoy');
    expectValid(out);
    expect(clustersIn(out)[0]!.type).to.equal('STRICT_DNS');
    expect(endpointsIn(out)[1]!.endpoint.address.socket_address.address).to.equal('in2.example.com');
  });
});
