import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Ipv4 = InstanceType<typeof ipaddr.IPv4>;
type Ipv6 = InstanceType<typeof ipaddr.IPv6>;

/**
 * Addresses that no group robot lives at, and where a cloud's metadata service hands out credentials.
 * Loopback and private ranges are not among them: an intranet Mattermost is a legitimate target. The pages named
 * here are where each provider documents its address.
 */
const BLOCKED_V4 = [
  '0.0.0.0/8', // "this host": connecting to 0.0.0.0 reaches loopback. https://www.rfc-editor.org/rfc/rfc6890
  '169.254.0.0/16', // link-local, and the metadata address of AWS, Azure, Google Cloud, Tencent Cloud, Huawei Cloud
  '100.100.100.200/32', // https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
  '192.0.0.192/32', // https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm
  '168.63.129.16/32', // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  '224.0.0.0/4', // multicast
  '255.255.255.255/32', // broadcast
].map((range) => ipaddr.IPv4.parseCIDR(range));

/** fec0::/10 (site-local, withdrawn by RFC 3879) is absent: it was the forerunner of today's private ranges. */
const BLOCKED_V6 = [
  '::/128', // unspecified
  'fe80::/10', // link-local
  'ff00::/8', // multicast
  'fd00:ec2::/32', // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
  'fd20:ce::254/128', // https://cloud.google.com/compute/docs/metadata/querying-metadata
  'fd00:c1::a9fe:a9fe/128', // Oracle, same page as 192.0.0.192
].map((range) => ipaddr.IPv6.parseCIDR(range));

/** Names of metadata services. Checked only where a proxy resolves the name, since we then never see the address. */
const BLOCKED_NAMES = new Set([
  'metadata.google.internal',
  'metadata.goog',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
  'metadata.tencentyun.com',
]);

/** Where an IPv6 address carries an IPv4 address: the prefix, then the offset of its four bytes. */
const EMBEDDED_V4 = (
  [
    ['::ffff:0:0/96', 12], // IPv4-mapped, https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5
    ['::/96', 12], // IPv4-compatible, same section
    ['::ffff:0:0:0/96', 12], // IPv4-translated, https://www.rfc-editor.org/rfc/rfc2765
    ['64:ff9b::/96', 12], // NAT64, https://www.rfc-editor.org/rfc/rfc6052
    ['64:ff9b:1::/48', 12], // NAT64 with a local prefix, https://www.rfc-editor.org/rfc/rfc8215
    ['2002::/16', 2], // 6to4, https://www.rfc-editor.org/rfc/rfc3056
    ['2001::/32', 4], // Teredo server, https://www.rfc-editor.org/rfc/rfc4380
  ] as const
).map(([range, offset]) => ({ range: ipaddr.IPv6.parseCIDR(range), offset }));

const TEREDO = ipaddr.IPv6.parseCIDR('2001::/32');

/**
 * Whether an address must never be connected to. Takes what a name resolved to, or the host of a parsed http(s)
 * URL without brackets; anything that is no canonical IP address is blocked too, since nobody knows what a
 * lower layer would make of it.
 */
export function isBlockedAddress(address: string): boolean {
  if (isIP(address) === 0) return true;
  try {
    const parsed = ipaddr.parse(address);
    return parsed.kind() === 'ipv4' ? isBlockedV4(parsed as Ipv4) : isBlockedV6(parsed as Ipv6);
  } catch {
    return true;
  }
}

/** Whether a proxy must not be asked for this host. All other names are resolved out of our sight. */
export function isBlockedForProxy(host: string): boolean {
  if (isIP(host) !== 0) return isBlockedAddress(host);
  return BLOCKED_NAMES.has(host.toLowerCase().replace(/\.+$/, ''));
}

function isBlockedV4(address: Ipv4): boolean {
  return BLOCKED_V4.some(([base, bits]) => address.match(base, bits));
}

function isBlockedV6(address: Ipv6): boolean {
  if (BLOCKED_V6.some(([base, bits]) => address.match(base, bits))) return true;
  return embeddedV4(address).some(isBlockedV4);
}

/** Every IPv4 address that a tunnel or translator on the way could take out of this one. */
function embeddedV4(address: Ipv6): Ipv4[] {
  const bytes = address.toByteArray();
  const found: Ipv4[] = [];
  const take = (offset: number, flip = 0) => {
    const four = bytes.slice(offset, offset + 4).map((byte) => byte ^ flip);
    found.push(new ipaddr.IPv4(four));
  };
  // ::1 is loopback; read as IPv4-compatible it would be 0.0.0.1, which is blocked.
  if (address.toNormalizedString() === '0:0:0:0:0:0:0:1') return [];
  for (const { range, offset } of EMBEDDED_V4) {
    if (address.match(range[0], range[1])) take(offset);
  }
  // The client's address stands inverted at the end of a Teredo address.
  if (address.match(TEREDO[0], TEREDO[1])) take(12, 0xff);
  // ISATAP, https://www.rfc-editor.org/rfc/rfc5214: interface id [00|02]00:5efe:a.b.c.d below any prefix.
  if ((bytes[8] === 0 || bytes[8] === 2) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe)
    take(12);
  return found;
}
