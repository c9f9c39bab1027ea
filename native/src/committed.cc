#include "committed.h"

#include <errno.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>

#include "file_descriptor.h"
#include "format.h"

namespace fams {
namespace {

constexpr uint64_t kLinesPerPage = 64;

}  // namespace

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
  for (uint64_t i = 0; i < count; i++) index_[line + i] = place++;
}

void Committed::Clear() {
  // Gives the memory back as well, unless it is locked.
  if (madvise(index_memory_->data(), index_memory_->bytes(), MADV_DONTNEED) != 0)
    std::memset(index_memory_->data(), 0, index_memory_->bytes());
}

Status Committed::ReadLine(uint64_t line, uint8_t* bytes) {
  const uint64_t place = index_[line];
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
    bool differs = std::memcmp(working + byte, backing_->data() + byte, kLineBytes) != 0;
    if (index_[line] != 0) FAMS_TRY(Differs(working, line, &differs));
    if (differs) each(line);
  }
  return {};
}

Status Committed::ForEachNewest(
    const RecordAt& record,
    const std::function<Status(uint64_t line, uint64_t count, uint64_t offset)>& each) {
  return ForEachRun(*storage_, record, [&](uint64_t line, uint64_t count, uint64_t offset) -> Status {
    const auto newest = [&](uint64_t i) { return index_[line + i] == offset / kLineBytes + i; };
    for (uint64_t i = 0; i < count;) {
      if (!newest(i)) {
        i++;
        continue;
      }
      uint64_t end = i + 1;
      while (end < count && newest(end)) end++;
      FAMS_TRY(each(line + i, end - i, offset + i * kLineBytes));
      i = end;
    }
    return {};
  });
}

}  // namespace fams
