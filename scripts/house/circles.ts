export type Arrow = readonly [from: string, to: string];

/**
 * The circles of a graph: its strongly connected components of more than one node (Tarjan, 1972).
 * @returns each circle's nodes, sorted
 */
export function circlesIn(arrows: readonly Arrow[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const [from, to] of arrows) targets.set(from, [...(targets.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];

  const visit = (node: string): number => {
    const own = order.size;
    order.set(node, own);
    open.push(node);
    let low = own;
    for (const target of targets.get(node) ?? []) {
      if (!order.has(target)) low = Math.min(low, visit(target));
      else if (open.includes(target)) low = Math.min(low, order.get(target) ?? own);
    }
    if (low === own) {
      const circle = open.splice(open.indexOf(node));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  };

  for (const node of targets.keys()) if (!order.has(node)) visit(node);
  return circles;
}
