// Pages leave by the CLOCK rule: a hand goes round, and the first page that was not reached since it last
// came by makes room. Whatever leaves is written out, changed or not, as the emulator does that this one
// follows.

#include "device_cache.h"

namespace fams {

DeviceCache::DeviceCache(const CxlSsdOptions& options)
    : options_(options), capacity_(options.cache_bytes / options.page_bytes) {
  frames_.reserve(capacity_);
  frame_of_page_.reserve(capacity_);
}

uint64_t DeviceCache::Reach(uint64_t offset, uint64_t bytes) {
  if (bytes == 0) return 0;
  uint64_t nanoseconds = 0;
  const uint64_t last = (offset + bytes - 1) / options_.page_bytes;
  for (uint64_t page = offset / options_.page_bytes; page <= last; page++) nanoseconds += ReachPage(page);
  return nanoseconds;
}

uint64_t DeviceCache::ReachPage(uint64_t page) {
  if (const auto found = frame_of_page_.find(page); found != frame_of_page_.end()) {
    frames_[found->second].used = true;
    counters_.hits++;
    return options_.hit_ns;
  }
  counters_.misses++;
  if (frames_.size() < capacity_) {
    frame_of_page_[page] = frames_.size();
    frames_.push_back({page, true});
    return options_.miss_ns;
  }
  const size_t frame = FrameToReuse();
  frame_of_page_.erase(frames_[frame].page);
  frame_of_page_[page] = frame;
  frames_[frame] = {page, true};
  counters_.write_backs++;
  return options_.miss_ns + options_.write_back_ns;
}

size_t DeviceCache::FrameToReuse() {
  while (true) {
    const size_t frame = hand_;
    hand_ = (hand_ + 1) % capacity_;
    if (!frames_[frame].used) return frame;
    frames_[frame].used = false;
  }
}

}  // namespace fams
