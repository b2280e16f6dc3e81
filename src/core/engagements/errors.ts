/** Refusals about engagements of auditors: what each says beside its code. */
export interface EngagementErrors {
  'engagement.not_found': { engagementId: string; fix: string };
  /** Whoever acts is not named as its auditor. */
  'engagement.not_its_auditor': { engagementId: string; fix: string };
  /** Outside the time for which access is given. */
  'engagement.not_now': { engagementId: string; from: string; to: string; fix: string };
  'engagement.signed_off': { engagementId: string; at: string; fix: string };
  /** A key that is no auditor's, or does not work. */
  'engagement.key_unfit': { keyId: string; detail: string; fix: string };
  /** Who would audit what they may write, or opened themselves. */
  'engagement.not_independent': { principalId: string; detail: string; fix: string };
  'engagement.statement_missing': { months: readonly string[]; fix: string };
  /** A step that comes before another one, or after it. */
  'engagement.step_out_of_order': { engagementId: string; detail: string; fix: string };
  'engagement.nonce_used': { engagementId: string; fix: string };
  'engagement.sample_too_large': { itemCount: number; limit: number; fix: string };
  'engagement.sample_not_found': { sampleId: string; fix: string };
  'engagement.item_not_found': { key: string; fix: string };
  'engagement.thread_not_found': { threadId: string; fix: string };
  'engagement.thread_closed': { threadId: string; fix: string };
  'engagement.read_not_found': { readId: string; fix: string };
  'engagement.work_open': { engagementId: string; detail: string; fix: string };
}
