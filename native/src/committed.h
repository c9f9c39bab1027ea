// The last commit, line by line: the newest of journal and backing copy. Rollback, verify and checkpoint ask
// here and nowhere else.
#pragma once

#include <functional>
#include <memory>

#include "replay.h"
#include "storage.h"

namespace fams {

class Committed {
 public:
  // For a region of `data_bytes` bytes.
  static Status Make(Storage* storage, uint64_t data_bytes, std::unique_ptr<Committed>* committed);

  // `count` lines from `line` on were committed; their newest bytes stand in the journal from `offset` of the
  // file on.
  void Set(uint64_t line, uint64_t count, uint64_t offset);
  // Everything is in the backing copy.
  void Clear();

  // Reads one line as it was last committed.
  Status ReadLine(uint64_t line, uint8_t* bytes);

  // Calls `each(line)` for every line that differs from `working` and whose mark is 0.
  Status ForEachDifference(const uint8_t* working, const uint8_t* marks,
                           const std::function<void(uint64_t line)>& each);

  // Is line `line` unlike its last committed state?
  Status Differs(const uint8_t* working, uint64_t line, bool* differs);

  // Calls `each(line, count, offset)` for the parts of a commit that no later commit has overwritten.
  Status ForEachNewest(const RecordAt& record,
                       const std::function<Status(uint64_t line, uint64_t count, uint64_t offset)>& each);

 private:
  Committed(Storage* storage, uint64_t data_bytes) : storage_(storage), data_bytes_(data_bytes) {}
  Status ComparePage(const uint8_t* working, const uint8_t* marks, uint64_t first_line,
                     const std::function<void(uint64_t line)>& each);

  Storage* storage_;
  uint64_t data_bytes_;
  // A line's place in the file in units of a line, or 0 if it is in the backing copy. Costs memory only where
  // lines were committed.
  std::unique_ptr<Mapping> index_memory_;
  uint32_t* index_ = nullptr;
  std::shared_ptr<Mapping> backing_;
};

}  // namespace fams
