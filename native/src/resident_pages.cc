#include "resident_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>

namespace fams {
namespace {

constexpr uint64_t kPage = 4 * kKiB;
constexpr uint64_t kPageLines = kPage / kLineBytes;
// One call takes a few microseconds for a page that is next to no other.
constexpr int kMostPagesACall = 256;

bool IsClean(const Committed& committed, const uint8_t* marks, uint64_t page) {
  uint64_t any = 0;
  for (uint64_t i = 0; i < kPageLines; i += sizeof any) {
    uint64_t eight;
    std::memcpy(&eight, marks + page * kPageLines + i, sizeof eight);
    any |= eight;
  }
  for (uint64_t i = 0; i < kPageLines; i++) any |= committed.PlaceOf(page * kPageLines + i);
  return any == 0;
}

}  // namespace

ResidentPages::ResidentPages(uint64_t data_bytes, uint64_t most_bytes)
    : most_(most_bytes / kPage), resident_(data_bytes / kPage) {}

void ResidentPages::Touched(const std::vector<uint32_t>& lines) {
  for (const uint32_t line : lines) {
    const uint64_t page = line / kPageLines;
    if (resident_[page]) continue;
    resident_[page] = true;
    pages_.push_back(static_cast<uint32_t>(page));
  }
}

uint64_t ResidentPages::GiveBack(const Committed& committed, const uint8_t* marks, uint8_t* working) {
  uint64_t given = 0;
  for (int looked = 0; looked < kMostPagesACall && Excess() > 0; looked++) {
    const uint32_t page = pages_.front();
    pages_.pop_front();
    if (IsClean(committed, marks, page) && madvise(working + page * kPage, kPage, MADV_DONTNEED) == 0) {
      resident_[page] = false;
      given++;
    } else {
      pages_.push_back(page);
    }
  }
  return given;
}

}  // namespace fams
