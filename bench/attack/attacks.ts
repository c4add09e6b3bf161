/** The attacks by name: what each does, and which listener its legitimate client uses meanwhile. */

export interface Attack {
  readonly name: string;
  readonly what: string;
  /** How the legitimate client sends: from outside to the MX, or as a submitter by TLS and AUTH. */
  readonly client: 'stranger' | 'submitter';
}

export const attacks = [
  { name: 'guess', what: '40 connections guess passwords', client: 'submitter' },
  { name: 'silent', what: '1,000 connections to the port with TLS say nothing', client: 'submitter' },
  { name: 'content', what: '45 sessions send archives of 7 KB that unpack to 90 MB', client: 'stranger' },
  { name: 'members', what: '5 sessions send tar.gz with 190,000 members', client: 'stranger' },
  {
    name: 'hoard',
    what: '25 addresses ask for 50 sessions each, more than there are places',
    client: 'stranger',
  },
  { name: 'line', what: '20 sessions send MAIL lines of 12 KB that are slow to match', client: 'stranger' },
  { name: 'http', what: '64 connections ask the HTTP port without end', client: 'stranger' },
] as const satisfies readonly Attack[];

export type AttackName = (typeof attacks)[number]['name'];
