/** Destination ports of tunnels whose source port only spreads the load. */
const ONE_WAY = [4341, 4754, 4789, 4790, 6081, 6635, 8472];
/** Ports that either end of a tunnel may have. */
const EITHER_WAY = [1701, 2152, 3544, 5072, 5247];
/** A source port that one sender of copies has, and that clients may have too. */
const SOURCE = [49152];

/** One bit a port: a datagram with such a port at either end is worth a look. */
export const TUNNEL_PORTS = new Int32Array(2048);
for (const port of [...ONE_WAY, ...EITHER_WAY, ...SOURCE]) TUNNEL_PORTS[port >> 5] |= 1 << (port & 31);
