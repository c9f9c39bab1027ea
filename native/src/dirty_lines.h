// From the tracker's list and mark map to the lines of a commit.
//
// The map is the truth and holds one byte a line; the list says where to look. An entry is a line, or, with
// its highest bit set, the first line of a range whose last line is the next entry. A list longer than its
// array has lost entries: then, and when sorting would cost more, the whole map is read.
#pragma once

#include <cstdint>
#include <vector>

namespace fams {

struct Tracker {
  uint8_t* marks = nullptr;  // one byte a line
  uint64_t line_count = 0;
  // Entries count from `first_line` on: several regions share one space of line numbers.
  const uint32_t* list = nullptr;
  uint32_t first_line = 0;
  uint32_t list_capacity = 0;
};

// Takes the marked lines: returns them ascending, each once, and clears their marks. `list_used` is the
// number of list entries, more than the capacity if some were lost; `suspects` are lines that were marked
// without an entry.
void TakeLines(const Tracker& tracker, uint32_t list_used, const std::vector<uint32_t>& suspects,
               std::vector<uint32_t>* lines);

// Puts the marks back. The list no longer knows of them.
void PutBack(const Tracker& tracker, const std::vector<uint32_t>& lines);
void PutBackRuns(const Tracker& tracker, const uint64_t* runs, uint64_t count);

}  // namespace fams
