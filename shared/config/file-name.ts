/** Texts that name a file where a list's entries are expected. */

const ENDINGS = /\.(txt|csv|tsv|list|lst|netset|ipset|conf|json|ya?ml|gz|zst)$/i;

/** Whether a text names a file rather than an address, a port or an id: `threats.txt`, `./lists/threats`. */
export function isFileName(text: string): boolean {
  if (text.includes('://')) return false;
  return ENDINGS.test(text) || /^(\.{0,2}|~)\/\D/.test(text);
}
