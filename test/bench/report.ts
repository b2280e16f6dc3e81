/** What a benchmark reports; figures by name. */
export type Report = Readonly<Record<string, number | string>>;
