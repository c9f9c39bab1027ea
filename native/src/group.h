// Captured commits that share one write and one flush.
//
// A record is put together when its lines are captured: from then on the program may store to them again.
// Only what depends on the place in the journal is left open, and sealed when the group is appended.
#pragma once

#include <cstdlib>
#include <memory>
#include <vector>

#include "record.h"

namespace fams {

// The lines of one commit, ascending, each once.
struct Lines {
  std::vector<uint32_t> numbers;
  std::vector<uint64_t> runs;

  uint64_t payload_bytes() const { return PayloadBytes(runs.size(), numbers.size()); }
  uint64_t record_bytes() const { return sizeof(RecordHeader) + payload_bytes(); }
};

// Memory aligned so that it can be written past the page cache. Grows, and is kept for the next use.
class AlignedBuffer {
 public:
  static constexpr size_t kAlignment = 4096;

  uint8_t* data() const { return memory_.get(); }
  size_t capacity() const { return capacity_; }
  // Keeps the first `used` bytes. Fails for want of memory, and has then changed nothing.
  bool Grow(size_t used, size_t capacity);

 private:
  struct Free {
    void operator()(uint8_t* memory) const { std::free(memory); }
  };
  std::unique_ptr<uint8_t, Free> memory_;
  size_t capacity_ = 0;
};

class Group {
 public:
  // One captured commit and where its record stands in the buffer.
  struct Commit {
    uint64_t at;
    uint64_t run_count;
    uint64_t line_count;
  };

  // Copies the lines out of the working copy, as one more commit. Fails for want of memory, and has then
  // changed nothing.
  bool Add(const Lines& lines, const uint8_t* working);
  void Clear();

  bool empty() const { return commits_.empty() && !flush; }
  uint64_t bytes() const { return used_; }
  const std::vector<Commit>& commits() const { return commits_; }
  RecordHeader* header(const Commit& commit) const {
    return reinterpret_cast<RecordHeader*>(buffer_.data() + commit.at);
  }
  const uint64_t* runs(const Commit& commit) const {
    return reinterpret_cast<const uint64_t*>(buffer_.data() + commit.at + sizeof(RecordHeader));
  }
  // The records, followed by zeros up to `bytes` bytes in all, which is at most kMaxPadding more.
  const uint8_t* Padded(uint64_t bytes);

  // The last commit captured in it.
  uint64_t ticket = 0;
  // Everything is to be made durable behind it.
  bool flush = false;

  // The longest padding: up to the largest block, and a header's place.
  static constexpr uint64_t kMaxPadding = kGranule + sizeof(RecordHeader);

 private:
  AlignedBuffer buffer_;
  uint64_t used_ = 0;
  std::vector<Commit> commits_;
};

}  // namespace fams
