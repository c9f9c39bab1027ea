#include "superblock.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "crc32c.h"

namespace fams {
namespace {

uint32_t Checksum(const Superblock& superblock) {
  return Crc32c(0, &superblock, offsetof(Superblock, checksum));
}

bool HasMagic(const Superblock& copy) { return std::memcmp(copy.magic, kMagic, sizeof kMagic) == 0; }

// Is this a piece of a file, given in whole granules, and in a file as long as a region's can be?
bool IsPlausible(uint64_t offset, uint64_t bytes) {
  return bytes > 0 && bytes % kGranule == 0 && offset % kGranule == 0 && offset <= kMaxFileBytes &&
         bytes <= kMaxFileBytes - offset;
}

bool Overlap(const Segment& one, const Segment& other) {
  return one.offset < other.offset + other.bytes && other.offset < one.offset + one.bytes;
}

// In logical order, anywhere behind the data, apart from each other.
bool SegmentsAreSound(const Superblock& s) {
  if (s.segment_count == 0 || s.segment_count > kMaxSegments) return false;
  uint64_t logical_end = 0;
  bool holds_replay = false, kept = false;
  for (uint32_t i = 0; i < s.segment_count; i++) {
    const Segment& segment = s.segments[i];
    if (!IsPlausible(segment.offset, segment.bytes) || segment.offset < s.data_offset + s.data_bytes)
      return false;
    if (segment.start < logical_end || segment.start % kGranule != 0 || segment.start >= kMaxPosition)
      return false;
    for (uint32_t j = 0; j < i; j++)
      if (Overlap(s.segments[j], segment)) return false;
    logical_end = segment.start + segment.bytes;
    holds_replay |= s.replay_position >= segment.start && s.replay_position < logical_end;
    kept |= segment.temporary == 0;
  }
  // A checkpoint must leave one.
  return holds_replay && kept;
}

// A checksum proves that the bytes were written as they are, not that they make sense.
bool IsSound(const Superblock& s) {
  const bool geometry = s.line_bytes == kLineBytes && s.data_offset == kDataOffset &&
                        IsPlausible(s.data_offset, s.data_bytes) && s.data_bytes <= kMaxDataBytes;
  const bool block =
      s.block_bytes >= kLineBytes && s.block_bytes <= kGranule && kGranule % s.block_bytes == 0;
  return geometry && block && s.byte_order == kByteOrderMark && s.replay_position % kLineBytes == 0 &&
         s.next_record > 0 && s.next_record < kMaxSequence && SegmentsAreSound(s);
}

}  // namespace

uint64_t RandomSalt() {
  std::random_device random;
  return (uint64_t{random()} << 32) | random();
}

Superblock MakeSuperblock(uint64_t data_bytes, uint32_t block_bytes) {
  Superblock s = {};
  std::memcpy(s.magic, kMagic, sizeof kMagic);
  s.version = kVersion;
  s.byte_order = kByteOrderMark;
  s.line_bytes = kLineBytes;
  const uint64_t identity[2] = {RandomSalt(), RandomSalt()};
  std::memcpy(s.uuid, identity, sizeof s.uuid);
  s.generation = 1;
  s.salt = RandomSalt();
  s.sequence = 1;
  s.data_offset = kDataOffset;
  s.data_bytes = data_bytes;
  s.next_record = 1;
  s.block_bytes = block_bytes;
  s.segment_count = kFirstSegments;
  for (uint32_t i = 0; i < kFirstSegments; i++)
    s.segments[i] = {kDataOffset + data_bytes + i * kFirstSegmentBytes, kFirstSegmentBytes,
                     i * kFirstSegmentBytes, 0, 0};
  return s;
}

void Seal(Superblock* superblock, uint32_t copy) {
  superblock->copy = copy;
  superblock->checksum = Checksum(*superblock);
}

uint64_t EndOfFile(const Superblock& s) {
  uint64_t end = s.data_offset + s.data_bytes;
  for (uint32_t i = 0; i < s.segment_count; i++)
    end = std::max(end, s.segments[i].offset + s.segments[i].bytes);
  return end;
}

Status WriteSuperblocks(Storage& storage, Superblock* superblock) {
  // Aligned, so that the copy goes the same way at every call.
  alignas(kSuperblockBytes) Superblock sealed = *superblock;
  sealed.sequence++;
  // The copy that counts is touched last: the other one may be broken.
  const uint32_t counts = superblock->copy;
  for (const uint32_t copy : {counts ^ 1, counts}) {
    Seal(&sealed, copy);
    FAMS_TRY(storage.WriteDurable(Stream::kJournal, kSuperblockOffsets[copy], &sealed, sizeof sealed));
  }
  *superblock = sealed;
  return {};
}

Status ReadSuperblocks(Reader& reader, ChosenSuperblock* chosen) {
  Superblock copies[2] = {};
  bool magic = false, newer = false, swapped = false;
  const Superblock* best = nullptr;
  Status unreadable;
  for (uint32_t i = 0; i < 2; i++) {
    if (reader.Size() < kSuperblockOffsets[i] + kSuperblockBytes) continue;
    if (Status status = reader.Read(kSuperblockOffsets[i], &copies[i], sizeof copies[i]); !status.ok()) {
      unreadable = status;
      continue;
    }
    const Superblock& copy = copies[i];
    if (!HasMagic(copy)) continue;
    magic = true;
    // Magic and version stand at the same place in every version; nothing else does.
    newer |= copy.version > kVersion;
    swapped |= copy.byte_order == __builtin_bswap32(kByteOrderMark);
    chosen->valid[i] = copy.version == kVersion && copy.copy == i && copy.checksum == Checksum(copy);
    if (chosen->valid[i] && (best == nullptr || copy.sequence > best->sequence)) best = &copy;
  }
  if (best == nullptr && !unreadable.ok()) return unreadable;
  if (!magic) return Status(code::kNotARegion, "the file does not begin as a region does");
  if (best == nullptr && swapped)
    return Status(code::kByteOrder, "the file was written in another byte order")
        .At(offsetof(Superblock, byte_order));
  if (best == nullptr && newer)
    return Status(code::kVersion,
                  "the file is of a later version of the format than " + std::to_string(kVersion))
        .At(8);
  if (best == nullptr) return Status(code::kSuperblock, "both superblocks are broken").At(0);
  if ((best->required_features & ~kKnownFeatures) != 0)
    return Status(code::kFeature, "the file needs feature bits " + std::to_string(best->required_features))
        .At(offsetof(Superblock, required_features));
  if (!IsSound(*best)) return Status(code::kSuperblock, "the superblock verifies but makes no sense").At(0);
  chosen->superblock = *best;
  chosen->stale = chosen->valid[0] && chosen->valid[1] && copies[0].sequence != copies[1].sequence;
  if (reader.Size() < EndOfFile(*best))
    return Status(code::kTruncated, "the file is " + std::to_string(reader.Size()) +
                                        " bytes long, its contents " + std::to_string(EndOfFile(*best)))
        .At(reader.Size());
  return {};
}

}  // namespace fams
