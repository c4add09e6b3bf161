/**
 * The HTTP listener of a gateway: who may ask it follows from the settings, and is renewed with them. Beyond loopback it speaks TLS,
 * since queued mail and tokens must cross no network in clear text.
 */
import { keepAuthority } from '../../platform/http/api-token.ts';
import { isLoopback, type HostPort } from '../../platform/network/addresses.ts';
import { createPassCheck } from '../../platform/http/api-pass.ts';
import type { RefusedRequest } from '../../platform/http/http-routes.ts';
import {
  openHttp,
  type HttpListener,
  type ListenerCredentials,
  type Route,
} from '../../platform/http/http.ts';
import { Throttle } from '../../platform/log/throttle.ts';
import { clock, type Ground } from './ground.ts';
import { accessRules, listenerKeys } from './http-access.ts';

export interface HttpEndpoint {
  readonly http: HttpListener;
  /** After settings or secrets changed. */
  reload(): void;
}

export interface EndpointParts {
  readonly address: HostPort;
  readonly token: string;
  readonly routes: readonly Route[];
}

/** @throws when the address cannot be bound */
export async function openHttpEndpoint(ground: Ground, parts: EndpointParts): Promise<HttpEndpoint> {
  const { address, token, routes } = parts;
  const { host, current } = ground;
  let rules = rulesNow(ground);
  const credentials = newCredentials(ground, parts);
  const http = await openHttp({
    listen: address,
    key: `${ground.role.name}.http`,
    ...(credentials && { credentials }),
    token,
    passes: createPassCheck(
      host.host,
      () => current.secrets.pair,
      () => clock.now(),
    ),
    allows: (client) => rules.allows(client),
    isOwnHost: (name) => rules.isOwnHost(name),
    refused: logRefusals(ground),
    routes,
  });
  return {
    http,
    reload() {
      rules = rulesNow(ground);
      const renewed = newCredentials(ground, parts);
      if (renewed) http.renew(renewed);
    },
  };
}

/** This node, with its url and those of its partners as they are now. */
const hostNow = ({ role, host, settings }: Ground) => ({ ...host, nodes: role.host(settings()).nodes });

const rulesNow = (ground: Ground) => accessRules(hostNow(ground), ground.settings());

/** A gateway without a pair's secret is vouched for by the token, which programs of this host can read. */
function newCredentials(ground: Ground, { address, token }: EndpointParts): ListenerCredentials | undefined {
  if (isLoopback(address.host)) return undefined;
  const { pair } = ground.current.secrets;
  const { credentials, authorities } = listenerKeys(hostNow(ground), pair.length > 0 ? pair : [token]);
  try {
    keepAuthority(ground.host.spool, authorities);
  } catch (error) {
    const fix = 'let the gateway write to its spool; until then programs of this host cannot ask it';
    ground.log.error('http.authority-fault', { err: error, fix });
  }
  return { ...credentials, minVersion: ground.settings().tls.minVersion };
}

const LOGGED_EVERY_MS = 60_000;

/** Counts every refusal, and logs one for each reason in a minute. */
function logRefusals({ log, metrics }: Ground): (refused: RefusedRequest) => void {
  const logged = new Throttle<RefusedRequest['reason']>(LOGGED_EVERY_MS);
  return (refused) => {
    metrics.httpRefused(refused.reason);
    const heldBack = logged.pass(refused.reason);
    if (heldBack === undefined) return;
    log.warn('http.refused', { ...refused, ...(heldBack > 0 && { alsoSinceLastTold: heldBack }) });
  };
}
