#include "group.h"

#include <algorithm>
#include <cstring>

#include "crc32c.h"

namespace fams {

bool AlignedBuffer::Grow(size_t used, size_t capacity) {
  if (capacity <= capacity_) return true;
  const size_t bytes = AlignUp(std::max(capacity, 2 * capacity_), kAlignment);
  auto* memory = static_cast<uint8_t*>(std::aligned_alloc(kAlignment, bytes));
  if (memory == nullptr) return false;
  if (used > 0) std::memcpy(memory, memory_.get(), used);
  memory_.reset(memory);
  capacity_ = bytes;
  return true;
}

bool Group::Add(const Lines& lines, const uint8_t* working) {
  const uint64_t bytes = lines.record_bytes();
  if (!buffer_.Grow(used_, used_ + bytes + kMaxPadding)) return false;
  uint8_t* record = buffer_.data() + used_;
  uint8_t* to = record + sizeof(RecordHeader);
  const size_t table = lines.runs.size() * sizeof(uint64_t);
  const size_t padded = RunTableBytes(lines.runs.size());
  std::memcpy(to, lines.runs.data(), table);
  std::memset(to + table, 0, padded - table);
  to += padded;
  for (const uint64_t run : lines.runs) {
    const size_t length = RunCount(run) * kLineBytes;
    std::memcpy(to, working + RunLine(run) * kLineBytes, length);
    to += length;
  }
  RecordHeader header = {};
  header.type = kCommit;
  header.payload_bytes = lines.payload_bytes();
  header.payload_checksum = Crc32c(0, record + sizeof header, header.payload_bytes);
  header.run_count = static_cast<uint32_t>(lines.runs.size());
  std::memcpy(record, &header, sizeof header);
  commits_.push_back({used_, lines.runs.size(), lines.numbers.size()});
  used_ += bytes;
  return true;
}

void Group::Clear() {
  used_ = 0;
  commits_.clear();
  flush = false;
}

const uint8_t* Group::Padded(uint64_t bytes) {
  std::memset(buffer_.data() + used_, 0, bytes - used_);
  return buffer_.data();
}

}  // namespace fams
