/** Rungs of the ladder of independence, from below (LEDGER section 17). */
export const RUNGS = ['L0', 'L1', 'L2', 'L3', 'L4'] as const;
/** One of them. */
export type Rung = (typeof RUNGS)[number];

/** Whether a rung is on: `partly` where one of what it takes is there, which counts as off. */
export type RungState = 'on' | 'partly' | 'off';

/** What is so in a ledger, at the state that is audited. */
export interface LadderFacts {
  /** Whether the database refuses that the log is edited or shortened, to the program too. */
  readonly hasGuards: boolean;
  /** Whether the events come to the root that was signed, with no place missing. */
  readonly isChained: boolean;
  /** Whether the state is signed. */
  readonly isSigned: boolean;
  /** Whether a time-stamp authority stamped this state, or a later one. */
  readonly isStamped: boolean;
  /** Whether this state, or a later one, was delivered to somebody who keeps a copy. */
  readonly isDelivered: boolean;
}

/** A rung with what it means, a sentence in each language. */
export interface LadderRung {
  readonly rung: Rung;
  readonly state: RungState;
  readonly means: { readonly en: string; readonly fr: string };
}

/** How far the evidence is independent of who runs the ledger. */
export interface Ladder {
  /** The highest rung that is on with all below it; null where not even the first is. */
  readonly level: Rung | null;
  /** Whether whoever runs the ledger could still show another history to somebody else unseen. */
  readonly canBeForked: boolean;
  readonly rungs: readonly LadderRung[];
}

const MEANS: Readonly<Record<Rung, LadderRung['means']>> = {
  L0: {
    en: 'The database refuses to change or remove what was recorded; whoever owns the database can lift that.',
    fr: 'La base de données refuse de modifier ou de supprimer ce qui est enregistré ; son propriétaire peut lever ce refus.',
  },
  L1: {
    en: 'Each event holds the hash of the one before, so that an edited one shows unless all after it are made anew.',
    fr: 'Chaque événement contient l’empreinte du précédent : une modification se voit, sauf si toute la suite est refaite.',
  },
  L2: {
    en: 'States of the log are signed, so that whoever kept one sees what was rewritten; whoever has the key could sign another history.',
    fr: 'Les états du journal sont signés : qui en a gardé un voit ce qui a été réécrit ; qui détient la clé pourrait signer une autre histoire.',
  },
  L3: {
    en: 'A time-stamp authority stamped the state and somebody else was sent a copy, so that no other history can be dated before.',
    fr: 'Une autorité d’horodatage a daté l’état et un tiers en a reçu copie : aucune autre histoire ne peut être antidatée.',
  },
  L4: {
    en: 'Witnesses that nobody here controls sign each state and refuse a second history; this is not built.',
    fr: 'Des témoins indépendants signent chaque état et refusent une seconde histoire ; ce n’est pas construit.',
  },
};

/**
 * The ladder of a ledger, from what is on in it.
 *
 * A rung counts only with all below it. Below the third, whoever runs the ledger can fork its history, and a report
 * has to say so (LEDGER section 17).
 */
export function ladderOf(facts: LadderFacts): Ladder {
  const { hasGuards, isChained, isSigned, isStamped, isDelivered } = facts;
  const on = (is: boolean): RungState => (is ? 'on' : 'off');
  const third = isStamped && isDelivered ? 'on' : isStamped || isDelivered ? 'partly' : 'off';
  const states: Readonly<Record<Rung, RungState>> = {
    L0: on(hasGuards),
    L1: on(isChained),
    L2: on(isSigned),
    L3: third,
    L4: 'off',
  };
  const firstOff = RUNGS.findIndex((rung) => states[rung] !== 'on');
  const level = RUNGS[firstOff - 1] ?? null;
  return {
    level,
    canBeForked: RUNGS.indexOf('L3') >= firstOff,
    rungs: RUNGS.map((rung) => ({ rung, state: states[rung], means: MEANS[rung] })),
  };
}
