// Cuts land polygons to a box: the offline basemap needs a bay, not a world.

/** @typedef {[number, number]} Point longitude, latitude in degrees (WGS 84) */
/** @typedef {[number, number, number, number]} Box west, south, east, north */

const between = ([x1, y1], [x2, y2], axis, at) => {
  const share = axis === 0 ? (at - x1) / (x2 - x1) : (at - y1) / (y2 - y1);
  return [x1 + share * (x2 - x1), y1 + share * (y2 - y1)];
};

/** Sutherland and Hodgman: keeps the part of a closed ring on one side of a line of constant longitude or latitude. */
function cutSide(ring, axis, at, sign) {
  const inside = (point) => sign * (point[axis] - at) >= 0;
  return ring.flatMap((point, i) => {
    const before = ring[(i + ring.length - 1) % ring.length];
    const crossing = inside(point) === inside(before) ? [] : [between(before, point, axis, at)];
    return inside(point) ? [...crossing, point] : crossing;
  });
}

/** The part of an open ring inside the box, closed again and rounded to 4 decimals (about 10 m); empty when outside. */
function cutRing(ring, [west, south, east, north]) {
  let rest = ring.slice(0, -1);
  for (const [axis, at, sign] of [
    [0, west, 1],
    [0, east, -1],
    [1, south, 1],
    [1, north, -1],
  ]) {
    rest = cutSide(rest, axis, at, sign);
  }
  const round = (degrees) => Math.round(degrees * 1e4) / 1e4;
  return rest.length < 3 ? [] : [...rest, rest[0]].map(([x, y]) => [round(x), round(y)]);
}

/** Area of a closed ring in km² near latitude 35°, by the shoelace formula: enough to tell a lake from a pond. */
function areaKm2(ring) {
  const twice = ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0);
  return (Math.abs(twice) / 2) * 111.2 * 91.2;
}

// The source draws ponds as stray triangles; only lakes help to find one's way.
const smallestLakeKm2 = 5;

/**
 * Features of kind "land" inside a box.
 * @param {{geometries: {coordinates: Point[][][]}[]}} world a collection of MultiPolygons
 * @param {Box} box
 */
export function cutLand(world, box) {
  return world.geometries
    .flatMap((geometry) => geometry.coordinates)
    .map((polygon) => polygon.map((ring) => cutRing(ring, box)).filter((ring) => ring.length))
    .filter((polygon) => polygon.length)
    .map(([shore, ...lakes]) => [shore, ...lakes.filter((ring) => areaKm2(ring) >= smallestLakeKm2)])
    .map((coordinates) => ({
      type: "Feature",
      properties: { kind: "land" },
      geometry: { type: "Polygon", coordinates },
    }));
}
