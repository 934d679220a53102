/**
 * Depth first through a graph, without recursion: chains may be long. Answers every node that the starts reach, each once,
 * what it leads to before itself; starts in the given order.
 * @param circle is told of the nodes of a circle, each leading to the next one and the last to the first; they are passed over
 *   where it returns
 */
export function postOrder<Node>(
  edges: ReadonlyMap<Node, readonly Node[]>,
  starts: Iterable<Node>,
  circle: (nodes: readonly Node[]) => void = () => undefined,
): Node[] {
  const state = new Map<Node, "open" | "done">();
  const order: Node[] = [];
  for (const start of starts) {
    if (state.has(start)) continue;
    state.set(start, "open");
    const stack = [{ node: start, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const next = edges.get(top.node)?.[top.next++];
      if (next === undefined) {
        state.set(top.node, "done");
        order.push(top.node);
        stack.pop();
      } else if (!state.has(next)) {
        state.set(next, "open");
        stack.push({ node: next, next: 0 });
      } else if (state.get(next) === "open") {
        const nodes = stack.map(({ node }) => node);
        circle(nodes.slice(nodes.indexOf(next)));
      }
    }
  }
  return order;
}
