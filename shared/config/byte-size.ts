/** Sizes in bytes as people write them in a configuration: `256MB`, `1.5 GiB`, or a number. */

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** The bytes that a text stands for; undefined for a text that is no size. */
export function parseByteSize(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text);
  const unit = parts === null ? undefined : UNITS[parts[2] === '' ? 'B' : parts[2]!];
  return unit === undefined ? undefined : Math.round(Number(parts![1]) * unit);
}
