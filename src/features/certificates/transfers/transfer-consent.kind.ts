import { z } from 'zod';
import { RecordCode } from '../../../platform/http/record-controller.js';
import { recordKind } from '../../../platform/records/record-kind.js';

/** From whom an organisation takes transfers of certificates. */
export const TRANSFER_CONSENT = recordKind({
  kind: 'transfer-consent',
  path: 'v1/transfer-consents',
  tag: 'certificates',
  noun: 'transfer consent',
  id: 'TransferConsent',
  write: ['energy-manager'],
  attributes: z.strictObject({
    receiverCode: RecordCode.describe('Organisation that takes transfers'),
    acceptsFrom: z.array(RecordCode).max(100).describe('Organisations that it takes them from'),
  }),
  table: {
    foreignKeys: {
      transfer_consent_is_given_by_an_organisation: 'receiverCode',
    },
  },
  references: { receiverCode: 'organisation', acceptsFrom: 'organisation' },
});
