import { createMemoryStore } from '../../../shared/adapters/local/memory-store.ts';
import { describeObjectStore } from '../../contracts/object-store.ts';

describeObjectStore('memory', async () => ({ port: createMemoryStore(), close: async () => {} }));
