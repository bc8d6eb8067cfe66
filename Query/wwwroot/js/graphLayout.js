// Layers a directed graph from callers to called (Sugiyama, Tagawa and Toda 1981): turn the edges that close circles, put each node below its callers, give edges
// that skip layers a stop in each of them, order the layers by the mean place of their neighbours, and draw neighbours to one height.

const stopHeight = 10;
const orderSweeps = 16;
const heightSweeps = 12;

export function layoutGraph(names, edges, size) {
  const index = new Map(names.map((name, i) => [name, i]));
  const arcs = edges.filter(e => e.parent !== e.child).map(edge => ({ edge, from: index.get(edge.parent), to: index.get(edge.child), isTurned: false, stops: [] }));
  turnCircles(names.length, arcs);
  const level = toLevels(names.length, arcs);
  const near = { up: level.map(() => []), down: level.map(() => []) };
  addStops(arcs, level, near);
  const layers = order(toLayers(level), near);
  const heights = place(layers, near, i => i < names.length ? size.nodeHeight : stopHeight, size.gapY);
  return toDrawing(names, arcs, level, heights, size, layers.length);
}

// Depth first; an edge back to a node that is still open closes a circle and is turned.
function turnCircles(count, arcs) {
  const out = Array.from({ length: count }, () => []);
  const into = new Array(count).fill(0);
  for (const arc of arcs) {
    out[arc.from].push(arc);
    into[arc.to]++;
  }
  const mark = new Uint8Array(count);
  const starts = [...Array(count).keys()].sort((a, b) => into[a] - into[b] || out[b].length - out[a].length);
  for (const start of starts) {
    if (mark[start]) continue;
    const open = [[start, 0]];
    mark[start] = 1;
    while (open.length) {
      const top = open.at(-1);
      const arc = out[top[0]][top[1]++];
      if (!arc) {
        mark[top[0]] = 2;
        open.pop();
      } else if (mark[arc.to] === 1) arc.isTurned = true;
      else if (!mark[arc.to]) {
        mark[arc.to] = 1;
        open.push([arc.to, 0]);
      }
    }
  }
  for (const arc of arcs) if (arc.isTurned) [arc.from, arc.to] = [arc.to, arc.from];
}

function toLevels(count, arcs) {
  const level = new Array(count).fill(0);
  const out = Array.from({ length: count }, () => []);
  const waiting = new Array(count).fill(0);
  for (const { from, to } of arcs) {
    out[from].push(to);
    waiting[to]++;
  }
  const ready = [...Array(count).keys()].filter(i => waiting[i] === 0);
  while (ready.length) {
    const from = ready.pop();
    for (const to of out[from]) {
      level[to] = Math.max(level[to], level[from] + 1);
      if (--waiting[to] === 0) ready.push(to);
    }
  }
  return level;
}

// Numbers from the count of nodes on are stops.
function addStops(arcs, level, near) {
  const join = (above, below) => {
    near.down[above].push(below);
    near.up[below].push(above);
  };
  for (const arc of arcs) {
    let last = arc.from;
    for (let l = level[arc.from] + 1; l < level[arc.to]; l++) {
      const stop = level.push(l) - 1;
      near.up.push([]);
      near.down.push([]);
      arc.stops.push(stop);
      join(last, stop);
      last = stop;
    }
    join(last, arc.to);
  }
}

function toLayers(level) {
  const layers = [];
  level.forEach((l, i) => (layers[l] ??= []).push(i));
  return layers;
}

// Keeps the order with the fewest crossings between neighbouring layers that the sweeps come by.
function order(layers, near) {
  const at = new Map();
  const spread = layer => layer.forEach((node, i) => at.set(node, i));
  layers.forEach(spread);
  let best = { layers: layers.map(layer => [...layer]), crossings: crossings(layers, near, at) };
  for (let sweep = 0; sweep < orderSweeps && best.crossings > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    for (const layer of isDown ? layers : layers.toReversed()) {
      const side = isDown ? near.up : near.down;
      const mean = new Map(layer.map(node => [node, side[node].length ? side[node].reduce((sum, n) => sum + at.get(n), 0) / side[node].length : at.get(node)]));
      layer.sort((a, b) => mean.get(a) - mean.get(b));
      spread(layer);
    }
    const number = crossings(layers, near, at);
    if (number < best.crossings) best = { layers: layers.map(layer => [...layer]), crossings: number };
  }
  return best.layers;
}

function crossings(layers, near, at) {
  let sum = 0;
  for (const layer of layers) {
    const ends = layer.flatMap(node => near.down[node].map(n => at.get(n)).sort((a, b) => a - b).map(end => ({ node, end })));
    for (let i = 0; i < ends.length; i++)
      for (let k = i + 1; k < ends.length; k++) if (ends[k].node !== ends[i].node && ends[k].end < ends[i].end) sum++;
  }
  return sum;
}

// The middle of each node: as near to those of its neighbours as the order and the gaps allow.
function place(layers, near, heightOf, gap) {
  const middle = new Map();
  for (const layer of layers) {
    let y = 0;
    for (const node of layer) {
      middle.set(node, y + heightOf(node) / 2);
      y += heightOf(node) + gap;
    }
    for (const node of layer) middle.set(node, middle.get(node) - y / 2);
  }
  for (let sweep = 0; sweep < heightSweeps; sweep++)
    for (const layer of sweep % 2 ? layers.toReversed() : layers) {
      const wanted = layer.map(node => {
        const all = [...near.up[node], ...near.down[node]];
        return all.length ? all.reduce((sum, n) => sum + middle.get(n), 0) / all.length : middle.get(node);
      });
      pack(layer, wanted, heightOf, gap).forEach((y, i) => middle.set(layer[i], y));
    }
  return middle;
}

// Least squares under "each below the one before" (pool adjacent violators).
function pack(layer, wanted, heightOf, gap) {
  const offsets = [0];
  for (let i = 1; i < layer.length; i++) offsets.push(offsets[i - 1] + (heightOf(layer[i - 1]) + heightOf(layer[i])) / 2 + gap);
  const pools = [];
  wanted.forEach((y, i) => {
    let pool = { sum: y - offsets[i], count: 1 };
    while (pools.length && pools.at(-1).sum / pools.at(-1).count > pool.sum / pool.count) {
      const before = pools.pop();
      pool = { sum: pool.sum + before.sum, count: pool.count + before.count };
    }
    pools.push(pool);
  });
  return pools.flatMap(pool => new Array(pool.count).fill(pool.sum / pool.count)).map((y, i) => y + offsets[i]);
}

function toDrawing(names, arcs, level, middle, size, layerCount) {
  const top = Math.min(...names.map((_, i) => middle.get(i) - size.nodeHeight / 2), ...[...middle.values()]);
  const bottom = Math.max(...names.map((_, i) => middle.get(i) + size.nodeHeight / 2), ...[...middle.values()]);
  const x = i => level[i] * (size.nodeWidth + size.gapX);
  const y = i => middle.get(i) - top;
  const nodes = new Map(names.map((name, i) => [name, { x: x(i), y: y(i) - size.nodeHeight / 2 }]));
  // The points of an edge in the direction of its arrow; between a pair of them it runs straight through a layer, or bends from one layer to the next.
  const routes = new Map(arcs.map(arc => {
    const points = [{ x: x(arc.from) + size.nodeWidth, y: y(arc.from) }, ...arc.stops.flatMap(stop => [{ x: x(stop), y: y(stop) }, { x: x(stop) + size.nodeWidth, y: y(stop) }]), { x: x(arc.to), y: y(arc.to) }];
    return [arc.edge, arc.isTurned ? points.reverse() : points];
  }));
  return { nodes, routes, width: layerCount * (size.nodeWidth + size.gapX) - size.gapX, height: bottom - top };
}
