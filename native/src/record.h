// The codec of journal records: pure functions over bytes.
#pragma once

#include <vector>

#include "format.h"

namespace fams {

// What a record's checksums are bound to.
struct RecordContext {
  uint32_t identity;  // checksum of the region's uuid
  uint64_t salt;
};

RecordContext ContextOf(const Superblock& superblock);

// Sets magic, salt and checksum.
void SealHeader(const RecordContext& context, RecordHeader* header);

// Is this a header, undamaged, of any generation of this region?
bool IsHeader(const RecordContext& context, const RecordHeader& header);

// Joins ascending line numbers, each once, into runs.
void JoinRuns(const std::vector<uint32_t>& lines, std::vector<uint64_t>* runs);

// Bytes of the run table with its zeros.
constexpr uint64_t RunTableBytes(uint64_t runs) { return AlignUp(runs * sizeof(uint64_t), kLineBytes); }

// Bytes of a commit's payload: run table and lines.
constexpr uint64_t PayloadBytes(uint64_t runs, uint64_t lines) {
  return RunTableBytes(runs) + lines * kLineBytes;
}

// Checks a run table run by run: is it in order, inside a region of `line_count` lines?
class RunCheck {
 public:
  explicit RunCheck(uint64_t line_count) : line_count_(line_count) {}
  bool Add(uint64_t run);
  // Lines of all runs so far.
  uint64_t lines() const { return lines_; }

 private:
  uint64_t line_count_;
  uint64_t next_line_ = 0;
  uint64_t lines_ = 0;
};

}  // namespace fams
