import { Test } from '@nestjs/testing';
import { AppModule } from './app.module.js';
import { ChargeKeeper } from './features/certificates/bundles/bundles.port.js';
import { StorageRecordsService } from './features/storage/records/storage-records.service.js';
import { readConfig } from './platform/config.js';
import { PortsModule } from './ports.module.js';

class NobodyAnswers {}

const NOWHERE = 'postgresql://nobody@localhost/none';
const build = () =>
  Test.createTestingModule({
    imports: [AppModule.on(NOWHERE, readConfig({ LOG_LEVEL: 'silent' }), { connect: false })],
  });

describe('ports', () => {
  it('are answered by the services that the composition names', async () => {
    const app = await build().compile();
    expect(app.get(ChargeKeeper, { strict: false })).toBe(
      app.get(StorageRecordsService, { strict: false }),
    );
  });

  it('that nobody answers keep the application from starting', async () => {
    const starting = build().overrideModule(PortsModule).useModule(NobodyAnswers).compile();
    await expect(starting).rejects.toThrow(/can't resolve dependencies/);
  });
});
