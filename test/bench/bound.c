// The bound: what a bare C loop needs for the same packets. It walks a pcap in memory, decodes Ethernet, VLAN tags, IPv4,
// IPv6, TCP and UDP, and keeps packets, bytes and times of both directions of each flow. No payload, no states, no expiry,
// no eviction, no reports, no check of a length: less than the product does, so a ratio to it flatters nobody.
//   cc -O3 -march=native -o bound bound.c && ./bound FILE.pcap [log2 of places, default 20]
// Prints one JSON line; `seconds` is the loop, `cpuSeconds` the whole process.
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

struct key { uint64_t end[4]; uint32_t ports, transport; };
struct flow { struct key key; uint32_t packets[2]; uint64_t bytes[2]; double first, last; } __attribute__((aligned(128)));
struct waiting { struct key key; uint64_t place; uint32_t bytes, side; double micros; };

enum { AHEAD = 32 };
static struct flow *table;
static uint64_t mask, flows, packets, octets, others;
static struct waiting line[AHEAD];
static unsigned waiting;

static uint16_t be16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }
static uint64_t word64(const uint8_t *p) { uint64_t w; memcpy(&w, p, 8); return __builtin_bswap64(w); }
static uint32_t word32(const uint8_t *p) { uint32_t w; memcpy(&w, p, 4); return w; }

static uint64_t mix(const struct key *k) {
  uint64_t h = 0x9e3779b97f4a7c15u;
  for (int n = 0; n < 4; n++) { h = (h ^ k->end[n]) * 0xd6e8feb86659fd93u; h ^= h >> 32; }
  h = (h ^ ((uint64_t)k->ports << 8 | k->transport)) * 0xd6e8feb86659fd93u;
  return h ^ h >> 29;
}

static void settle(void) {
  for (unsigned n = 0; n < waiting; n++) {
    const struct waiting *w = &line[n];
    uint64_t place = w->place;
    while (table[place].key.transport && memcmp(&table[place].key, &w->key, sizeof w->key)) place = (place + 1) & mask;
    struct flow *f = &table[place];
    if (!f->key.transport) {
      f->key = w->key;
      f->first = w->micros;
      if (++flows >= mask) { fputs("bound: the table is full, give more places\n", stderr); exit(1); }
    }
    f->packets[w->side]++;
    f->bytes[w->side] += w->bytes;
    f->last = w->micros;
  }
  waiting = 0;
}

static void take(const uint8_t *frame, uint32_t bytes, double micros) {
  const uint8_t *p = frame + 14;
  uint16_t type = be16(frame + 12);
  while (type == 0x8100 || type == 0x88a8) { type = be16(p + 2); p += 4; }
  struct waiting *w = &line[waiting];
  uint64_t a0 = 0, a1, b0 = 0, b1;
  const uint8_t *above;
  if (type == 0x0800) {
    a1 = __builtin_bswap32(word32(p + 12));
    b1 = __builtin_bswap32(word32(p + 16));
    w->key.transport = p[9];
    above = p + (p[0] & 15) * 4;
  } else if (type == 0x86dd) {
    a0 = word64(p + 8); a1 = word64(p + 16); b0 = word64(p + 24); b1 = word64(p + 32);
    w->key.transport = p[6];
    above = p + 40;
  } else { others++; return; }
  uint32_t from = 0, to = 0;
  if (w->key.transport == 6 || w->key.transport == 17) { from = be16(above); to = be16(above + 2); }
  // One more than the protocol, so that an empty place is 0.
  w->key.transport++;
  int greater = a0 != b0 ? a0 > b0 : a1 != b1 ? a1 > b1 : from > to;
  w->key.end[0] = greater ? b0 : a0; w->key.end[1] = greater ? b1 : a1;
  w->key.end[2] = greater ? a0 : b0; w->key.end[3] = greater ? a1 : b1;
  w->key.ports = greater ? to << 16 | from : from << 16 | to;
  w->side = (uint32_t)greater;
  w->bytes = bytes;
  w->micros = micros;
  w->place = mix(&w->key) & mask;
  __builtin_prefetch(&table[w->place], 1);
  __builtin_prefetch((char *)&table[w->place] + 64, 1);
  packets++;
  octets += bytes;
  if (++waiting == AHEAD) settle();
}

static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (double)t.tv_sec + (double)t.tv_nsec / 1e9; }

int main(int count, char **words) {
  if (count < 2) { fputs("usage: bound FILE.pcap [log2 of places]\n", stderr); return 2; }
  mask = (1ull << (count > 2 ? atoi(words[2]) : 20)) - 1;
  int fd = open(words[1], O_RDONLY);
  struct stat about;
  if (fd < 0 || fstat(fd, &about)) { perror(words[1]); return 1; }
  size_t size = (size_t)about.st_size;
  const uint8_t *file = mmap(0, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  table = aligned_alloc(128, (mask + 1) * sizeof *table);
  if (file == MAP_FAILED || !table) { perror("bound"); return 1; }
  memset(table, 0, (mask + 1) * sizeof *table);
  double start = now();
  for (size_t at = 24; at + 16 <= size;) {
    uint32_t head[4];
    memcpy(head, file + at, 16);
    if (at + 16 + head[2] > size) break;
    take(file + at + 16, head[3], head[0] * 1e6 + head[1]);
    at += 16 + head[2];
  }
  settle();
  double seconds = now() - start;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  printf("{\"packets\":%" PRIu64 ",\"others\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"flows\":%" PRIu64 ",\"seconds\":%.3f,\"cpuSeconds\":%.3f}\n", packets, others, octets, flows, seconds, cpu);
  return 0;
}
