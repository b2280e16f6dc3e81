/** What is said in English, by code; `{name}` is a value. File and event stand before it. */
export const EN = {
  usage: `Checks an attestation pack of Mizan, with no network and nothing but this file.

Usage: node verify.mjs PACK.zip [--key KEY]... [--since NOTE] [--json]

  --key KEY     a key that you trust, and were given by somebody else than the pack:
                NAME+ID+KEY, as "mizan checkpoint" prints it, or the kid
  --since NOTE  file of a checkpoint that you kept: nothing of then may have changed
  --json        print one JSON document

Exit code: 0 all good; 1 a check failed; 2 no pack, or an option is none`,
  event: 'event {seq}',
  more: '{count} more of this check are not told',
  not_checked: 'not checked: what it rests on could not be read',
  unreadable: 'it has a form that cannot be read ({reason})',
  'verdict.good': 'ok: none of {of} checks failed',
  'verdict.failed': 'FAIL: {count} of {of} checks failed',

  'option.key':
    '{key} is no key: give NAME+ID+KEY, as "mizan checkpoint" prints it, or a kid of 43 characters.',
  'option.no_file': '{path} cannot be read ({reason}).',
  'option.one_pack':
    'Name one pack ({count} were named): node verify.mjs PACK.zip; --help says more.',
  'option.unknown': '{reason}; --help lists the options.',
  'machine.old_node': 'This needs Node.js {least} or newer, and this is {is}.',
  'machine.no_ed25519':
    'This machine cannot check Ed25519 signatures: use a newer browser or Node.js.',
  'pack.no_archive': 'This is no pack: it is no ZIP archive.',
  'pack.no_manifest': 'This is no pack: it is a ZIP archive without manifest.json.',
  'pack.other_format':
    'manifest.json is of another format ({is}): this verifier knows mizan/pack/1 only.',

  'zip.after_end': 'there is something after the end of the archive',
  'zip.directory': 'the directory of the archive is not in order',
  'zip.name': 'entry {index} has a name that is not UTF-8',
  'zip.twice': 'is in the archive twice',
  'zip.order': 'does not stand in the order of paths',
  'zip.too_large': 'is too large: {byteCount} bytes',
  'zip.headers_differ': 'its header says something else than the directory',
  'zip.between': 'there are bytes in the archive that belong to no file',
  'zip.length': 'its bytes are not as long as it says ({byteCount}), or are damaged',
  'zip.crc': 'its bytes are damaged: another CRC-32',
  'zip.extra': 'has fields or comments that a pack does not have',
  'zip.flags': 'is encrypted, or written in a way that a pack is not',
  'zip.method': 'is neither stored nor deflated',
  'zip.folder': 'is a folder',
  'zip.dated': 'is not dated 1980-01-01',
  'path.unknown': 'is no file of a pack',
  'container.ok': '{count} files, {megabytes} MB',

  'file.missing': 'is missing',
  'file.length': 'has {is} bytes, the manifest says {listed}',
  'file.hash': 'its SHA-256 is {is}, the manifest says {listed}',
  'file.hash_sealed': 'its SHA-256 is {is}, the log sealed {due}',
  'file.unlisted': 'is not in the manifest',
  'json.utf8': 'is not UTF-8',
  'json.json': 'is no JSON',
  'json.canonical': 'is no canonical JSON (RFC 8785)',
  'json.surrogate': 'holds half a character',
  'json.number': 'holds a number that is not whole, or too large',
  'json.no_object': 'is no JSON object',
  'line.utf8': 'line {line} is not UTF-8',
  'line.json': 'line {line} is no JSON',
  'line.canonical': 'line {line} is no canonical JSON (RFC 8785)',
  'line.surrogate': 'line {line} holds half a character',
  'line.number': 'line {line} holds a number that is not whole, or too large',
  'line.no_object': 'line {line} is no JSON object',
  'lines.not_ended': 'line {line} does not end with a newline',

  'manifest.ok':
    '{month} of {siteCode}, {label}, ledger {ledgerId}: {count} files as it lists them',
  'manifest.member': '"{member}" is missing, or is not what it should be',
  'manifest.unknown_member': '"{member}" is no member of a manifest',
  'manifest.entry': 'this entry names no file: {entry}',
  'manifest.order': '{path} is listed twice, or not in its order',

  'keys.ok': 'begun in the log: {count}',
  'keys.none_given':
    'no key was given: that the signatures are of whom you think is not checked. Give the key that you trust.',
  'keys.form': 'is no list of Ed25519 keys for signing',
  'keys.thumbprint': 'kid {kid} is not the thumbprint of its key, which is {is}',
  'keys.twice': 'kid {kid} is there twice',
  'keys.not_in_log': 'key {kid} was never begun in the log',
  'keys.not_listed': 'key {kid} of the log is not listed',
  'keys.other_in_log': 'the log has another key for kid {kid}',
  'keys.life': 'key {kid} is begun or ended a second time, or ended before it began',
  'keys.other_name': 'the key that was given is of {name}, and this pack is of {origin}',
  'keys.not_in_pack': 'the key that was given ({key}) has not signed for this log',

  'signature.ok': 'manifest signed by {kid}',
  'signature.form': 'is no signature of the form HEADER..SIGNATURE of type {typ}',
  'signature.no_key': 'is of key {kid}, which is not in keys/jwks.json',
  'signature.wrong': 'key {kid} did not sign {signed} as it stands here',
  'signature.not_trusted': 'is of key {kid}, which is not the one that you trust',
  'signature.not_then': 'key {kid} does not sign states of {size} events',

  'checkpoint.ok': '{size} events, root {root}, signed by {kid}',
  'checkpoint.form': 'is no checkpoint',
  'checkpoint.other_log': 'is of {is}, and this pack is of {origin}',
  'checkpoint.other_state': 'is of another state than the manifest: {is}, and {listed}',
  'checkpoint.other_key': 'key {kid} of the manifest has not signed it',
  'checkpoint.not_trusted': 'the key that you trust has not signed it',
  'checkpoint.too_small': 'has {size} events, not the one that sealed the pack',
  'checkpoint.wrong': 'key {kid} did not sign it as it stands here',
  'checkpoint.not_then': 'key {kid} does not sign states of {size} events',
  'checkpoint.unsigned': 'no key of this log that signed then has signed it',

  'consistency.ok': 'the log of {from} events that you kept is the beginning of this one of {size}',
  'consistency.none_given':
    'none was compared: give a checkpoint that you kept, and nothing before it can have been rewritten.',
  'consistency.form': 'is no proof of this checkpoint',
  'consistency.shorter':
    'has {from} events, and this pack leads to {size}: the log was longer then',
  'consistency.empty': 'is of an empty log, which proves nothing',
  'consistency.missing':
    'is missing: ask for a pack that leads on from your {from} events (mizan attest MONTH --since NOTE)',
  'consistency.wrong':
    'the log of {size} events does not begin with the one of {from} that you kept',

  'log.ok':
    '{count} events at their places, {leftOut} left out, {size} under the root of the checkpoint',
  'log.uncovered': 'nothing stands at this place',
  'log.covered_twice': 'this place is covered twice',
  'log.gaps': 'is no list of gaps of a log of {size} events',
  'log.nodes': 'the gap from {begin} up to {end} has {is} nodes, not {due}',
  'log.size': 'cover {is} places of {size}',
  'log.root': 'come to the root {is}, the checkpoint says {root}',
  'event.member': 'line {line}: "{member}" is missing, or is not what it should be',
  'event.other_ledger': 'is of another ledger',
  'event.order': 'line {line} is not in its order',

  'population.ok':
    '{count} events are those that event {seq} sealed, and all of them matter to the month',
  'population.no_attestation': 'the last line is not the attestation that the manifest names',
  'population.stranger': '{type} does not matter to the month',
  'population.other': 'the events come to the {member} {is}, here it says {due}',
  'population.member': '"{member}" is {is} in the manifest, and {due} in the attestation',
  'population.before': 'it is of the events before {before}, and the attestation is event {seq}',
  'population.left_out': 'it counts {is} events that were left out, there are {due}',

  'rows.ok': '{count} are those that the events sealed',
  'rows.missing': '{is} of {due} rows are there',
  'rows.root': 'its rows come to the root {is}, it sealed {due}',
  'rows.domain': 'line {line} names no domain of a row',
  'rows.left_over': 'line {line} belongs to no event',

  'statements.ok': '{count}, each as it was issued and signed',
  'statements.row': 'a row names no statement',
  'statements.twice': 'names {path} a second time',
  'statements.list': 'the attestation does not list the statements of the rows',
  'statements.other': 'is not the statement that its row names',
  'statements.unnamed': 'is named by no row',

  'settlements.ok': '{count}, each as it was sealed',
  'settlements.row': 'a row names no settlement run',
  'settlements.unnamed': 'is named by no row',

  'files.ok': '{count}, each as it was received',
  'files.unnamed': 'is named by no event',

  'tables.ok': '{count}, every line made again from rows',
  'tables.line': 'line {line} is "{is}", from the row it is "{due}"',
  'tables.left_over': 'line {line} is of no row',
  'tables.row': 'row {row} of it cannot be read',
  'tables.control': '"{name}" is {is}, not {due}',

  'figures.ok': '{count} computed again, all equal',
  'figures.no_carbon': 'the pack has no carbon statement.',
  'figures.no_run': 'rests on the run {run}, which is not in the pack',
  'figures.form': 'does not say its meters, plants or generation',
  'figures.missing': 'has no figure {id}',
  'figures.other': '{id} is {is}, from the rows it is {due}',
  'figures.sides': 'matched of meters is {demand} Wh, of plants {supply} Wh',
  'figures.no_factor': 'factor {code}, version {version}, is not among the rows',
  'figures.no_grid_factor': 'names no grid average',
  'figures.factor_hour': 'its factor has no value for {hour}',
  'figures.no_lines': 'has no lines of its own to compute again.',
  'figures.bill_line': 'line {line} is no priced line',
};
