import { expect } from 'chai';
import { describe, it } from 'mocha';
import { describeFaults } from '../fault-table.ts';
import { minimal, readText } from '../reading.ts';

describeFaults(
  'submitters',
  `
  submitters: { domains: ["*.example.com"] }
  submitters.domains[0] | *.example.com | is not a name | write ".example.com"
  submitters: { messagesPerHour: -1 }
  submitters.messagesPerHour | -1 | is not a whole number | write a whole number
  submitters: { limited: nobody }
  submitters.limited | nobody | is not one of the known words | write
  submitters: { exceptions: [{ messagesPerHour: 5 }] }
  submitters.exceptions[0] | {"messagesPerHour":5} | has not one of name and network | say whom it is about
  submitters: { exceptions: [{ name: anna, by: host }] }
  submitters.exceptions[0].by | host | has no meaning with name | remove it
  submitters: { exceptions: [{ network: 10.0.0.5, messagesPerHours: 5 }] }
  submitters.exceptions[0].messagesPerHours | 5 | is an unknown key | write messagesPerHour
  submitters: { exceptions: [{ network: mail.internal }] }
  submitters.exceptions[0].network | mail.internal | is not a network | write a network or an address
  `,
);

describe('submitters in the configuration', () => {
  it('have limits and no exceptions, all of them by default', () => {
    const { settings } = readText(minimal());
    expect(settings?.submitters).to.deep.include({
      domains: null,
      from: 'none',
      limited: 'all',
      exceptions: [],
    });
    expect(settings?.submitters.limits).to.deep.include({ messagesPerMinute: 300, messagesPerHour: 1000 });
  });

  describe('that are mail servers', () => {
    const users = 'outbound: { host: mx-out.example.com, users: /nowhere/users';
    const warnings = (text: string): string[] =>
      readText(`domains: [example.com]\ninbound: { host: mx-in.example.com }\n${text}`)
        .warnings.filter(({ path }) => path === 'submitters.servers')
        .map(({ problem }) => problem);

    it('are asked for where a local server can only log in, until something is said', () => {
      const local = 'localServers: ["10.0.0.5:25"]\n';
      const held = /^10\.0\.0\.5 is in no network of outbound\.trusted.*held together/;
      expect(warnings(`${local}${users} }`).join()).to.match(held);
      expect(warnings(`${local}${users}, trusted: [10.0.1.0/24] }`).join()).to.match(held);
      expect(warnings(`${local}${users}, trusted: [10.0.0.0/24] }`)).to.deep.equal([]);
      expect(warnings(`localServers: ["mail.internal"]\n${users}, trusted: [10.0.0.0/24] }`)).to.deep.equal(
        [],
      );
      expect(
        warnings(`${local}submitters: { servers: [x] }\n${users.replace(/, users.*/, '')} }`),
      ).to.deep.equal(['nobody can log in without outbound.users']);
      for (const said of ['servers: []', 'servers: [MailServer]', 'limited: none'])
        expect(warnings(`${local}submitters: { ${said} }\n${users} }`), said).to.deep.equal([]);
    });

    it('have names that are compared without case', () => {
      const { settings } = readText(
        `${minimal('outbound')}${users} }\nsubmitters: { servers: [MailServer] }`,
      );
      expect(settings?.submitters.servers).to.deep.equal(['mailserver']);
    });
  });

  it('have rules of their own by name or network', () => {
    const { settings } = readText(
      'submitters: { exceptions: [{ name: news, domains: [News.Example, .example.org], messagesPerDay: 0 }, ' +
        `{ network: 10.0.0.0/24, by: host }] }\n${minimal()}`,
    );
    expect(settings?.submitters.exceptions).to.deep.equal([
      { name: 'news', domains: ['news.example', '.example.org'], limits: { messagesPerDay: 0 } },
      { network: '10.0.0.0/24', by: 'host', limits: {} },
    ]);
  });
});
