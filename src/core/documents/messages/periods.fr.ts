import type { PeriodKey } from './periods.en.js';

/** What a carbon statement of a period says beside what one of a month does, in French. */
export const PERIODS_FR: Readonly<Record<PeriodKey, string>> = {
  'period.month': '{month}',
  'period.quarter': 'Trimestre {quarter} de {year}',
  'period.calendar_year': 'Année {year}',
  'period.reporting_year': 'Exercice {name}, {from} à {to}',
  'period.status.text':
    'Ce relevé est provisoire : ses chiffres peuvent encore changer avant la clôture de ses mois. Ne les publiez ni ne les comptabilisez.',
  'period.allSites': '{name} ({code}), tous les sites',
  'period.months': 'Mois',
  'period.months.text':
    '{from} à {to} ; {count, plural, one {# mois apparié} other {# mois appariés}}',
  'section.sumOfMonths': 'Les mois et la période',
  'section.sites': 'Site par site',
  'section.views': 'Les mêmes chiffres selon d’autres règles',
  'section.matchedMonths': 'Appariements des mois',
  'table.sumOfMonths': 'Somme des mois, et la période',
  'table.sites': 'Sites',
  'table.views': 'Vues',
  'table.view.lines': 'Lignes des vues',
  'table.effects': 'Effet des estimations',
  'table.methods': 'Intervalles estimés',
  'table.matchedMonths': 'Mois',
  'table.changedMonths': 'Mois changés',
  'column.month': 'Mois',
  'column.site': 'Site',
  'column.monthsStated': 'Mois',
  'column.period': 'Période',
  'column.difference': 'Écart',
  'column.because': 'Pourquoi',
  'column.run': 'Appariement',
  'column.runBefore': 'Appariement d’avant',
  'column.runAfter': 'Appariement actuel',
  'column.figures': 'Chiffres',
  'column.framework': 'Cadre',
  'column.rule': 'Règle',
  'column.leavesOut': 'Laisse de côté',
  'column.missing': 'À savoir',
  'column.method': 'Méthode',
  'column.intervals': 'Intervalles',
  'column.withoutEstimates': 'Sans estimations',
  'column.effect': 'Effet',
  'column.surplusCancelled': 'Excédent annulé, MWh',
  'column.cancelledMatched': 'Appariés et annulés, MWh',
  'column.locationT': 'Fondé sur le lieu, t',
  'column.market2015T': 'Fondé sur le marché, t',
  'chart.periodMonths': 'Mois de la période',
  'chart.periodMonths.caption':
    'Consommation appariée et résiduelle, MWh, selon l’appariement de chaque mois sur lequel repose le relevé. Au-dessus de chaque barre : CFE pondéré par l’énergie.',
  'because.2015':
    'L’excédent de certains mois s’applique à d’autres, et le facteur moyen est celui de la période.',
  'period.views.text':
    'L’énergie est la même dans chaque vue ; chacune dit selon quelle règle elle compte et ce qu’elle laisse de côté. Ce qui n’est pas su n’est jamais un non.',
  'period.sites.text':
    'Les sites sont donnés exactement, avant arrondi, et leur somme est le total. Aucun certificat d’un site ne compte pour un autre.',
  'view.RE100': 'RE100',
  'view.EnergyTag': 'EnergyTag, certificats horaires',
  'view.UN-24/7-CFE': 'UN 24/7 Carbon-free Energy Compact',
  'view.answer.pass': 'oui',
  'view.answer.fail': 'non',
  'view.answer.cannot_determine': 'indéterminable',
  'view.rule.RE100':
    'Énergie renouvelable de la même période sur la consommation, au plus toute ; les centrales de plus de 15 ans à son début comptent jusqu’à 15 % de la consommation.',
  'view.rule.EnergyTag':
    'Certificats d’une heure au plus, appariés dans l’heure de leur production, sur un même marché.',
  'view.rule.UN-24/7-CFE':
    '(Σ appariée + Σ résiduelle × part décarbonée du réseau) ÷ Σ consommation, heure par heure.',
  'view.leavesOut.RE100':
    'L’heure de production ; le stockage, et les centrales dont la source n’est pas renouvelable ou pas connue ; la rénovation, que personne n’enregistre.',
  'view.leavesOut.EnergyTag': 'Ce que le réseau a fourni ; l’excédent, qui est d’une autre heure.',
  'view.leavesOut.UN-24/7-CFE':
    'L’excédent de toute heure ; les émissions, car le score est d’énergie.',
  'view.missing.cancellation': 'L’annulation pour le déclarant de ce qui n’est que réservé',
  'view.missing.source': 'Si le stockage et les autres centrales sont renouvelables',
  'view.missing.gridShare': 'La part décarbonée du réseau à chaque heure',
  'view.line.counted': 'Comptée',
  'view.line.olderThan15Years': 'De centrales de plus de 15 ans',
  'view.line.eligible': 'Éligible',
  'view.line.share': 'Part',
  'view.line.matched': 'Appariée dans son heure',
  'view.line.trackingSystem': 'Système de suivi',
  'view.line.hoursFullyMatched': 'Heures entièrement appariées',
  'view.line.score': 'Score CFE, avec crédit du réseau',
  'view.line.gridShareUnknown': 'Résiduelle sans part de réseau connue',
  'view.line.matchedFromNewPlants': 'Appariée de centrales en service depuis le contrat',
  'view.line.shareFromNewPlants': 'Leur part de l’énergie appariée',
  'view.line.boundary': 'Périmètre de marché',
  'estimate.EST_LINEAR': 'Ligne droite',
  'estimate.EST_HIST': 'Jours semblables, compteur, ou énergie d’un voisin',
  'exclusion.monthBeforeFirstReading': '{month}, avant le premier relevé du site',
  'check.months_sum_to_period': 'Les mois font la période, ou la ligne dit pourquoi non',
  'check.sites_sum_to_total': 'Les sites font le total',
  'check.counted_is_certified':
    'Il ne compte pas plus d’une centrale que ses certificats ne permettent',
  'check.root_is_the_ledgers': 'La racine avant lui est celle du journal qui fut signé',
  'evidence.contract_certificates.3.met':
    'Annulés ou revendiqués pour {beneficiary} ; les actes sont dans le journal.',
  'note.preliminaryPeriod':
    'PROVISOIRE : un mois de la période n’est pas clos. Ce qui est apparié est réservé ; la clôture l’annule.',
  'note.notAppliedIn':
    'Un critère de qualité n’est pas rempli : les certificats de {mark} ne comptent dans aucun chiffre fondé sur le marché (voir les critères).',
  'note.beyondNeed': 'Annulé au-delà du besoin : {mark} MWh ; ils ne comptent nulle part.',
  'note.period2015':
    'Le chiffre fondé sur le marché du Guide de 2015 prend les volumes et le facteur moyen de la période ; il n’est pas la somme de ses mois.',
  'note.sites': 'Aucun certificat d’un site ne compte pour un autre.',
  'period.volumetricPct': 'Couverture, volumétrique',
  'period.volumetricPct.is':
    'Σ production ÷ Σ consommation : le volume de la période, non horaire.',
  'period.marketBased2015T': 'Scope 2, fondé sur le marché',
  'period.marketBased2015T.is':
    'Guide de 2015 : ce qui compte × le facteur de son instrument, et le reste de la consommation × le mix résiduel moyen de la période. Volumes de la période.',
  'period.marketBased2015T.is.grid':
    'Guide de 2015 : ce qui compte × le facteur de son instrument, et le reste de la consommation × la moyenne du réseau sur la période, qui tient lieu de mix résiduel. Volumes de la période.',
  'period.surplusCancelledWh': 'Excédent annulé pour le déclarant',
  'period.surplusCancelledWh.is':
    'Certificats annulés ou revendiqués pour le déclarant au-delà de ce qui fut apparié.',
  'period.surplusCountedWh': 'Dont compté',
  'period.surplusCountedWh.is':
    'Dans le chiffre fondé sur le marché : au plus la consommation qu’aucun certificat apparié ne couvre.',
  'period.cancelledBeyondNeedWh': 'Dont annulé au-delà du besoin',
  'period.cancelledBeyondNeedWh.is':
    'Annulé, et plus qu’il n’en fut consommé : ne compte nulle part.',
  'period.surplusNotCancelledWh': 'Excédent non annulé',
  'period.surplusNotCancelledWh.is':
    'Excédent que personne n’a annulé : dans aucun chiffre d’émissions.',
};
