import { describeObjectStore } from '../contracts/object-store.ts';
import { memoryStore } from './memory-store.ts';

describeObjectStore('memory', () => Promise.resolve({ port: memoryStore(), close: () => Promise.resolve() }));
