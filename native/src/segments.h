// Where a logical position of the journal is in the file.
#pragma once

#include "format.h"

namespace fams {

// The segment that holds `position` and a header there, or nullptr.
inline const Segment* FindSegment(const Superblock& superblock, uint64_t position) {
  for (uint32_t i = 0; i < superblock.segment_count; i++) {
    const Segment& segment = superblock.segments[i];
    const uint64_t end = segment.start + segment.bytes;
    if (position >= segment.start && position < end && end - position >= sizeof(RecordHeader))
      return &segment;
  }
  return nullptr;
}

inline uint64_t OffsetOf(const Segment& segment, uint64_t position) {
  return segment.offset + (position - segment.start);
}

// Lets the journal start over at `position` with every segment but the temporary ones, in the order of the
// file.
inline void Rebase(Superblock* superblock, uint64_t position) {
  uint32_t kept = 0;
  superblock->replay_position = position;
  for (uint32_t i = 0; i < superblock->segment_count; i++) {
    Segment segment = superblock->segments[i];
    if (segment.temporary) continue;
    segment.start = position;
    position += segment.bytes;
    superblock->segments[kept++] = segment;
  }
  for (uint32_t i = kept; i < superblock->segment_count; i++) superblock->segments[i] = {};
  superblock->segment_count = kept;
}

// Appends a segment behind the end of the file.
inline Segment* AddSegment(Superblock* superblock, uint64_t bytes, bool temporary) {
  if (superblock->segment_count == kMaxSegments) return nullptr;
  const Segment& last = superblock->segments[superblock->segment_count - 1];
  Segment* added = &superblock->segments[superblock->segment_count++];
  *added = {last.offset + last.bytes, bytes, last.start + last.bytes, temporary, 0};
  return added;
}

}  // namespace fams
