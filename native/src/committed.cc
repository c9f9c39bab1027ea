#include "committed.h"

#include <errno.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "file_descriptor.h"

namespace fams {
namespace {

constexpr uint64_t kLinesPerPage = 64;

}  // namespace

Committed::Committed(Storage* storage, uint64_t data_bytes)
    : storage_(storage), data_bytes_(data_bytes), windows_((data_bytes + kChunk - 1) / kChunk) {}

Status Committed::Make(Storage* storage, uint64_t data_bytes, std::unique_ptr<Committed>* committed) {
  const size_t bytes = data_bytes / kLineBytes * sizeof(uint32_t);
  void* index =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (index == MAP_FAILED) return FromErrno(errno, "mmap");
  committed->reset(new Committed(storage, data_bytes));
  (*committed)->index_memory_ = std::make_unique<Mapping>(static_cast<uint8_t*>(index), bytes);
  (*committed)->index_ = static_cast<uint32_t*>(index);
  return {};
}

void Committed::Set(uint64_t line, uint64_t count, uint64_t offset) {
  auto place = static_cast<uint32_t>(offset / kLineBytes);
  for (uint64_t i = 0; i < count; i++) __atomic_store_n(&index_[line + i], place++, __ATOMIC_RELAXED);
  for (uint64_t window = line / kWindowLines; window <= (line + count - 1) / kWindowLines; window++)
    __atomic_store_n(&windows_[window], 1, __ATOMIC_RELEASE);
}

void Committed::Forget(const std::vector<Segment>& segments) {
  for (uint64_t window = 0; window < windows_.size(); window++) {
    // Cleared first: whoever sets a line now sets it again, and what was set before is seen.
    if (__atomic_exchange_n(&windows_[window], 0, __ATOMIC_ACQ_REL) == 0) continue;
    if (ForgetIn(window, segments)) __atomic_store_n(&windows_[window], 1, __ATOMIC_RELEASE);
  }
}

// Tells whether lines of the window are still in the journal.
bool Committed::ForgetIn(uint64_t window, const std::vector<Segment>& segments) {
  const uint64_t end = EndOf(window);
  bool left = false;
  for (uint64_t line = window * kWindowLines; line < end; line++) {
    uint32_t place = PlaceOf(line);
    if (place == 0) continue;
    // A newer commit may set it at the same time, and then that holds.
    left |= SegmentOfPlace(segments, place) == nullptr ||
            !__atomic_compare_exchange_n(&index_[line], &place, 0, false, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
  }
  return left;
}

void Committed::Clear() {
  // Gives the memory back as well, unless it is locked.
  if (madvise(index_memory_->data(), index_memory_->bytes(), MADV_DONTNEED) != 0)
    std::memset(index_memory_->data(), 0, index_memory_->bytes());
  std::fill(windows_.begin(), windows_.end(), 0);
}

Status Committed::ReadLine(uint64_t line, uint8_t* bytes) {
  const uint64_t place = PlaceOf(line);
  const uint64_t offset = place != 0 ? place * kLineBytes : kDataOffset + line * kLineBytes;
  return storage_->Read(offset, bytes, kLineBytes);
}

Status Committed::Differs(const uint8_t* working, uint64_t line, bool* differs) {
  uint8_t bytes[kLineBytes];
  FAMS_TRY(ReadLine(line, bytes));
  *differs = std::memcmp(bytes, working + line * kLineBytes, kLineBytes) != 0;
  return {};
}

Status Committed::ForEachDifference(const uint8_t* working, const uint8_t* marks,
                                    const std::function<void(uint64_t line)>& each) {
  if (backing_ == nullptr) FAMS_TRY(storage_->MapShared(kDataOffset, data_bytes_, &backing_));
  for (uint64_t line = 0; line < data_bytes_ / kLineBytes; line += kLinesPerPage)
    FAMS_TRY(ComparePage(working, marks, line, each));
  return {};
}

Status Committed::ComparePage(const uint8_t* working, const uint8_t* marks, uint64_t first_line,
                              const std::function<void(uint64_t line)>& each) {
  const uint32_t* places = index_ + first_line;
  const bool journalled =
      std::any_of(places, places + kLinesPerPage, [](uint32_t place) { return place != 0; });
  const uint64_t at = first_line * kLineBytes;
  if (!journalled && std::memcmp(working + at, backing_->data() + at, kLinesPerPage * kLineBytes) == 0)
    return {};
  for (uint64_t line = first_line; line < first_line + kLinesPerPage; line++) {
    if (marks[line] != 0) continue;
    const uint64_t byte = line * kLineBytes;
    bool differs = false;
    // The index first: a checkpoint that forgets a line has written it before.
    if (PlaceOf(line) != 0) {
      FAMS_TRY(Differs(working, line, &differs));
    } else {
      differs = std::memcmp(working + byte, backing_->data() + byte, kLineBytes) != 0;
    }
    if (differs) each(line);
  }
  return {};
}

}  // namespace fams
