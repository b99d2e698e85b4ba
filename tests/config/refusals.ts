/** What a configuration is refused for. */
import { expect } from 'vitest';
import { parseConfig } from '../../shared/config/parse-config.ts';

/** Every message for a text, without the file's name. */
export function refusals(text: string): readonly string[] {
  const read = parseConfig('f', text);
  return Array.isArray(read) ? read.map(({ message }: { message: string }) => message.slice('f:'.length)) : [];
}

/** Expects one message that holds a text, and nothing else. */
export function expectRefusal(text: string, message: string): void {
  expect(refusals(text)).toEqual([expect.stringContaining(message)]);
}
