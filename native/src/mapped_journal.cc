#include "mapped_journal.h"

#include <sys/mman.h>

#include "format.h"

namespace fams {

MappedJournal::MappedJournal() : shown_(kMaxFileBytes / kGranule) {}

Status MappedJournal::Make(std::unique_ptr<MappedJournal>* journal) {
  std::unique_ptr<MappedJournal> made(new MappedJournal);
  FAMS_TRY(made->window_.Reserve(kMaxFileBytes));
  *journal = std::move(made);
  return {};
}

Status MappedJournal::Prepare(int descriptor, uint64_t offset, uint64_t bytes) {
  if (Find(offset, bytes) == nullptr) {
    FAMS_TRY(window_.Show(descriptor, offset, bytes, PROT_READ | PROT_WRITE, MAP_SHARED));
    Set(offset, bytes, true);
  }
  window_.MakeWritable(offset, bytes);
  return {};
}

Status MappedJournal::Forget(uint64_t offset, uint64_t bytes) {
  Set(offset, bytes, false);
  return window_.Hide(offset, bytes);
}

uint8_t* MappedJournal::Find(uint64_t offset, uint64_t bytes) const {
  for (uint64_t granule = offset / kGranule; granule * kGranule < offset + bytes; granule++)
    if (granule >= shown_.size() || !shown_[granule].load(std::memory_order_acquire)) return nullptr;
  return window_.at(offset);
}

void MappedJournal::Set(uint64_t offset, uint64_t bytes, bool shown) {
  for (uint64_t granule = offset / kGranule; granule < (offset + bytes) / kGranule; granule++)
    shown_[granule].store(shown, std::memory_order_release);
}

}  // namespace fams
