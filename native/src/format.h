// File format, version 1: the bytes on the medium. docs/FORMAT.md draws them and says why; the assertions
// here hold both to it. All integers are unsigned little-endian; structures are packed by construction and
// copied as they are.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fams {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the file format is little-endian");

constexpr uint64_t kKiB = 1024;
constexpr uint64_t kMiB = 1024 * kKiB;

constexpr uint32_t kLineBytes = 64;
constexpr uint64_t kSuperblockBytes = 4 * kKiB;
constexpr uint64_t kSuperblockOffsets[2] = {0, 32 * kKiB};
constexpr uint64_t kDataOffset = 64 * kKiB;
// Data and segments are multiples of this.
constexpr uint64_t kGranule = 64 * kKiB;
constexpr uint64_t kMaxDataBytes = 4096 * kMiB;
// Data, journal, and a segment for one commit of all data. Bounds what a hostile file can ask for.
constexpr uint64_t kMaxFileBytes = 4 * kMaxDataBytes;
constexpr uint64_t kMaxPosition = uint64_t{1} << 61;
constexpr uint64_t kMaxSequence = uint64_t{1} << 62;

constexpr char kMagic[8] = {'F', 'A', 'M', 'S', 'R', 'G', 'N', '\n'};
constexpr uint32_t kVersion = 1;
constexpr uint32_t kByteOrderMark = 0x01020304;
// Required features that this code knows; a file with any other is refused.
constexpr uint64_t kKnownFeatures = 0;

// A piece of the journal. Logical positions grow for ever: position `start + n` is the byte `offset + n` of
// the file.
struct Segment {
  uint64_t offset;
  uint64_t bytes;
  uint64_t start;
  // Made for one large commit, and dropped by the next checkpoint.
  uint32_t temporary;
  uint32_t reserved;
};
static_assert(sizeof(Segment) == 32);

constexpr uint32_t kMaxSegments = 64;
// A new region has two, written out: one is filled while a checkpoint empties the other.
constexpr uint32_t kFirstSegments = 2;
constexpr uint64_t kFirstSegmentBytes = 512 * kKiB;

// Sequence numbers of records grow for ever. A new generation starts at the next multiple of this, above
// whatever an earlier one may have left unfinished: a record with a higher number than expected was written
// later, whatever generation it is of.
constexpr uint64_t kSequenceStep = uint64_t{1} << 32;

struct Superblock {
  char magic[8];
  uint32_t version;
  uint32_t byte_order;
  uint32_t copy;  // 0 or 1: which of the two this is
  uint32_t line_bytes;
  uint64_t required_features;
  uint64_t optional_features;
  uint8_t uuid[16];
  uint64_t generation;  // counts the opens for writing
  uint64_t salt;        // random, new in each generation
  uint64_t sequence;    // counts the updates of the superblock
  uint64_t data_offset;
  uint64_t data_bytes;
  uint64_t replay_position;  // where the journal begins
  uint64_t next_record;      // sequence of the record there
  uint32_t chain;            // header checksum of the record before it
  uint32_t block_bytes;      // a record after a flush starts on a multiple of this
  uint32_t segment_count;
  uint32_t clean;  // closed with an empty journal
  // Recovery has to come at least as far as this record: the data is behind what commits up to it overwrote.
  uint64_t needed_through;
  uint64_t reserved[9];  // zero; geometry of data checksums
  Segment segments[kMaxSegments];
  uint8_t padding[1836];
  uint32_t checksum;  // of all bytes before it
};
static_assert(sizeof(Superblock) == kSuperblockBytes);
static_assert(offsetof(Superblock, uuid) == 40);
static_assert(offsetof(Superblock, generation) == 56);
static_assert(offsetof(Superblock, replay_position) == 96);
static_assert(offsetof(Superblock, needed_through) == 128);
static_assert(offsetof(Superblock, segments) == 208);
static_assert(offsetof(Superblock, checksum) == 4092);

enum RecordType : uint32_t { kCommit = 1, kLink = 2 };

constexpr uint32_t kRecordMagic = 0x4345'5246;  // "FREC"

// What a record begins with. A commit is followed by its run table, zeros up to a multiple of 64 bytes, and
// its lines.
struct RecordHeader {
  uint32_t magic;
  uint32_t type;
  uint64_t salt;      // of the generation
  uint64_t position;  // of this header
  uint64_t sequence;
  uint64_t durable_through;  // highest sequence known to be flushed when this was written
  uint64_t payload_bytes;    // a link has no payload: here the position that follows it
  uint32_t payload_checksum;
  uint32_t chain;  // header checksum of the record before
  uint32_t run_count;
  uint32_t checksum;  // of the region's uuid and all bytes before it
};
static_assert(sizeof(RecordHeader) == kLineBytes);
static_assert(offsetof(RecordHeader, checksum) == 60);

// A run of neighbouring lines: 40 bits of line number, 24 bits of count.
constexpr uint64_t kMaxRun = (1u << 24) - 1;
constexpr uint64_t PackRun(uint64_t line, uint64_t count) { return line | (count << 40); }
constexpr uint64_t RunLine(uint64_t run) { return run & ((uint64_t{1} << 40) - 1); }
constexpr uint64_t RunCount(uint64_t run) { return run >> 40; }

constexpr uint64_t AlignUp(uint64_t n, uint64_t unit) { return (n + unit - 1) / unit * unit; }

}  // namespace fams
