/** Why an address cannot be bound, with what to do. */

/** @param key of the configuration that names the address, such as `inbound.http` */
export function listenFaultOf(error: unknown, port: number, key?: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const otherwise = key === undefined ? '' : `; stop it, or change ${key}`;
  const faults: Readonly<Record<string, string>> = {
    EADDRINUSE: `another program listens there already (ss -ltnp 'sport = :${port}' names it)${otherwise}`,
    EACCES:
      'ports below 1024 take CAP_NET_BIND_SERVICE, which the systemd units give; ' +
      '"Install without systemd" in docs/operations.md says how to start it elsewhere',
    EADDRNOTAVAIL: `this host has no such address${key === undefined ? '' : `; correct ${key}`}`,
  };
  return faults[code] ?? message;
}
