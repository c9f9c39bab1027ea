#include "segments.h"

namespace fams {
namespace {

void SetSegments(Superblock* superblock, const std::vector<Segment>& segments) {
  for (uint32_t i = 0; i < kMaxSegments; i++)
    superblock->segments[i] = i < segments.size() ? segments[i] : Segment{};
  superblock->segment_count = static_cast<uint32_t>(segments.size());
}

}  // namespace

const Segment* FindSegment(const Superblock& superblock, uint64_t position) {
  for (uint32_t i = 0; i < superblock.segment_count; i++) {
    const Segment& segment = superblock.segments[i];
    const uint64_t end = segment.start + segment.bytes;
    if (position >= segment.start && position < end && end - position >= sizeof(RecordHeader))
      return &segment;
  }
  return nullptr;
}

std::vector<Segment> AllSegments(const Superblock& superblock) {
  return std::vector<Segment>(superblock.segments, superblock.segments + superblock.segment_count);
}

void Rebase(Superblock* superblock, uint64_t position) {
  superblock->replay_position = position;
  std::vector<Segment> kept;
  for (Segment segment : AllSegments(*superblock)) {
    if (segment.temporary) continue;
    segment.start = position;
    position += segment.bytes;
    kept.push_back(segment);
  }
  SetSegments(superblock, kept);
}

void Retire(Superblock* superblock, uint64_t position) {
  superblock->replay_position = position;
  const std::vector<Segment> all = AllSegments(*superblock);
  std::vector<Segment> order;
  for (const Segment& segment : all)
    if (segment.start >= position) order.push_back(segment);
  uint64_t end = all.back().start + all.back().bytes;
  for (Segment segment : all) {
    if (segment.start >= position || segment.temporary) continue;
    segment.start = end;
    end += segment.bytes;
    order.push_back(segment);
  }
  SetSegments(superblock, order);
}

Segment* AddSegment(Superblock* superblock, uint64_t bytes, bool temporary) {
  if (superblock->segment_count == kMaxSegments || bytes > kMaxFileBytes - EndOfFile(*superblock))
    return nullptr;
  const Segment& last = superblock->segments[superblock->segment_count - 1];
  Segment* added = &superblock->segments[superblock->segment_count];
  *added = {EndOfFile(*superblock), bytes, last.start + last.bytes, temporary, 0};
  superblock->segment_count++;
  return added;
}

}  // namespace fams
