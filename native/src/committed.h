// The last commit, line by line: the newest of journal and backing copy. Rollback, verify, checkpoint and
// recovery ask here and nowhere else.
//
// One thread at a time sets lines, and one forgets them; a look at the index is safe beside both.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "format.h"
#include "storage.h"

namespace fams {

class Committed {
 public:
  // How many neighbouring lines are looked at together.
  static constexpr uint64_t kWindowLines = kChunk / kLineBytes;

  // For a region of `data_bytes` bytes.
  static Status Make(Storage* storage, uint64_t data_bytes, std::unique_ptr<Committed>* committed);

  // `count` lines from `line` on were committed; their newest bytes stand in the journal from `offset` of the
  // file on.
  void Set(uint64_t line, uint64_t count, uint64_t offset);
  // What stands in these segments is in the backing copy, durably.
  void Forget(const std::vector<Segment>& segments);
  // Everything is.
  void Clear();

  // Where in the file the newest bytes of a line stand, in lines; 0 for the backing copy.
  uint32_t PlaceOf(uint64_t line) const { return __atomic_load_n(&index_[line], __ATOMIC_ACQUIRE); }
  uint64_t WindowCount() const { return windows_.size(); }
  // Could a line of this window be in the journal?
  bool IsJournalled(uint64_t window) const { return __atomic_load_n(&windows_[window], __ATOMIC_ACQUIRE); }
  // Behind the last line of a window.
  uint64_t EndOf(uint64_t window) const {
    const uint64_t end = (window + 1) * kWindowLines, all = data_bytes_ / kLineBytes;
    return end < all ? end : all;
  }

  // Reads one line as it was last committed.
  Status ReadLine(uint64_t line, uint8_t* bytes);

  // Calls `each(line)` for every line that differs from `working` and whose mark is 0.
  Status ForEachDifference(const uint8_t* working, const uint8_t* marks,
                           const std::function<void(uint64_t line)>& each);

  // Is line `line` unlike its last committed state?
  Status Differs(const uint8_t* working, uint64_t line, bool* differs);

 private:
  Committed(Storage* storage, uint64_t data_bytes);
  bool ForgetIn(uint64_t window, const std::vector<Segment>& segments);
  Status ComparePage(const uint8_t* working, const uint8_t* marks, uint64_t first_line,
                     const std::function<void(uint64_t line)>& each);

  Storage* storage_;
  uint64_t data_bytes_;
  // PlaceOf for each line. Costs memory only where lines were committed.
  std::unique_ptr<Mapping> index_memory_;
  uint32_t* index_ = nullptr;
  std::vector<uint8_t> windows_;
  std::shared_ptr<Mapping> backing_;
};

// Is this place in one of these segments, and in which?
inline const Segment* SegmentOfPlace(const std::vector<Segment>& segments, uint32_t place) {
  const uint64_t offset = uint64_t{place} * kLineBytes;
  for (const Segment& segment : segments)
    if (offset >= segment.offset && offset - segment.offset < segment.bytes) return &segment;
  return nullptr;
}

}  // namespace fams
