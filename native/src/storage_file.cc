// Storage in a file: an SSD, a disk, or a file system in memory.

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "block_bytes.h"
#include "choose_storage.h"
#include "fault_guard.h"
#include "file_backed.h"
#include "format.h"
#include "mapped_journal.h"

namespace fams {
namespace {

// Linux moves at most this much in one call.
constexpr size_t kMaxTransfer = 0x7ffff000;

// Writes longer than this are cheaper as a system call than as a page fault for each page.
constexpr size_t kMaxStored = 16 * kKiB;

// What a write that goes past the page cache must be a multiple of, in memory and in the file.
constexpr uint64_t kDirectUnit = 4 * kKiB;

class FileStorage final : public FileBacked {
 public:
  FileStorage(FileDescriptor journal, FileDescriptor data, FileDescriptor direct, const struct stat& info)
      : FileBacked(std::move(journal), info),
        data_(std::move(data)),
        direct_(std::move(direct)),
        write_unit_(BlockBytesOf(info)) {}

  StorageKind kind() const override { return StorageKind::kFile; }
  uint32_t write_unit() const override { return write_unit_; }
  bool is_memory() const override { return false; }

  Status Read(uint64_t offset, void* data, size_t bytes) override {
    auto* to = static_cast<uint8_t*>(data);
    while (bytes > 0) {
      const ssize_t n = pread(descriptor(), to, std::min(bytes, kMaxTransfer), static_cast<off_t>(offset));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return IoError("read").At(offset);
      if (n == 0) return Status(code::kTruncated, "the file ends before its contents do").At(offset);
      to += n, offset += n, bytes -= n;
    }
    return {};
  }

  Status ReadMedium(uint64_t offset, void* data, size_t bytes) override {
    const uint64_t from = offset / kDirectUnit * kDirectUnit;
    const uint64_t length = AlignUp(offset + bytes, kDirectUnit) - from;
    const std::unique_ptr<void, decltype(&std::free)> blocks(std::aligned_alloc(kDirectUnit, length),
                                                             &std::free);
    if (!direct_.valid() || blocks == nullptr)
      return Status(code::kUnsupported, "no way past the page cache");
    if (pread(direct_.get(), blocks.get(), length, static_cast<off_t>(from)) != static_cast<ssize_t>(length))
      return IoError("read").At(offset);
    std::memcpy(data, static_cast<uint8_t*>(blocks.get()) + (offset - from), bytes);
    return {};
  }

  Status Write(Stream stream, uint64_t offset, const void* data, size_t bytes) override {
    const MappedJournal* mapped = mapped_in_use_.load(std::memory_order_acquire);
    if (stream == Stream::kJournal && mapped != nullptr && bytes <= kMaxStored) {
      if (uint8_t* at = mapped->Find(offset, bytes); at != nullptr) {
        const auto store = [&] { return std::memcpy(at, data, bytes) != nullptr; };
        return TouchGuarded(at, bytes, store) ? Status() : IoError("write").At(offset);
      }
    }
    return WriteTo(Descriptor(stream), offset, data, bytes, 0);
  }

  Status WriteDurable(Stream stream, uint64_t offset, const void* data, size_t bytes) override {
    const bool aligned = (reinterpret_cast<uintptr_t>(data) | offset | bytes) % kDirectUnit == 0;
    if (stream == Stream::kJournal && aligned && direct_.valid() && direct_writes_.load()) {
      // Past the page cache a small durable write is some 10 % faster; the kernel keeps the cache in step
      // with it.
      Status status = WriteTo(direct_.get(), offset, data, bytes, RWF_DSYNC);
      if (status.error() != EINVAL) return status;
      // This file system wants more than alignment.
      direct_writes_ = false;
    }
    return WriteTo(Descriptor(stream), offset, data, bytes, RWF_DSYNC);
  }

  Status FlushAll(Stream stream) override {
    if (fdatasync(Descriptor(stream)) != 0) return IoError("fdatasync");
    return {};
  }

  Status PrepareJournal(uint64_t offset, uint64_t bytes) override {
    // A store into a hole would have to find space, and the kernel kills a program that it finds none for.
    FAMS_TRY(Allocate(offset, bytes));
    if (mapped_ == nullptr) FAMS_TRY(MappedJournal::Make(&mapped_));
    FAMS_TRY(mapped_->Prepare(descriptor(), offset, bytes));
    mapped_in_use_.store(mapped_.get(), std::memory_order_release);
    return {};
  }

  Status ForgetJournal(uint64_t offset, uint64_t bytes) override {
    return mapped_ != nullptr ? mapped_->Forget(offset, bytes) : Status();
  }

  Status WriteBack(uint64_t offset, uint64_t bytes) override {
    const unsigned flags = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    if (sync_file_range(data_.get(), static_cast<off_t>(offset), static_cast<off_t>(bytes), flags) != 0)
      return IoError("sync_file_range").At(offset);
    return {};
  }

 private:
  int Descriptor(Stream stream) const { return stream == Stream::kJournal ? descriptor() : data_.get(); }

  static Status WriteTo(int descriptor, uint64_t offset, const void* data, size_t bytes, int flags) {
    auto* from = static_cast<const uint8_t*>(data);
    while (bytes > 0) {
      const iovec part = {const_cast<uint8_t*>(from), std::min(bytes, kMaxTransfer)};
      const ssize_t n = pwritev2(descriptor, &part, 1, static_cast<off_t>(offset), flags);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return IoError("write").At(offset);
      if (n == 0) return FromErrno(EIO, "write").At(offset);
      from += n, offset += n, bytes -= n;
    }
    return {};
  }

  const FileDescriptor data_;
  const FileDescriptor direct_;  // not valid where the file system has no such thing
  const uint32_t write_unit_;
  std::atomic<bool> direct_writes_{true};
  std::unique_ptr<MappedJournal> mapped_;
  std::atomic<const MappedJournal*> mapped_in_use_{nullptr};
};

}  // namespace

Status MakeFileStorage(FileDescriptor file, const struct stat& info, bool read_only,
                       std::unique_ptr<Storage>* storage) {
  FileDescriptor second = Reopen(file, read_only ? O_RDONLY : O_RDWR);
  if (!second.valid()) return IoError("open /proc/self/fd");
  FileDescriptor direct = read_only ? FileDescriptor() : Reopen(file, O_RDWR | O_DIRECT);
  *storage = std::make_unique<FileStorage>(std::move(file), std::move(second), std::move(direct), info);
  return {};
}

}  // namespace fams
