/** Ids that say which interfaces are meant, by themselves or by what they belong to. */

/** Fields of a record about its own interface, by how their values begin. */
const FIELDS: Readonly<Record<string, string>> = {
  'eni-': 'interface_id',
  'subnet-': 'subnet_id',
  'vpc-': 'vpc_id',
  'i-': 'instance_id',
};

/** The field that holds such an id; undefined for a word that is none. */
export function fieldOfInterfaceId(word: string): string | undefined {
  const prefix = Object.keys(FIELDS).find((start) => word.startsWith(start));
  return prefix && FIELDS[prefix];
}
