// Bounds the memory of a region that is larger than memory.
//
// A page of the working copy that was stored to is memory that the system cannot take back. Once what it
// holds is in the backing copy it can be let go of: the next load brings it in again from the file. Only the
// program's thread does so, and only where nothing can be lost: no mark, no captured commit under way, and no
// line whose newest bytes are not in the backing copy, durably.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "committed.h"

namespace fams {

class ResidentPages {
 public:
  ResidentPages(uint64_t data_bytes, uint64_t most_bytes);

  // These lines, ascending, were stored to.
  void Touched(const std::vector<uint32_t>& lines);
  uint64_t count() const { return pages_.size(); }
  // How many pages too many there are.
  uint64_t Excess() const { return count() > most_ ? count() - most_ : 0; }
  uint64_t most() const { return most_; }
  // Lets go of some of the pages that have been touched longest ago. Returns how many.
  uint64_t GiveBack(const Committed& committed, const uint8_t* marks, uint8_t* working);

 private:
  uint64_t most_;
  std::deque<uint32_t> pages_;
  std::vector<bool> resident_;
};

}  // namespace fams
