// Where a logical position of the journal is in the file, and how its segments take turns.
#pragma once

#include <vector>

#include "superblock.h"

namespace fams {

// The segment that holds `position` and a header there, or nullptr.
const Segment* FindSegment(const Superblock& superblock, uint64_t position);

inline uint64_t OffsetOf(const Segment& segment, uint64_t position) {
  return segment.offset + (position - segment.start);
}

std::vector<Segment> AllSegments(const Superblock& superblock);

// Lets the journal start over at `position` with every segment but the temporary ones.
void Rebase(Superblock* superblock, uint64_t position);

// Lets the journal begin with the segment that `position` is the start of. Those before it come last now, the
// temporary ones left out.
void Retire(Superblock* superblock, uint64_t position);

// Appends a segment behind the end of the file, after all others. None if the table is full, or the file.
Segment* AddSegment(Superblock* superblock, uint64_t bytes, bool temporary);

}  // namespace fams
