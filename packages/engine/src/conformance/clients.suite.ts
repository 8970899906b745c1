import { describe, expect, it } from 'vitest';
import { appendOf, clientRow, type Open, onStorage, receiptRow, SPACE } from './build.ts';

export const clientsSuite = (open: Open): void => {
  describe('clients and receipts', () => {
    it(
      'come back as they were stored',
      onStorage(open, async (storage) => {
        const receipts = [
          receiptRow({ mutationId: 'M1', verdict: 'rejected', seq: 0, revision: 0, hash: '', extraJson: '{"code":"VOIDED"}' }),
          receiptRow({ mutationId: 'm1', verdict: 'merged' }),
        ];
        const clients = [clientRow({ clientId: 'c2', name: 'Ännchen', seq: 2 ** 52 }), clientRow({ revoked: true, lastSeenAt: 1_000.5 })];
        await storage.append(appendOf(0, [], { receipts, clients }));
        const loaded = await storage.load(SPACE, { records: [], receipts: ['m1', 'nope', 'M1'], clients: ['c1'] });
        expect(new Set(loaded.receipts)).toEqual(new Set(receipts));
        expect(loaded.clients).toEqual([clients[1]]);
        expect(new Set(await storage.readClients(SPACE))).toEqual(new Set(clients));
        expect(await storage.readClients('app/nobody')).toEqual([]);
      }),
    );

    it(
      'take a new name and position without their number being touched',
      onStorage(open, async (storage) => {
        await storage.append(appendOf(0, [], { clients: [clientRow({ ackedN: 9 })] }));
        await storage.putClient(SPACE, clientRow({ ackedN: 4, seq: 7, firstSeenAt: 1, lastSeenAt: 2_000, name: 'Desk' }));
        expect(await storage.readClients(SPACE)).toEqual([clientRow({ ackedN: 9, seq: 7, lastSeenAt: 2_000, name: 'Desk' })]);
        expect((await storage.readSpace(SPACE))?.appends).toBe(1);
        await storage.putClient(SPACE, clientRow({ clientId: 'new', ackedN: 0 }));
        expect(await storage.readClients(SPACE)).toHaveLength(2);
      }),
    );

    it(
      'stay revoked and named, whatever an append or a sighting made before that writes',
      onStorage(open, async (storage) => {
        await storage.append(appendOf(0, [], { clients: [clientRow()] }));
        await storage.putClient(SPACE, clientRow({ revoked: true, name: 'Lost phone' }));
        await storage.append(appendOf(1, [], { clients: [clientRow({ ackedN: 2 })] }));
        await storage.putClient(SPACE, clientRow({ lastSeenAt: 3_000 }));
        expect(await storage.readClients(SPACE)).toEqual([clientRow({ ackedN: 2, revoked: true, name: 'Lost phone', lastSeenAt: 3_000 })]);
      }),
    );

    it(
      'ignore a client of a space that is not there',
      onStorage(open, async (storage) => {
        await storage.putClient('app/nobody', clientRow());
        expect(await storage.readClients('app/nobody')).toEqual([]);
        expect(await storage.readSpace('app/nobody')).toBeUndefined();
      }),
    );
  });
};
