#include "newest.h"

#include <cstring>

namespace fams {
namespace {

// Neighbouring lines come from anywhere in the journal.
constexpr ptrdiff_t kPrefetched = 12;

}  // namespace

Status NewestLines::Open(Storage& storage, const Committed& committed, const std::vector<Segment>& segments,
                         std::unique_ptr<NewestLines>* newest) {
  newest->reset(new NewestLines(committed, segments));
  for (const Segment& segment : segments) {
    std::shared_ptr<Mapping> mapping;
    FAMS_TRY(storage.MapShared(segment.offset, segment.bytes, &mapping));
    (*newest)->mappings_.push_back(std::move(mapping));
  }
  return {};
}

const std::vector<NewestLines::Line>& NewestLines::Window(uint64_t window) {
  lines_.clear();
  if (!committed_.IsJournalled(window)) return lines_;
  const uint64_t end = committed_.EndOf(window);
  for (uint64_t line = window * Committed::kWindowLines; line < end; line++) {
    const uint32_t place = committed_.PlaceOf(line);
    if (place == 0) continue;
    const Segment* segment = SegmentOfPlace(segments_, place);
    if (segment == nullptr) continue;
    const uint8_t* memory = mappings_[static_cast<size_t>(segment - segments_.data())]->data();
    lines_.push_back({line, memory + (uint64_t{place} * kLineBytes - segment->offset)});
  }
  return lines_;
}

void CopyLines(const NewestLines::Line* first, const NewestLines::Line* end, uint8_t* to, uint64_t base) {
  for (const NewestLines::Line* line = first; line < end; line++) {
    if (end - line > kPrefetched) __builtin_prefetch(line[kPrefetched].bytes);
    std::memcpy(to + (line->number - base) * kLineBytes, line->bytes, kLineBytes);
  }
}

}  // namespace fams
