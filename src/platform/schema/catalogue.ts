import { hash } from 'node:crypto';

/** What the database says of one object, a sentence per item, sorted by code point. */
export type Catalogue = Readonly<Record<string, readonly string[]>>;

/** Tables that keep account of the migrations themselves, and are made before the first of them. */
export const BOOKS_OF_MIGRATIONS = ['migration', 'migration_hash'] as const;

/** What has a lower number came with the server (`FirstNormalObjectId`). */
const FIRST_OWN_OID = 16_384;

/**
 * Every object of the schema as `(object, item)`: tables with their columns, constraints, indexes,
 * triggers, policies, row-level security and grants; functions with a hash of their source;
 * operators; casts between types of the server's own, made by hand; the schema itself. Only what
 * PostgreSQL 15 to 18 write alike, and a restored dump as well: NOT NULL stands at the column, a CHECK
 * has no brackets, privileges that came after 15 are left out. Members of an extension are its own
 * affair. Whoever may only read is not asked for: a report may have a role of its own.
 */
const ITEMS = `
  WITH our_table AS (
    SELECT c.*, format('table %s', c.relname) AS object FROM pg_class c
    WHERE c.relnamespace = 'mizan'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND c.relname <> ALL ('{${BOOKS_OF_MIGRATIONS.join(',')}}')),
  our_function AS (
    SELECT p.*, format('function %s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) AS object
    FROM pg_proc p WHERE p.pronamespace = 'mizan'::regnamespace AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')),
  granted AS (
    SELECT object, 'to ' AS what, g.* FROM our_table, aclexplode(relacl) g
    UNION ALL
    SELECT object, format('of column %s to ', a.attname), g.* FROM our_table t
      JOIN pg_attribute a ON a.attrelid = t.oid, aclexplode(a.attacl) g
    UNION ALL
    SELECT object, 'to ', g.* FROM our_function, aclexplode(coalesce(proacl, acldefault('f', proowner))) g
    UNION ALL
    SELECT 'schema mizan', 'to ', g.* FROM pg_namespace, aclexplode(nspacl) g WHERE nspname = 'mizan')
  SELECT object, format('is a %s of %s, row-level security %s', relkind, relowner::regrole,
      CASE WHEN relrowsecurity AND relforcerowsecurity THEN 'on and forced'
        WHEN relrowsecurity THEN 'on and not forced' ELSE 'off' END) AS item
    FROM our_table
  UNION ALL
  SELECT object, CASE relpersistence WHEN 'u' THEN 'unlogged' ELSE 'temporary' END FROM our_table
    WHERE relpersistence <> 'p'
  UNION ALL
  SELECT object, format('child %s', inhrelid::regclass) FROM our_table t JOIN pg_inherits ON inhparent = t.oid
  UNION ALL
  SELECT object, format('parent %s', inhparent::regclass) FROM our_table t JOIN pg_inherits ON inhrelid = t.oid
  UNION ALL
  SELECT object, format('column %s %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
      CASE WHEN a.attnotnull THEN ' not null' END, ' default ' || pg_get_expr(d.adbin, d.adrelid),
      nullif(format(' %s%s', a.attidentity, a.attgenerated), ' '))
    FROM our_table t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
  UNION ALL
  SELECT object, format('constraint %s %s', conname, CASE contype
      WHEN 'c' THEN translate(pg_get_constraintdef(k.oid), '()', '') ELSE pg_get_constraintdef(k.oid) END)
    FROM our_table t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype NOT IN ('n', 't')
  UNION ALL
  SELECT object, format('index %s%s', pg_get_indexdef(indexrelid), CASE WHEN NOT indisvalid THEN ' invalid' END)
    FROM our_table t JOIN pg_index i ON i.indrelid = t.oid
  UNION ALL
  SELECT object, format('trigger %s, %s: %s', tgname,
      CASE tgenabled WHEN 'O' THEN 'enabled' WHEN 'D' THEN 'disabled' ELSE 'enabled ' || tgenabled::text END,
      pg_get_triggerdef(g.oid))
    FROM our_table t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
  UNION ALL
  SELECT object, format('constraint %s is not watched over: its trigger is not enabled', k.conname)
    FROM our_table t JOIN pg_trigger g ON g.tgrelid = t.oid AND g.tgisinternal AND g.tgenabled <> 'O'
    LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint
  UNION ALL
  SELECT object, format('policy %s %s %s for %s using %s check %s', polname,
      CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END, polcmd,
      array_to_string(ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE r::regrole::text END FROM unnest(polroles) r), ', '),
      coalesce(pg_get_expr(polqual, polrelid), '-'), coalesce(pg_get_expr(polwithcheck, polrelid), '-'))
    FROM our_table t JOIN pg_policy p ON p.polrelid = t.oid
  UNION ALL
  SELECT object, format('rule %s %s', rulename, pg_get_ruledef(r.oid))
    FROM our_table t JOIN pg_rewrite r ON r.ev_class = t.oid
  UNION ALL
  SELECT object, format('is a %s of %s, language %s, %s%s%s, returns %s%s%s', prokind, proowner::regrole, lanname,
      provolatile, proparallel, CASE WHEN proisstrict THEN ' strict' END, pg_get_function_result(p.oid),
      CASE WHEN prosecdef THEN ', as its owner' END, ', with ' || array_to_string(proconfig, '; '))
    FROM our_function p JOIN pg_language l ON l.oid = p.prolang
  UNION ALL
  SELECT object, format('source %s', encode(sha256(convert_to(prosrc, 'UTF8')), 'hex')) FROM our_function
  UNION ALL
  SELECT object, format('adds up by %s from %s', aggtransfn, coalesce(agginitval, 'nothing'))
    FROM our_function p JOIN pg_aggregate a ON a.aggfnoid = p.oid
  UNION ALL
  SELECT format('operator %s', o.oid::regoperator), format('does %s', oprcode) FROM pg_operator o
    WHERE oprnamespace = 'mizan'::regnamespace AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_operator'::regclass AND d.objid = o.oid AND d.deptype = 'e')
  UNION ALL
  SELECT 'casts', format('from %s to %s', castsource::regtype, casttarget::regtype) FROM pg_cast c
    WHERE c.oid >= ${FIRST_OWN_OID} AND castsource < ${FIRST_OWN_OID} AND casttarget < ${FIRST_OWN_OID} AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  UNION ALL
  SELECT format('sequence %s', relname), format('is of %s', relowner::regrole) FROM pg_class c
    WHERE relnamespace = 'mizan'::regnamespace AND relkind = 'S' AND NOT EXISTS (
      SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')
        AND d.refobjid = to_regclass('mizan.migration'))
  UNION ALL
  SELECT 'schema mizan', format('is of %s', nspowner::regrole) FROM pg_namespace WHERE nspname = 'mizan'
  UNION ALL
  SELECT object, format('grant %s %s%s%s', privilege_type, what,
      CASE grantee WHEN 0 THEN 'public' ELSE grantee::regrole::text END,
      CASE WHEN is_grantable THEN ' with grant option' END)
    FROM granted WHERE grantee <> 'mizan_owner'::regrole
      AND (grantee IN (0, 'mizan_app'::regrole) OR privilege_type NOT IN ('SELECT', 'USAGE', 'EXECUTE'))
      AND privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
        'TRIGGER', 'USAGE', 'CREATE', 'EXECUTE')`;

/** One row per object: `object` and `hash`, as `hashesOf` makes them. */
export const CATALOGUE_HASHES = `
  SELECT object, encode(sha256(convert_to(string_agg(item, E'\\n' ORDER BY item COLLATE "C"), 'UTF8')), 'hex') AS hash
  FROM (${ITEMS}) i GROUP BY object`;

/** One row per item of the objects named in $1, or of all where it is null. */
export const CATALOGUE_ITEMS = `
  SELECT object, array_agg(item ORDER BY item COLLATE "C") AS items
  FROM (${ITEMS}) i WHERE $1::text[] IS NULL OR object = ANY ($1) GROUP BY object
  ORDER BY object COLLATE "C"`;

/** The hash of each object, from its items. */
export function hashesOf(catalogue: Catalogue): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(catalogue).map(([object, items]) => [object, hash('sha256', items.join('\n'))]),
  );
}

/** An object that is not what it should be: what it lacks, and what it has beyond. */
export interface Difference {
  readonly object: string;
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/**
 * What a database has otherwise than it should. An index that only makes reading faster may be added
 * by whoever runs the server; everything else may not.
 *
 * @param found  Of the objects that differ, and no others.
 */
export function differencesOf(
  expected: Catalogue,
  found: Catalogue,
  objects: readonly string[],
): readonly Difference[] {
  return objects
    .map((object) => {
      const [wanted, present] = [expected[object] ?? [], found[object] ?? []];
      return {
        object,
        missing: wanted.filter((item) => !present.includes(item)),
        unexpected: present.filter(
          (item) => !wanted.includes(item) && !item.startsWith('index CREATE INDEX '),
        ),
      };
    })
    .filter(({ missing, unexpected }) => missing.length + unexpected.length > 0);
}
