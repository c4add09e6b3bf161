/** The way to a gateway on another host: where it is, whom to trust there, and a pass for each request, by the secret of the pair. */
import { readFileSync } from 'node:fs';
import { hostOfUrl } from '../../platform/network/addresses.ts';
import { formatPass } from '../../platform/http/api-pass.ts';
import { trustedFor } from '../../platform/http/http-authority.ts';
import { parsePairSecret } from '../../config/pair-secret.ts';
import type { NodeSettings } from '../../config/sections/nodes.ts';
import type { Settings } from '../../config/settings.ts';
import type { RoleName } from '../../platform/values/role-name.ts';
import type { GatewayAddress } from '../../platform/http/api-caller.ts';

export interface WayToNode {
  readonly address: GatewayAddress;
  /** `Authorization` of one request. @param body '' if there is none */
  authorize(method: string, path: string, body: string): string;
}

/** @throws without pair.secretFile or url, or if a file cannot be read */
export function passTo(
  role: RoleName,
  { host, url }: NodeSettings,
  { pair: { secretFile, caFile } }: Pick<Settings, 'pair'>,
): WayToNode {
  if (secretFile === null)
    throw new Error('it is on another host, and without pair.secretFile it does not answer this one');
  if (url === null) throw new Error(`it is on another host, and has neither ${role}.url nor ${role}.http`);
  const { secrets } = parsePairSecret(readFileSync(secretFile, 'utf8'));
  const [secret = ''] = secrets;
  const { protocol, port } = new URL(url);
  const isHttps = protocol === 'https:';
  const proxyAuthority = caFile === null ? null : readFileSync(caFile, 'utf8');
  return {
    address: {
      host: hostOfUrl(url),
      port: Number(port || (isHttps ? 443 : 80)),
      ...(isHttps && { tls: { ca: trustedFor(host, secrets, proxyAuthority) } }),
    },
    authorize: (method, path, body) =>
      formatPass({ method, url: path, node: host, body }, secret, Date.now()),
  };
}
