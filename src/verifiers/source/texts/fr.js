/** What is said in French, by code; `{name}` is a value. File and event stand before it. */
export const FR = {
  event: 'événement {seq}',
  more: '{count} autres constats de ce contrôle ne sont pas affichés',
  not_checked: 'non contrôlé : ce dont il dépend est illisible',
  unreadable: 'sa forme est illisible ({reason})',
  'verdict.good': 'Conforme : aucun des {of} contrôles n’a échoué',
  'verdict.failed': 'NON CONFORME : {count} contrôles sur {of} ont échoué',

  'option.key':
    '{key} n’est pas une clé : indiquez NOM+ID+CLÉ, comme « mizan checkpoint » l’affiche, ou un kid de 43 caractères.',
  'option.no_file': '{path} est illisible ({reason}).',
  'option.one_pack': 'Indiquez un seul dossier ({count} indiqués).',
  'option.unknown': '{reason}',
  'machine.old_node': 'Node.js {least} ou plus récent est nécessaire ; ceci est la version {is}.',
  'machine.no_ed25519':
    'Cette machine ne sait pas contrôler les signatures Ed25519 : utilisez un navigateur plus récent.',
  'pack.no_archive': 'Ce n’est pas un dossier d’attestation : ce n’est pas une archive ZIP.',
  'pack.no_manifest':
    'Ce n’est pas un dossier d’attestation : l’archive ZIP est sans manifest.json.',
  'pack.other_format':
    'manifest.json est d’un autre format ({is}) : ce vérificateur ne connaît que mizan/pack/1.',

  'zip.after_end': 'l’archive contient quelque chose après sa fin',
  'zip.directory': 'le répertoire de l’archive est défectueux',
  'zip.name': 'le nom de l’entrée {index} n’est pas en UTF-8',
  'zip.twice': 'figure deux fois dans l’archive',
  'zip.order': 'n’est pas dans l’ordre des chemins',
  'zip.too_large': 'est trop volumineux : {byteCount} octets',
  'zip.headers_differ': 'son en-tête contredit le répertoire',
  'zip.between': 'l’archive contient des octets qui n’appartiennent à aucun fichier',
  'zip.length': 'ses octets n’ont pas la longueur annoncée ({byteCount}), ou sont abîmés',
  'zip.crc': 'ses octets sont abîmés : CRC-32 différent',
  'zip.extra': 'porte des champs ou commentaires qu’un dossier n’a pas',
  'zip.flags': 'est chiffré, ou écrit comme un dossier ne l’est pas',
  'zip.method': 'n’est ni stocké ni compressé par deflate',
  'zip.folder': 'est un répertoire',
  'zip.dated': 'n’est pas daté du 1980-01-01',
  'path.unknown': 'n’est pas un fichier de dossier d’attestation',
  'container.ok': '{count} fichiers, {megabytes} Mo',

  'file.missing': 'manque',
  'file.length': 'a {is} octets, le manifeste en dit {listed}',
  'file.hash': 'son SHA-256 est {is}, le manifeste dit {listed}',
  'file.hash_sealed': 'son SHA-256 est {is}, le journal a scellé {due}',
  'file.unlisted': 'n’est pas dans le manifeste',
  'json.utf8': 'n’est pas en UTF-8',
  'json.json': 'n’est pas du JSON',
  'json.canonical': 'n’est pas du JSON canonique (RFC 8785)',
  'json.surrogate': 'contient une moitié de caractère',
  'json.number': 'contient un nombre non entier ou trop grand',
  'json.no_object': 'n’est pas un objet JSON',
  'line.utf8': 'la ligne {line} n’est pas en UTF-8',
  'line.json': 'la ligne {line} n’est pas du JSON',
  'line.canonical': 'la ligne {line} n’est pas du JSON canonique (RFC 8785)',
  'line.surrogate': 'la ligne {line} contient une moitié de caractère',
  'line.number': 'la ligne {line} contient un nombre non entier ou trop grand',
  'line.no_object': 'la ligne {line} n’est pas un objet JSON',
  'lines.not_ended': 'la ligne {line} ne finit pas par un saut de ligne',

  'manifest.ok':
    '{month} de {siteCode}, {label}, registre {ledgerId} : {count} fichiers tels qu’il les liste',
  'manifest.member': '« {member} » manque, ou n’est pas ce qu’il devrait être',
  'manifest.unknown_member': '« {member} » n’est pas un membre du manifeste',
  'manifest.entry': 'cette entrée ne désigne aucun fichier : {entry}',
  'manifest.order': '{path} est listé deux fois, ou pas à sa place',

  'keys.ok': 'mises en service dans le journal : {count}',
  'keys.none_given':
    'aucune clé n’a été indiquée : que les signatures soient bien de qui vous pensez n’est pas contrôlé. Indiquez la clé à laquelle vous faites confiance.',
  'keys.form': 'n’est pas une liste de clés de signature Ed25519',
  'keys.thumbprint': 'le kid {kid} n’est pas l’empreinte de sa clé, qui est {is}',
  'keys.twice': 'le kid {kid} y figure deux fois',
  'keys.not_in_log': 'la clé {kid} n’a jamais été mise en service dans le journal',
  'keys.not_listed': 'la clé {kid} du journal n’est pas listée',
  'keys.other_in_log': 'le journal a une autre clé pour le kid {kid}',
  'keys.life': 'la clé {kid} commence ou finit une seconde fois, ou finit avant d’avoir commencé',
  'keys.other_name': 'la clé indiquée est celle de {name}, et ce dossier est de {origin}',
  'keys.not_in_pack': 'la clé indiquée ({key}) n’a pas signé pour ce journal',

  'signature.ok': 'manifeste signé par {kid}',
  'signature.form': 'n’est pas une signature de la forme HEADER..SIGNATURE de type {typ}',
  'signature.no_key': 'est de la clé {kid}, absente de keys/jwks.json',
  'signature.wrong': 'la clé {kid} n’a pas signé {signed} tel qu’il est ici',
  'signature.not_trusted':
    'est de la clé {kid}, qui n’est pas celle à laquelle vous faites confiance',
  'signature.not_then': 'la clé {kid} ne signe pas d’états de {size} événements',

  'checkpoint.ok': '{size} événements, racine {root}, signé par {kid}',
  'checkpoint.form': 'n’est pas un point de contrôle',
  'checkpoint.other_log': 'est de {is}, et ce dossier est de {origin}',
  'checkpoint.other_state': 'est d’un autre état que le manifeste : {is}, et {listed}',
  'checkpoint.other_key': 'la clé {kid} du manifeste ne l’a pas signé',
  'checkpoint.not_trusted': 'la clé à laquelle vous faites confiance ne l’a pas signé',
  'checkpoint.too_small': 'a {size} événements, sans celui qui a scellé le dossier',
  'checkpoint.wrong': 'la clé {kid} ne l’a pas signé tel qu’il est ici',
  'checkpoint.not_then': 'la clé {kid} ne signe pas d’états de {size} événements',
  'checkpoint.unsigned': 'aucune clé de ce journal en service alors ne l’a signé',

  'consistency.ok':
    'le journal de {from} événements que vous aviez gardé est le début de celui-ci, de {size}',
  'consistency.none_given':
    'rien n’a été comparé : indiquez un point de contrôle que vous avez gardé, et rien de ce qui le précède n’a pu être réécrit.',
  'consistency.form': 'n’est pas une preuve de ce point de contrôle',
  'consistency.shorter':
    'a {from} événements, et ce dossier mène à {size} : le journal était alors plus long',
  'consistency.empty': 'est d’un journal vide, ce qui ne prouve rien',
  'consistency.missing':
    'manque : demandez un dossier qui part de vos {from} événements (mizan attest MOIS --since NOTE)',
  'consistency.wrong':
    'le journal de {size} événements ne commence pas par celui de {from} que vous aviez gardé',

  'log.ok':
    '{count} événements à leur place, {leftOut} laissés de côté, {size} sous la racine du point de contrôle',
  'log.uncovered': 'rien ne se trouve à cette place',
  'log.covered_twice': 'cette place est couverte deux fois',
  'log.gaps': 'n’est pas une liste de lacunes d’un journal de {size} événements',
  'log.nodes': 'la lacune de {begin} à {end} exclu a {is} nœuds, et non {due}',
  'log.size': 'couvrent {is} places sur {size}',
  'log.root': 'donnent la racine {is}, le point de contrôle dit {root}',
  'event.member': 'ligne {line} : « {member} » manque, ou n’est pas ce qu’il devrait être',
  'event.other_ledger': 'est d’un autre registre',
  'event.order': 'la ligne {line} n’est pas à sa place',

  'population.ok':
    '{count} événements, ceux que l’événement {seq} a scellés, et tous concernent le mois',
  'population.no_attestation': 'la dernière ligne n’est pas l’attestation que nomme le manifeste',
  'population.stranger': '{type} ne concerne pas le mois',
  'population.other': 'les événements donnent pour « {member} » {is}, il est dit ici {due}',
  'population.member': '« {member} » est {is} dans le manifeste, et {due} dans l’attestation',
  'population.before':
    'elle porte sur les événements avant {before}, et l’attestation est l’événement {seq}',
  'population.left_out': 'elle compte {is} événements laissés de côté, il y en a {due}',

  'rows.ok': '{count}, celles que les événements ont scellées',
  'rows.missing': '{is} lignes sur {due} sont là',
  'rows.root': 'ses lignes donnent la racine {is}, il a scellé {due}',
  'rows.domain': 'la ligne {line} ne nomme pas de domaine',
  'rows.left_over': 'la ligne {line} n’appartient à aucun événement',

  'statements.ok': '{count}, chacun tel qu’il a été émis et signé',
  'statements.row': 'une ligne ne désigne aucun relevé',
  'statements.twice': 'désigne {path} une seconde fois',
  'statements.list': 'l’attestation ne liste pas les relevés des lignes',
  'statements.other': 'n’est pas le relevé que désigne sa ligne',
  'statements.unnamed': 'n’est désigné par aucune ligne',

  'settlements.ok': '{count}, chacun tel qu’il a été scellé',
  'settlements.row': 'une ligne ne désigne aucun décompte',
  'settlements.unnamed': 'n’est désigné par aucune ligne',

  'files.ok': '{count}, chacun tel qu’il a été reçu',
  'files.unnamed': 'n’est désigné par aucun événement',

  'tables.ok': '{count}, chaque ligne refaite depuis les données scellées',
  'tables.line': 'la ligne {line} est « {is} », les données scellées donnent « {due} »',
  'tables.left_over': 'la ligne {line} ne vient d’aucune donnée scellée',
  'tables.row': 'sa donnée {row} est illisible',
  'tables.control': '« {name} » est {is}, et non {due}',

  'figures.ok': '{count} recalculés, tous égaux',
  'figures.no_carbon': 'le dossier n’a pas de relevé carbone.',
  'figures.no_run': 'repose sur l’appariement {run}, absent du dossier',
  'figures.form': 'ne dit pas ses compteurs, ses centrales ou sa production',
  'figures.missing': 'n’a pas de chiffre {id}',
  'figures.other': '{id} est {is}, les données scellées donnent {due}',
  'figures.sides': 'l’apparié des compteurs est {demand} Wh, celui des centrales {supply} Wh',
  'figures.no_factor': 'le facteur {code}, version {version}, n’est pas parmi les données scellées',
  'figures.no_grid_factor': 'ne nomme pas de moyenne du réseau',
  'figures.factor_hour': 'son facteur n’a pas de valeur pour {hour}',
  'figures.no_lines': 'n’a pas de lignes à recalculer.',
  'figures.bill_line': 'la ligne {line} n’est pas une ligne chiffrée',
};
