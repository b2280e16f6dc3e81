import type { FigureKey } from './figures.en.js';

/** Names and definitions of the figures of every kind of statement, in French. */
export const FIGURES_FR: Readonly<Record<FigureKey, string>> = {
  'carbon.loadWh': 'Consommation',
  'carbon.loadWh.is': 'Somme des heures-compteur complètes et facturables du site.',
  'carbon.generationWh': 'Production contractée, certifiée',
  'carbon.generationWh.is':
    'Somme des certificats des centrales sous contrat qui peuvent être appariés.',
  'carbon.matchedWh': 'Appariée, heure par heure',
  'carbon.matchedWh.is':
    'Somme sur les heures de l’énergie appariée : au plus la moindre de la consommation et de la production de l’heure.',
  'carbon.residualWh': 'Résiduelle, prise au réseau',
  'carbon.residualWh.is': 'Somme sur les heures de la consommation moins l’énergie appariée.',
  'carbon.excessWh': 'Production excédentaire',
  'carbon.excessWh.is':
    'Somme sur les heures de la production moins l’énergie appariée. Elle ne compte jamais dans une autre heure.',
  'carbon.matchedWh.plant': 'Appariée, de {plant}',
  'carbon.matchedWh.plant.is':
    'Part de l’énergie appariée que couvrent les certificats de {plant}.',
  'carbon.contractedCfePct': 'CFE pondéré par l’énergie',
  'carbon.contractedCfePct.is':
    'Σ appariée ÷ Σ consommation, sur toutes les heures. Tronqué à deux décimales, jamais arrondi au-dessus.',
  'carbon.contractedCfeEnginePct': 'CFE pondéré par l’énergie, six décimales',
  'carbon.contractedCfeEnginePct.is':
    'Σ appariée ÷ Σ consommation, arrondi une seule fois à six décimales : pour comparaison, pas une allégation.',
  'carbon.hoursFullyMatchedPct': 'Heures entièrement appariées',
  'carbon.hoursFullyMatchedPct.is':
    'Heures avec consommation et sans résiduelle ÷ heures avec consommation. Tronqué à deux décimales. Les heures sans consommation sont sans objet.',
  'carbon.hoursFullyMatched': 'Heures entièrement appariées, nombre',
  'carbon.hoursFullyMatched.is': 'Nombre d’heures avec consommation et sans résiduelle.',
  'carbon.timeAveragedPct': 'Couverture, moyenne dans le temps',
  'carbon.timeAveragedPct.is':
    'Moyenne, sur les heures avec consommation, de l’énergie appariée ÷ consommation. Jamais le score.',
  'carbon.volumetricPct': 'Couverture, volumétrique',
  'carbon.volumetricPct.is': 'Σ production ÷ Σ consommation : le volume du mois, non horaire.',
  'carbon.gridCfeWh': 'Énergie décarbonée prise au réseau',
  'carbon.gridCfeWh.is': 'Somme sur les heures de la résiduelle × part décarbonée du réseau.',
  'carbon.gridCfeUnknownWh': 'Résiduelle sans part de réseau connue',
  'carbon.gridCfeUnknownWh.is':
    'Somme de la résiduelle des heures pour lesquelles aucune part n’est publiée ; elle compte pour zéro.',
  'carbon.cfeScorePct': 'CFE avec crédit du réseau',
  'carbon.cfeScorePct.is':
    '(Σ appariée + Σ résiduelle × part décarbonée du réseau) ÷ Σ consommation.',
  'carbon.contractedCfeWithoutEstimatesPct': 'CFE pondéré par l’énergie, sans les estimations',
  'carbon.contractedCfeWithoutEstimatesPct.is':
    'Le même, la consommation estimée étant laissée de côté. Tronqué à deux décimales.',
  'carbon.locationBasedT': 'Scope 2, fondé sur la localisation',
  'carbon.locationBasedT.is': 'Somme sur les heures de la consommation × facteur moyen du réseau.',
  'carbon.marketBased2015T': 'Scope 2, fondé sur le marché',
  'carbon.marketBased2015T.is':
    'Guide de 2015 : certificats × leur facteur, et le reste de la consommation × mix résiduel. Volumes du mois.',
  'carbon.marketBased2015T.is.grid':
    'Guide de 2015 : certificats × leur facteur, et le reste de la consommation × moyenne du réseau, qui tient lieu de mix résiduel. Volumes du mois.',
  'carbon.marketHourlyT': 'Scope 2, marché horaire, mix résiduel',
  'carbon.marketHourlyT.is':
    'Méthode additionnelle, proposée : heure par heure, appariée × facteur de l’instrument et résiduelle × mix résiduel.',
  'carbon.marketHourlyT.is.grid':
    'Méthode additionnelle, proposée : heure par heure, appariée × facteur de l’instrument et résiduelle × moyenne du réseau, qui tient lieu de mix résiduel.',
  'carbon.marketHourlyFossilT': 'Scope 2, marché horaire, fossile',
  'carbon.marketHourlyFossilT.is':
    'Méthode additionnelle, proposée : heure par heure, appariée × facteur de l’instrument et résiduelle × facteur fossile.',
  'carbon.locationBasedWithoutEstimatesT': 'Scope 2, fondé sur la localisation, sans estimations',
  'carbon.locationBasedWithoutEstimatesT.is': 'Le même, sans la consommation estimée.',
  'carbon.marketBased2015WithoutEstimatesT': 'Scope 2, fondé sur le marché, sans estimations',
  'carbon.marketBased2015WithoutEstimatesT.is': 'Le même, sans la consommation estimée.',
  'carbon.marketHourlyWithoutEstimatesT': 'Scope 2, marché horaire, mix résiduel, sans estimations',
  'carbon.marketHourlyWithoutEstimatesT.is': 'Le même, sans la consommation estimée.',
  'carbon.marketHourlyFossilWithoutEstimatesT':
    'Scope 2, marché horaire, fossile, sans estimations',
  'carbon.marketHourlyFossilWithoutEstimatesT.is': 'Le même, sans la consommation estimée.',
  'tenant.loadWh': 'Consommation',
  'tenant.loadWh.is': 'Compteurs propres et part des compteurs communs.',
  'tenant.ownWh': 'Des compteurs propres',
  'tenant.ownWh.is': 'Somme des compteurs propres du locataire.',
  'tenant.commonWh': 'Part des compteurs communs',
  'tenant.commonWh.is':
    'Somme sur les heures de commun × propre ÷ propre de tous les locataires, les Wh restants au plus grand reste.',
  'tenant.matchedWh': 'Appariée, heure par heure',
  'tenant.matchedWh.is':
    'Somme sur les heures de ce qui a été apparié de la consommation du locataire.',
  'tenant.residualWh': 'Non appariée',
  'tenant.residualWh.is': 'Consommation moins énergie appariée.',
  'tenant.coveragePct': 'Couverture, pondérée par l’énergie',
  'tenant.coveragePct.is':
    'Appariée ÷ consommation. Tronqué à deux décimales, jamais arrondi au-dessus.',
  'tenant.locationBasedKg': 'Émissions fondées sur la localisation',
  'tenant.locationBasedKg.is': 'Somme sur les heures de la consommation × facteur moyen du réseau.',
  'tenant.marketHourlyKg': 'Émissions de marché horaire',
  'tenant.marketHourlyKg.is':
    'Méthode additionnelle, proposée : résiduelle × moyenne du réseau et appariée × facteur de ce qui l’a couverte.',
  'tenant.kwhPerGpuHour': 'Consommation par heure de GPU',
  'tenant.kwhPerGpuHour.is': 'Consommation ÷ heures de GPU.',
  'tenant.matchedKwhPerGpuHour': 'Appariée par heure de GPU',
  'tenant.matchedKwhPerGpuHour.is': 'Appariée ÷ heures de GPU.',
  'tenant.locationBasedGPerGpuHour': 'Localisation, par heure de GPU',
  'tenant.locationBasedGPerGpuHour.is': 'Émissions fondées sur la localisation ÷ heures de GPU.',
  'tenant.marketHourlyGPerGpuHour': 'Marché horaire, par heure de GPU',
  'tenant.marketHourlyGPerGpuHour.is': 'Émissions de marché horaire ÷ heures de GPU.',
  'billing.generationWh': 'Production certifiée',
  'billing.generationWh.is': 'Somme des certificats que le contrat achète.',
  'billing.generationWh.plant': '{plant} : production certifiée',
  'billing.generationWh.plant.is': 'Somme des certificats que le contrat achète.',
  'billing.deliveredWh.plant': '{plant} : livrée',
  'billing.deliveredWh.plant.is': 'Production × (1 − facteur de pertes).',
  'billing.netMad.plant': '{plant} : hors taxe',
  'billing.netMad.plant.is': 'MWh livrés × prix contractuel, arrondi au centime.',
  'billing.vatMad.plant': '{plant} : TVA',
  'billing.vatMad.plant.is': 'Hors taxe × taux de TVA, arrondi au centime.',
  'billing.grossMad.plant': '{plant} : toutes taxes comprises',
  'billing.grossMad.plant.is': 'Hors taxe et TVA.',
  'billing.totalNetMad': 'Total hors taxe',
  'billing.totalNetMad.is': 'Somme des montants hors taxe des lignes.',
  'billing.totalVatMad': 'Total de la TVA',
  'billing.totalVatMad.is': 'Somme de la TVA des lignes.',
  'billing.totalGrossMad': 'Total toutes taxes comprises',
  'billing.totalGrossMad.is': 'Somme des montants toutes taxes comprises des lignes.',
};
