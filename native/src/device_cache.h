// The cache of a memory-semantic SSD, in numbers: which pages it holds, not what is in them.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "storage.h"

namespace fams {

// One thread at a time.
class DeviceCache {
 public:
  // Begins empty.
  explicit DeviceCache(const CxlSsdOptions& options);

  // Reaches these bytes, page by page, and tells how many nanoseconds that takes.
  uint64_t Reach(uint64_t offset, uint64_t bytes);

  const DeviceCounters& counters() const { return counters_; }

 private:
  struct Frame {
    uint64_t page;
    bool used;  // since the hand came by
  };

  uint64_t ReachPage(uint64_t page);
  size_t FrameToReuse();

  const CxlSsdOptions options_;
  const size_t capacity_;
  std::vector<Frame> frames_;
  std::unordered_map<uint64_t, size_t> frame_of_page_;
  size_t hand_ = 0;
  DeviceCounters counters_;
};

}  // namespace fams
