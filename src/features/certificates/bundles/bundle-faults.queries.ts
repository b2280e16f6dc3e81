import type { Fault } from '../../../core/ledger/verify.js';
import type { LedgerTx } from '../../../platform/database/ledger-tx.js';

/**
 * The first bundle that nothing was done with, or certificate that takes up its interval otherwise
 * than what was done with it leaves; null without.
 */
export async function certificateFault(tx: LedgerTx): Promise<Fault | null> {
  const [wrong] = await tx.query<{ register: string; id: string }[]>(
    `WITH latest AS (
       SELECT DISTINCT ON (b.bundle_id) b.certificate_id, h.status
       FROM certificate_bundle b JOIN bundle_change h USING (ledger_id, bundle_id)
       WHERE b.ledger_id = $1 ORDER BY b.bundle_id, h.version DESC),
     gone AS (
       SELECT certificate_id FROM latest GROUP BY 1
       HAVING bool_and(status IN ('Withdrawn', 'Bundle Split'))),
     live AS (
       SELECT c.certificate_id, c.plant_code, c.starts_at, c.ends_at, (CASE c.origin ->> 'kind'
           WHEN 'storage' THEN format('[%s,%s]', c.origin ->> 'part', c.origin ->> 'part')
           WHEN 'registry' THEN format('[%s,%s]', c.origin ->> 'rangeStart', c.origin ->> 'rangeEnd')
           ELSE '(,)' END)::int8range AS part, 1::bigint AS n
       FROM certificate c
       WHERE c.ledger_id = $1 AND c.status <> 'Withdrawn'
         AND NOT EXISTS (SELECT FROM gone WHERE gone.certificate_id = c.certificate_id)),
     kept AS (
       SELECT certificate_id, plant_code, starts_at, ends_at, part, count(*) AS n
       FROM live_certificate WHERE ledger_id = $1 GROUP BY 1, 2, 3, 4, 5)
     SELECT 'live_certificate' AS register, coalesce(k.certificate_id, l.certificate_id)::text AS id
     FROM kept k FULL JOIN live l ON l.certificate_id = k.certificate_id
     WHERE (k.plant_code, k.starts_at, k.ends_at, k.part, k.n)
       IS DISTINCT FROM (l.plant_code, l.starts_at, l.ends_at, l.part, l.n)
     UNION ALL
     SELECT 'certificate_bundle', b.bundle_id::text FROM certificate_bundle b
     WHERE b.ledger_id = $1 AND NOT EXISTS (SELECT FROM bundle_change h
       WHERE h.ledger_id = b.ledger_id AND h.bundle_id = b.bundle_id)
     LIMIT 1`,
    [tx.ledgerId],
  );
  if (wrong === undefined) return null;
  const detail = `What is kept of ${wrong.id} in ${wrong.register} is not what events made of it.`;
  return { seq: null, check: wrong.register, detail };
}
