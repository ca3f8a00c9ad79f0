import type { delivery as zh } from '../zh/delivery.ts';

export const delivery: typeof zh = {
  proxyPeer: (host) => `proxy ${host}`,

  stages: {
    dns: 'looking up the name',
    connect: 'connecting',
    proxy: 'waiting for the proxy',
    tls: 'TLS handshake',
  },

  faults: {
    dns_not_found: ({ peer }) =>
      `the name of ${peer} was not found; check the address for a typo and that DNS works`,
    dns_failed: ({ peer, code }) =>
      `looking up the name of ${peer} failed (${code}); check this machine's DNS settings and network`,
    refused: ({ peer }) =>
      `${peer} refused the connection; check the port and that the service is running there`,
    unreachable: ({ peer, code }) =>
      `${peer} cannot be reached (${code}); check this machine's network, routes and firewall`,
    connect_timeout: ({ peer, seconds, stage }) =>
      `no connection to ${peer} within ${seconds} s (stuck at: ${stage}); the request was not sent; check network, firewall or proxy`,
    connect_closed: ({ peer }) =>
      `${peer} closed the connection before the request was sent; check the protocol (http or https) and the port`,
    tls_expired: ({ peer }) =>
      `the TLS certificate of ${peer} has expired or is not valid yet; renew it and check this machine's clock`,
    tls_untrusted: ({ peer }) =>
      `the TLS certificate of ${peer} is not trusted (self-signed or of an unknown authority); the environment variable NODE_EXTRA_CA_CERTS adds a private authority`,
    tls_host_mismatch: ({ peer }) =>
      `the TLS certificate of ${peer} was issued for another host name; check the address`,
    tls_failed: ({ peer, code }) =>
      `the TLS handshake with ${peer} failed (${code}); check that it really speaks https`,
    proxy_auth: ({ peer }) =>
      `${peer} asks for authentication or does not accept the given user and password; check the proxy setting`,
    proxy_refused: ({ peer, code }) =>
      `${peer} did not connect to the target (${code}); check the proxy's rules and the target address`,
    proxy_broken: ({ peer }) =>
      `${peer} does not answer as a proxy should; check the protocol and the port of the proxy setting`,
    local_limit: ({ code }) =>
      `this machine is short of resources for a connection (${code}); check limits such as open files`,
    not_sent: ({ peer, code }) => `no connection to ${peer} (${code}); the request was not sent`,
    stopped: () => 'the service is stopping; the request was not sent',
    reset_after_send: ({ peer, code }) =>
      `${peer} broke the connection after the request was sent and before it answered (${code}); the message may or may not have arrived`,
    answer_timeout: ({ peer, seconds }) =>
      `the request was sent, but ${peer} did not answer within ${seconds} s; the message may or may not have arrived`,
    malformed_answer: ({ peer, code }) =>
      `the request was sent, but the answer of ${peer} is not valid HTTP (${code}); the message may or may not have arrived`,
    stopped_after_send: ({ peer }) =>
      `the request was sent to ${peer}, but the service stopped before the answer; the message may or may not have arrived`,
    blocked_address: ({ peer }) =>
      `${peer} leads to a link-local, cloud metadata, multicast or unspecified address, which is never connected to; check the address and DNS`,
    invalid_request: ({ code }) =>
      `the request cannot be sent as HTTP (${code}); check the characters in endpoint.url and headers`,
    invalid_proxy: () => 'the proxy setting is malformed; allowed: http://, https:// or socks5:// addresses',
  },

  internalBuildFailed: () => 'internal error: the request could not be built; the message was not sent',
  internalReadFailed: () =>
    "internal error: the platform's answer could not be read; the message may or may not have arrived",
  textTooLong: (max, unit) =>
    `the text is longer than the platform takes in one message (${max} ${unit}); it was not sent`,
  partOutOfRange: (part, parts) =>
    `part ${part} is due, but under the present configuration the text has only ${parts}: the way of splitting changed in between; nothing was sent; the whole text can be resent from the log`,
  units: { bytes: 'bytes', code_points: 'characters', utf16_units: 'UTF-16 units' },
  truncatedMark: (characters) => `… (truncated, ${characters} characters in full)`,
};
