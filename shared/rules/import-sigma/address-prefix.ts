/** IPv4 addresses by how their text starts, which is how older Sigma rules write networks. */

/**
 * The networks and ranges of the IPv4 addresses whose text starts so: `10.` is `10.0.0.0/8`, and `10.1` is `10.1.0.0/16`,
 * `10.10.0.0-10.19.255.255` and `10.100.0.0-10.199.255.255`. Undefined for a text that no IPv4 address starts with.
 */
export function addressesStartingWith(prefix: string): readonly string[] | undefined {
  const octets = prefix.split('.');
  const begun = octets.pop()!;
  if (octets.length > 3 || (octets.length === 0 && begun === '')) return undefined;
  if (!octets.every((octet) => isOctet(octet)) || !(begun === '' || isOctet(begun))) return undefined;
  const rest = 3 - octets.length;
  const address = (octet: number | undefined, fill: number): string => {
    const known = octet === undefined ? octets : [...octets, octet];
    return [...known, ...Array.from({ length: 4 - known.length }, () => fill)].join('.');
  };
  if (begun === '') return [`${address(undefined, 0)}/${octets.length * 8}`];
  return runsOf(begun).map(([low, high]) => {
    if (low === high) return rest === 0 ? address(low, 0) : `${address(low, 0)}/${(octets.length + 1) * 8}`;
    return `${address(low, 0)}-${address(high, 255)}`;
  });
}

/** The numbers from 0 to 255 whose text starts so, as runs of neighbours. */
function runsOf(begun: string): readonly (readonly [low: number, high: number])[] {
  const runs: [number, number][] = [];
  for (let octet = 0; octet <= 255; octet++) {
    if (!String(octet).startsWith(begun)) continue;
    const last = runs.at(-1);
    if (last !== undefined && last[1] === octet - 1) last[1] = octet;
    else runs.push([octet, octet]);
  }
  return runs;
}

function isOctet(text: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255;
}
