/** What an XML parser tells, in order. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void;
  text(text: string): void;
  close(name: string): void;
  end(): void;
}

/** An element, without the prefix of its name. */
export interface XmlNode {
  readonly name: string;
  /** Line of the opening tag; 1 is the first. */
  readonly line: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  /** Its own text, trimmed. */
  readonly text: string;
}

type Growing = Omit<XmlNode, 'children' | 'text'> & { children: XmlNode[]; text: string };

/** Keeps a small document as a tree; `root` is null until the end. */
export function xmlTree(): XmlHandler & { readonly root: () => XmlNode | null } {
  const stack: Growing[] = [];
  let root: XmlNode | null = null;
  return {
    root: () => root,
    open: (name, attributes, line) => {
      const local = name.slice(name.indexOf(':') + 1);
      stack.push({ name: local, line, attributes, children: [], text: '' });
    },
    text: (more) => {
      const last = stack.at(-1);
      if (last !== undefined) last.text += more;
    },
    close: () => {
      const node = stack.pop()!;
      const closed = { ...node, text: node.text.trim() };
      const parent = stack.at(-1);
      if (parent === undefined) root = closed;
      else parent.children.push(closed);
    },
    end: () => {},
  };
}

/** All elements below a node by a path of names, `a/b`. */
export function nodesAt(node: XmlNode, path: string): readonly XmlNode[] {
  const [head, ...rest] = path.split('/');
  const here = node.children.filter(({ name }) => name === head);
  return rest.length === 0 ? here : here.flatMap((child) => nodesAt(child, rest.join('/')));
}

/** The first element by a path; null for none. */
export function nodeAt(node: XmlNode, path: string): XmlNode | null {
  return nodesAt(node, path)[0] ?? null;
}
