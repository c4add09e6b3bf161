/** The values of all keys put together as the program wants them. */
import { formatHostPort, isLoopback, isUnspecified } from '../../platform/network/addresses.ts';
import type { HostSettings, NodeSettings } from '../settings/hosts.ts';
import type { Settings } from '../settings.ts';
import { authenticationSettings } from '../authentication-settings.ts';
import { contentSettings } from '../content-settings.ts';
import { clientSettings, conductSettings } from '../client-settings.ts';
import { listSettings } from '../dns-list-settings.ts';
import type { DomainItem } from '../schema/domains.ts';
import { engineSettings } from '../engine-settings.ts';
import type { Values } from '../keys.ts';
import { limitsOfPair, limitsOfRole } from '../sections/limits.ts';
import { publishSettings } from '../publish-settings.ts';
import { submitterSettings } from '../submitter-settings.ts';

export function assemble(file: string, values: Values, written: Settings['written'] = {}): Settings {
  return {
    file,
    domains: values.domains.map((domain) => domainSettings(domain, values)),
    inbound: {
      ...hostSettings('inbound', values),
      listen: { submission: values['inbound.submission'], mx: values['inbound.listen'] },
    },
    outbound: {
      ...hostSettings('outbound', values),
      listen: { submission: values['outbound.listen.submission'], mx: values['outbound.listen.mx'] },
      trusted: values['outbound.trusted'],
      users: values['outbound.users'],
    },
    recipients: {
      positiveTtlMs: values['recipients.positiveTtl'],
      negativeTtlMs: values['recipients.negativeTtl'],
      timeoutMs: values['recipients.timeout'],
    },
    routes: values.routes,
    dns: {
      servers: values['dns.servers'],
      timeoutMs: values['dns.timeout'],
      update: updateSettings(values),
    },
    publish: publishSettings(values),
    dkim: {
      keys: values['dkim.keys'],
      onFault: values['dkim.onFault'],
      require: values['dkim.require'],
      watchMs: values['dkim.watch'],
      keepRetiredMs: values['dkim.keepRetired'],
    },
    pair: {
      secretFile: values['pair.secretFile'],
      caFile: values['pair.caFile'],
      intervalMs: values['pair.interval'],
      deadAfterMs: values['pair.deadAfter'],
    },
    http: { allow: values['http.allow'] },
    node: values.node,
    tls: {
      certFile: values['tls.certFile'],
      keyFile: values['tls.keyFile'],
      minVersion: values['tls.minVersion'],
    },
    ...protocolSettings(values),
    judge: {
      mode: values['judge.mode'],
      rcptBudgetMs: values['judge.rcptBudget'],
      messageBudgetMs: values['judge.messageBudget'],
      tagAt: values['judge.tagAt'],
      quarantineAt: values['judge.quarantineAt'],
      rejectAt: values['judge.rejectAt'],
      allow: values['judge.allow'],
      block: values['judge.block'],
      policies: values['judge.policies'],
      rules: values['judge.rules'],
    },
    records: { keepMs: values['records.keep'], maxBytes: values['records.maxSize'] },
    quarantine: { keepMs: values['quarantine.keep'], maxBytes: values['quarantine.maxSize'] },
    lists: listSettings(values),
    clients: clientSettings(values),
    ...contentSettings(values),
    ...engineSettings(values),
    bayes: bayesSettings(values),
    ...conductSettings(values),
    authentication: authenticationSettings(values),
    dmarcReports: {
      collect: values['dmarcReports.collect'],
      keepMs: values['dmarcReports.keep'],
      send: values['dmarcReports.send'],
      from: values['dmarcReports.from'],
    },
    marks: {
      results: values['marks.results'],
      verdict: values['marks.verdict'],
      seal: values['marks.seal'],
      subject: values['marks.subject'],
    },
    submitters: submitterSettings(values),
    load: {
      budget: values['load.budget'],
      limit: values['load.limit'],
      shed: values['load.shed'],
      submissionWaitMs: values['load.submissionWait'],
    },
    log: { level: values['log.level'] },
    shutdownTimeoutMs: values.shutdownTimeout,
    drain: { closeAfterMs: values['drain.closeAfter'] },
    workers: { hangAfterMs: values['workers.hangAfter'] },
    keys: values,
    written,
  };
}

/** A domain has from the top level what it does not say itself. */
function domainSettings(domain: DomainItem, values: Values): Settings['domains'][number] {
  return {
    name: domain.name,
    localServers: domain.localServers ?? values.localServers,
    verify: domain.verify ?? values['recipients.verify'],
  };
}

function hostSettings(role: 'inbound' | 'outbound', values: Values): HostSettings {
  const nodes = nodesOf(role, values);
  const addresses = values[`${role}.addresses`];
  return {
    host: values[`${role}.host`],
    addresses: addresses.length > 0 ? addresses : nodes.flatMap((node) => node.addresses),
    nodes,
    spool: values[`${role}.spool`],
    http: values[`${role}.http`],
    agent: values[`${role}.agent`],
    trackFile: values[`${role}.trackFile`],
    workers: values[`${role}.workers`],
    sourceAddresses: values[`${role}.sourceAddresses`],
    publicSourceAddresses: values[`${role}.publicSourceAddresses`],
    ...limitsOfRole(role, values),
  };
}

/** A role without nodes is one node by itself. A listener beyond loopback speaks TLS. */
function nodesOf(role: 'inbound' | 'outbound', values: Values): readonly NodeSettings[] {
  const http = values[`${role}.http`];
  const urlOf = (host: string): string | null => {
    if (!http) return null;
    const scheme = isLoopback(http.host) ? 'http' : 'https';
    const reachedBy = isUnspecified(http.host) ? host : http.host;
    return `${scheme}://${formatHostPort({ host: reachedBy, port: http.port })}`;
  };
  const itself = {
    host: values[`${role}.host`],
    addresses: values[`${role}.addresses`],
    url: values[`${role}.url`],
    limits: {},
    load: {},
  };
  const nodes = values[`${role}.nodes`];
  return (nodes.length > 0 ? nodes : [itself]).map((node) => ({
    ...node,
    url: node.url ?? urlOf(node.host),
  }));
}

function updateSettings(values: Values): Settings['dns']['update'] {
  return {
    server: values['dns.update.server'],
    zone: values['dns.update.zone'],
    keyFile: values['dns.update.keyFile'],
    ttlMs: values['dns.update.ttl'],
    intervalMs: values['dns.update.interval'],
    checkMs: values['dns.update.check'],
    look: values['dns.update.look'],
    floor: values['dns.update.floor'],
  };
}

function bayesSettings(values: Values): Settings['bayes'] {
  return {
    mode: values['bayes.mode'],
    minimum: values['bayes.minimum'],
    halfLifeMs: values['bayes.halfLife'],
    maxTokens: values['bayes.maxTokens'],
    sure: values['bayes.sure'],
    veryLikely: values['bayes.veryLikely'],
    likely: values['bayes.likely'],
    ham: values['bayes.ham'],
    onFault: values['bayes.onFault'],
  };
}

function protocolSettings(values: Values): Pick<Settings, 'smtp' | 'limits' | 'queue' | 'send'> {
  return {
    smtp: {
      bareLineEnds: values['smtp.bareLineEnds'],
      maxMessageBytes: values['smtp.maxMessage'],
      maxRecipients: values['smtp.maxRecipients'],
      maxHops: values['smtp.maxHops'],
      greetingPauseMs: values['smtp.greetingPause'],
      earlyTalkers: values['smtp.earlyTalkers'],
      commandTimeoutMs: values['smtp.commandTimeout'],
      messageTimeoutMs: values['smtp.messageTimeout'],
    },
    limits: limitsOfPair(values),
    queue: {
      retryFirstMs: values['queue.retryFirst'],
      retryFactor: values['queue.retryFactor'],
      retryMaxMs: values['queue.retryMax'],
      warnAfterMs: values['queue.warnAfter'],
      expireMs: values['queue.expire'],
      minFreeBytes: values['queue.minFree'],
    },
    send: {
      connectionsPerHop: values['send.connectionsPerHop'],
      connectionsTotal: values['send.connectionsTotal'],
      connectTimeoutMs: values['send.connectTimeout'],
      commandTimeoutMs: values['send.commandTimeout'],
      messageTimeoutMs: values['send.messageTimeout'],
      relayTimeoutMs: values['send.relayTimeout'],
      idleMs: values['send.idle'],
      messagesPerConnection: values['send.messagesPerConnection'],
      chunking: values['send.chunking'],
      tls: values['send.tls'],
      privateDestinations: values['send.privateDestinations'],
    },
  };
}
