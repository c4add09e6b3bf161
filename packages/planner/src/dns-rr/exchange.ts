/**
 * Sends one signed query over a new TCP connection (RFC 7766) and verifies the signature of the response.
 * Rejects with `UpdateFault`.
 */
import { randomInt } from 'node:crypto';
import { formatHostPort } from '@mailpair/shared/platform/network/addresses';
import type { HostPort } from '@mailpair/shared/platform/network/addresses';
import { MalformedMessage, parseMessage } from '@mailpair/shared/platform/dns/dns-message';
import type { DnsMessage } from '@mailpair/shared/platform/dns/dns-message';
import { TcpExchange } from '@mailpair/shared/platform/dns/tcp-exchange';
import type { Clock } from '@mailpair/shared/platform/time/clock';
import { faultOfRcode, faultOfSignature, UpdateFault } from './faults.ts';
import type { Asked } from './faults.ts';
import { signMessage, verifyAnswer } from './tsig.ts';
import type { TsigKey, Verification } from './tsig.ts';

export interface Exchange {
  readonly asked: Asked;
  readonly key: TsigKey;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * @param compose returns the unsigned message with the given id
 * @param awaited response codes that are results rather than faults
 */
export async function exchange(
  { asked, key, timeoutMs, clock }: Exchange,
  compose: (id: number) => Buffer,
  awaited: readonly string[] = [],
): Promise<DnsMessage> {
  const id = randomInt(0x10000);
  const { octets, mac } = signMessage(compose(id), key, clock.now());
  const answer = await send(asked.server, octets, timeoutMs);
  try {
    const message = parseMessage(answer);
    if (message.id !== id || !message.isResponse || message.isTruncated)
      throw new UpdateFault(`${formatHostPort(asked.server)} answered another question`);
    judge(message, verifyAnswer(answer, key, mac, clock.now()), asked, awaited);
    return message;
  } catch (error) {
    if (!(error instanceof MalformedMessage)) throw error;
    throw new UpdateFault(`${formatHostPort(asked.server)} sent a malformed answer: ${error.message}`);
  }
}

/** @throws UpdateFault if the response cannot be verified or is a refusal */
function judge(
  { rcode }: DnsMessage,
  verified: Verification,
  asked: Asked,
  awaited: readonly string[],
): void {
  // A server often refuses before it checks the key, and does not sign the refusal. The refusal is reported
  // although it is not authenticated.
  const isRefusal = rcode !== 'NOERROR' && !awaited.includes(rcode);
  if (isRefusal && verified.kind === 'unsigned') throw faultOfRcode(rcode, asked);
  const fault = faultOfSignature(verified, asked);
  if (fault) throw fault;
  if (isRefusal) throw faultOfRcode(rcode, asked);
}

async function send(server: HostPort, message: Buffer, timeoutMs: number): Promise<Buffer> {
  try {
    return await new TcpExchange(server, message, timeoutMs).answer;
  } catch (error) {
    const { message: why } = error as Error;
    throw new UpdateFault(`cannot ask the name server ${formatHostPort(server)} (dns.update.server): ${why}`);
  }
}
