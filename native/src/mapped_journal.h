// Parts of the journal that are written by storing into memory instead of by a system call.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "address_window.h"

namespace fams {

class MappedJournal {
 public:
  static Status Make(std::unique_ptr<MappedJournal>* journal);

  // The file has these bytes, in multiples of 64 KiB. One thread at a time prepares and forgets.
  Status Prepare(int descriptor, uint64_t offset, uint64_t bytes);
  Status Forget(uint64_t offset, uint64_t bytes);

  // Where to store these bytes, or nullptr if they are not all prepared. On any thread.
  uint8_t* Find(uint64_t offset, uint64_t bytes) const;

 private:
  MappedJournal();
  void Set(uint64_t offset, uint64_t bytes, bool shown);

  AddressWindow window_;
  std::vector<std::atomic<bool>> shown_;  // each 64 KiB of the file
};

}  // namespace fams
