/** What a network fault sentence is filled with. `peer` is host:port, `code` the system's error code or an HTTP status. */
interface FaultWords {
  readonly peer: string;
  readonly code: string;
  readonly seconds: number;
  readonly stage: string;
}

export const delivery = {
  proxyPeer: (host: string) => `代理 ${host}`,

  stages: {
    dns: '解析域名',
    connect: '建立连接',
    proxy: '等待代理应答',
    tls: 'TLS 握手',
  },

  faults: {
    dns_not_found: ({ peer }: FaultWords) => `找不到 ${peer} 的域名，请检查地址是否写错、DNS 是否可用`,
    dns_failed: ({ peer, code }: FaultWords) =>
      `解析 ${peer} 的域名失败（${code}），请检查本机的 DNS 设置和网络`,
    refused: ({ peer }: FaultWords) => `${peer} 拒绝连接，请检查端口是否正确、对方服务是否在运行`,
    unreachable: ({ peer, code }: FaultWords) =>
      `网络上到达不了 ${peer}（${code}），请检查本机网络、路由和防火墙`,
    connect_timeout: ({ peer, seconds, stage }: FaultWords) =>
      `${seconds} 秒内没有连上 ${peer}（停在：${stage}），请求没有发出，请检查网络、防火墙或代理设置`,
    connect_closed: ({ peer }: FaultWords) =>
      `${peer} 在请求发出之前断开了连接，请检查协议（http 或 https）和端口是否正确`,
    tls_expired: ({ peer }: FaultWords) => `${peer} 的 TLS 证书已过期或尚未生效，请更新证书并检查本机时间`,
    tls_untrusted: ({ peer }: FaultWords) =>
      `${peer} 的 TLS 证书不受信任（自签名或签发机构未知）；私有签发机构可用环境变量 NODE_EXTRA_CA_CERTS 加入`,
    tls_host_mismatch: ({ peer }: FaultWords) => `${peer} 的 TLS 证书不是发给这个主机名的，请检查地址`,
    tls_failed: ({ peer, code }: FaultWords) =>
      `与 ${peer} 的 TLS 握手失败（${code}），请检查对方是否真的提供 https`,
    proxy_auth: ({ peer }: FaultWords) => `${peer} 要求认证或不接受所给的用户名和密码，请检查 proxy 设置`,
    proxy_refused: ({ peer, code }: FaultWords) =>
      `${peer} 没有接通目标（${code}），请检查代理的访问规则和目标地址`,
    proxy_broken: ({ peer }: FaultWords) => `${peer} 的应答不符合代理协议，请检查 proxy 的协议和端口`,
    local_limit: ({ code }: FaultWords) => `本机资源不足，无法建立连接（${code}），请检查打开文件数等限制`,
    not_sent: ({ peer, code }: FaultWords) => `没能连上 ${peer}（${code}），请求没有发出`,
    stopped: () => '服务正在停止，请求没有发出',
    reset_after_send: ({ peer, code }: FaultWords) =>
      `请求发出之后，${peer} 在应答之前断开了连接（${code}），消息可能已送达，也可能没有`,
    answer_timeout: ({ peer, seconds }: FaultWords) =>
      `请求已发出，但 ${seconds} 秒内没有等到 ${peer} 的应答，消息可能已送达，也可能没有`,
    malformed_answer: ({ peer, code }: FaultWords) =>
      `请求已发出，但 ${peer} 的应答不是有效的 HTTP（${code}），消息可能已送达，也可能没有`,
    stopped_after_send: ({ peer }: FaultWords) =>
      `请求已发往 ${peer}，服务在应答之前停止，消息可能已送达，也可能没有`,
    blocked_address: ({ peer }: FaultWords) =>
      `${peer} 指向链路本地、云元数据、组播或未指定地址，出于安全永不连接，请检查地址和 DNS`,
    invalid_request: ({ code }: FaultWords) =>
      `请求无法按 HTTP 发出（${code}），请检查 endpoint.url 和 headers 里的字符`,
    invalid_proxy: () => 'proxy 的写法不正确，可用 http://、https:// 或 socks5:// 开头的地址',
  },

  internalBuildFailed: () => '程序内部错误：没能组成请求，消息没有发出',
  internalReadFailed: () => '程序内部错误：没能读懂平台的应答，消息可能已送达，也可能没有',
  textTooLong: (max: number, unit: string) => `文本超过平台单条消息的上限（${max} ${unit}），没有发出`,
  partOutOfRange: (part: number, parts: number) =>
    `要发第 ${part} 段，但按现在的配置文本只有 ${parts} 段：分段方式在发送途中变了，没有发出；可在日志里重发全文`,
  units: { bytes: '字节', code_points: '个字符', utf16_units: '个 UTF-16 单元' },
  truncatedMark: (characters: number) => `…（已截断，原文共 ${characters} 字）`,
};
