#include "storage_mapped.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "fault_guard.h"
#include "format.h"

namespace fams {
namespace {

uint64_t PageBytes() {
  static const auto bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

}  // namespace

Status MappedStorage::Begin(int map_flags, bool read_only) {
  map_flags_ = map_flags;
  protection_ = read_only ? PROT_READ : PROT_READ | PROT_WRITE;
  FAMS_TRY(window_.Reserve(kMaxFileBytes));
  return ShowUpTo(std::min(Size(), kMaxFileBytes));
}

// The page that was cut by the old end is mapped anew; whoever reads there sees the same bytes.
Status MappedStorage::ShowUpTo(uint64_t end) {
  const uint64_t from = shown_ / PageBytes() * PageBytes();
  if (end <= shown_) return {};
  FAMS_TRY(window_.Show(descriptor(), from, AlignUp(end, PageBytes()) - from, protection_, map_flags_));
  shown_ = end;
  return {};
}

Status MappedStorage::RequireShown(uint64_t offset, uint64_t bytes) const {
  const uint64_t shown = shown_;
  if (offset <= shown && bytes <= shown - offset) return {};
  return Status(code::kTruncated, "the file ends before its contents do").At(shown);
}

// Waits without sleeping, as a processor waits for memory.
template <typename Touch>
bool MappedStorage::Access(uint64_t offset, size_t bytes, const Touch& touch) {
  const Clock::time_point end = Reach(offset, bytes);
  if (!TouchGuarded(window_.at(offset), bytes, touch)) return false;
  if (end == Clock::time_point()) return true;
  while (Clock::now() < end) {
  }
  return true;
}

uint32_t MappedStorage::write_unit() const { return kLineBytes; }

Status MappedStorage::Read(uint64_t offset, void* data, size_t bytes) {
  FAMS_TRY(RequireShown(offset, bytes));
  const uint8_t* at = window_.at(offset);
  const auto read = [&] { return std::memcpy(data, at, bytes) != nullptr; };
  return Access(offset, bytes, read) ? Status() : IoError("read").At(offset);
}

// What was stored and not fenced is on the medium once it is flushed now.
Status MappedStorage::ReadMedium(uint64_t offset, void* data, size_t bytes) {
  FAMS_TRY(RequireShown(offset, bytes));
  const uint8_t* at = window_.at(offset);
  const auto flush = [&] { return persistence_.flush(at, bytes); };
  if (!TouchGuarded(at, bytes, flush)) return IoError("flush").At(offset);
  persistence_.fence();
  return Read(offset, data, bytes);
}

// A fence is of its thread alone, and FlushAll may come on another: hence one with each write.
Status MappedStorage::Write(Stream, uint64_t offset, const void* data, size_t bytes) {
  if ((protection_ & PROT_WRITE) == 0) return Status(code::kReadOnly, "the file was opened for reading");
  FAMS_TRY(RequireShown(offset, bytes));
  uint8_t* at = window_.at(offset);
  const auto copy = [&] { return persistence_.copy(at, data, bytes); };
  if (!Access(offset, bytes, copy)) return IoError("write").At(offset);
  persistence_.fence();
  return {};
}

Status MappedStorage::WriteDurable(Stream stream, uint64_t offset, const void* data, size_t bytes) {
  return Write(stream, offset, data, bytes);
}

Status MappedStorage::FlushAll(Stream) {
  if (reshaped_.exchange(false) && fdatasync(descriptor()) != 0) return IoError("fdatasync");
  return {};
}

Status MappedStorage::Allocate(uint64_t offset, uint64_t bytes) {
  const uint64_t end = Size();
  FAMS_TRY(FileBacked::Allocate(offset, bytes));
  if (Size() != end) reshaped_ = true;
  return ShowUpTo(offset + bytes);
}

Status MappedStorage::PrepareJournal(uint64_t offset, uint64_t bytes) {
  FAMS_TRY(Allocate(offset, bytes));
  window_.MakeWritable(offset, bytes);
  return {};
}

Status MappedStorage::Truncate(uint64_t bytes) {
  const uint64_t end = AlignUp(bytes, PageBytes()), shown_end = AlignUp(shown_, PageBytes());
  shown_ = std::min(shown_.load(), bytes);
  if (end < shown_end) FAMS_TRY(window_.Hide(end, shown_end - end));
  reshaped_ = true;
  return FileBacked::Truncate(bytes);
}

}  // namespace fams
