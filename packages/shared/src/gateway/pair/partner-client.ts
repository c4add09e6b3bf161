/**
 * Carries a heartbeat to a partner and its answer back, over one connection that is kept. If the url is https, the certificate
 * there must be for the name in it and by an authority that is trusted for this partner.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { MAX_BEAT_BYTES } from './partner-beat.ts';
import { SEAL } from './partner-signature.ts';

export interface Answer {
  readonly status: number;
  /** '' when it has none. */
  readonly seal: string;
  readonly body: Buffer;
}

export interface PartnerClient {
  readonly url: string;
  /** Rejects with the reason when there is no answer in time. */
  post(path: string, seal: string, body: Buffer, timeoutMs: number): Promise<Answer>;
  close(): void;
}

/** @param ca certificates of the only authorities to trust, PEM, if the url is https */
export function createPartnerClient(url: string, ca: readonly string[]): PartnerClient {
  const isHttps = url.startsWith('https:');
  const kept = { keepAlive: true, maxSockets: 1, keepAliveMsecs: 1_000 };
  const agent = isHttps ? new HttpsAgent({ ...kept, ca: [...ca] }) : new HttpAgent(kept);
  const request = isHttps ? httpsRequest : httpRequest;
  return {
    url,
    post: (path, seal, body, timeoutMs) =>
      new Promise((resolve, reject) => {
        const headers = {
          [SEAL]: seal,
          'content-type': 'application/json',
          'content-length': String(body.length),
        };
        const signal = AbortSignal.timeout(timeoutMs);
        const fail = (error: Error): void =>
          reject(signal.aborted ? new Error(`nothing within ${timeoutMs} ms`) : error);
        request(new URL(path, url), { method: 'POST', agent, headers, signal }, (message) => {
          readBody(message).then((octets) => resolve(answerOf(message, octets)), fail);
        })
          .on('error', fail)
          .end(body);
      }),
    close: () => agent.destroy(),
  };
}

const answerOf = ({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Answer => ({
  status: statusCode,
  seal: String(headers[SEAL] ?? ''),
  body,
});

async function readBody(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let octets = 0;
  for await (const piece of message as AsyncIterable<Buffer>) {
    octets += piece.length;
    if (octets > MAX_BEAT_BYTES) throw new Error('the answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
