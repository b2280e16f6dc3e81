/** What a row of an entity holds, as plain data: an entity's class says how it is stored. */
export type RowOf<Entity> = Pick<Entity, keyof Entity>;
