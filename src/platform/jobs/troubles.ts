import { Injectable } from '@nestjs/common';

/** What goes wrong with what the program does by itself, until it goes well again: told in `/health`. */
@Injectable()
export class Troubles {
  private readonly known = new Map<string, string>();

  /** Notes one, or that it is over. @param text  A sentence and how to mend it; null when all is well. */
  note(name: string, text: string | null): void {
    if (text === null) this.known.delete(name);
    else this.known.set(name, text);
  }

  list(): readonly string[] {
    return [...this.known.values()];
  }
}
