/** What can go wrong with certificates, storage and the bridge to certificates of one MWh. */
export interface CertificateErrors {
  'certificate.not_found': { bundleIds: readonly string[] };
  'certificate.not_owner': { bundleId: string; action: string; by: string; actingFor: string };
  'certificate.version_changed': { bundleId: string; expected: number; version: number };
  'certificate.transition_refused': {
    bundleId: string;
    action: string;
    bundleStatus: string;
    allowedFrom: readonly string[];
  };
  'certificate.quantity_wrong': { quantityWh: number; availableWh: number; fix: string };
  'certificate.not_accepted': { target: string; source: string; fix: string };
  'certificate.action_incomplete': { action: string; detail: string };
  'certificate.not_expired': { bundleId: string; expiresAt: string };
  'certificate.expired': { bundleId: string; expiresAt: string };
  'certificate.signature_missing': { issuer: string; fix: string };
  'certificate.signature_invalid': { issuer: string; detail: string; fix: string };
  'certificate.matched': {
    certificateId: string;
    matchedWh: number;
    leftWh: number;
    fix: string;
  };
  'storage.record_not_found': { recordId: string; fix: string };
  'storage.charge_refused': { recordId: string; detail: string };
  'storage.series_incomplete': {
    deviceCode: string;
    through: string;
    knownThrough: string | null;
    fix: string;
  };
  'storage.terms_missing': { deviceCode: string; instant: string; fix: string };
  'bridge.plant_not_registered': { trackingSystemCode: string; plantCode: string; fix: string };
  'bridge.nothing_free': { plantCode: string; firstMonth: string; lastMonth: string; fix: string };
  'bridge.converted': { bundleId: string };
}
