// For media that may destroy a whole block while they write a part of it: the first change to a block after
// the journal may have been emptied journals all of it, so that recovery writes it whole.
//
// The journal is emptied segment by segment, so "first" is counted for each segment.
#pragma once

#include <cstdint>
#include <vector>

#include "format.h"

namespace fams {

class BlockImages {
 public:
  // What a write to the medium may destroy; at least a page, which is what is written.
  void SetBlock(uint32_t bytes) { block_lines_ = (bytes > 4096 ? bytes : 4096) / kLineBytes; }
  // How many lines Complete can come to.
  uint64_t MostLines(const std::vector<uint32_t>& lines) const;
  // Adds to ascending lines what they lack of blocks that have no image since the segment that begins at
  // `boundary` was entered.
  void Complete(uint64_t boundary, uint64_t line_count, std::vector<uint32_t>* lines);

  // What was completed last did not reach the journal.
  void Forget() { boundary_ = ~uint64_t{0}; }

 private:
  uint64_t block_lines_ = 4096 / kLineBytes;
  uint64_t boundary_ = ~uint64_t{0};
  std::vector<bool> imaged_;
};

}  // namespace fams
