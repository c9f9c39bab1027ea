// For media that may destroy a whole block while they write a part of it: the first change to a block after
// the journal may have been emptied journals all of it, so that recovery writes it whole.
//
// The journal is emptied segment by segment, so "first" is counted for each segment.
#pragma once

#include <cstdint>
#include <vector>

namespace fams {

class BlockImages {
 public:
  static constexpr uint64_t kBlockLines = 64;

  // How many lines Complete can come to.
  static uint64_t MostLines(const std::vector<uint32_t>& lines);
  // Adds to ascending lines what they lack of blocks that have no image since the segment that begins at
  // `boundary` was entered.
  void Complete(uint64_t boundary, uint64_t line_count, std::vector<uint32_t>* lines);

 private:
  uint64_t boundary_ = ~uint64_t{0};
  std::vector<bool> imaged_;
};

}  // namespace fams
