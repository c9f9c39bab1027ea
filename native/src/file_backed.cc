#include "file_backed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace fams {

Mapping::~Mapping() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

void Mapping::Abandon() {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  if (data_ != nullptr) mmap(data_, bytes_, PROT_READ | PROT_WRITE, flags, -1, 0);
  data_ = nullptr;
}

Status FileBacked::Allocate(uint64_t offset, uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(reshaping_);
  int error;
  do {
    error = posix_fallocate(descriptor(), static_cast<off_t>(offset), static_cast<off_t>(bytes));
  } while (error == EINTR);
  if (error != 0) return FromErrno(error, "fallocate").At(offset);
  size_ = std::max(size_.load(), offset + bytes);
  return {};
}

Status FileBacked::Truncate(uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(reshaping_);
  if (ftruncate(descriptor(), static_cast<off_t>(bytes)) != 0) return IoError("ftruncate");
  size_ = bytes;
  return {};
}

Status FileBacked::MapPrivate(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) {
  return Map(offset, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, mapping);
}

Status FileBacked::MapShared(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) {
  return Map(offset, bytes, PROT_READ, MAP_SHARED, mapping);
}

Status FileBacked::Map(uint64_t offset, uint64_t bytes, int protection, int flags,
                       std::shared_ptr<Mapping>* mapping) {
  void* at = mmap(nullptr, bytes, protection, flags, descriptor(), static_cast<off_t>(offset));
  if (at == MAP_FAILED) return FromErrno(errno, "mmap");
  // A child process would otherwise make every later first store to a page copy it.
  madvise(at, bytes, MADV_DONTFORK);
  *mapping = std::make_shared<Mapping>(static_cast<uint8_t*>(at), bytes);
  return {};
}

Status FileBacked::Look(uint64_t* links, uint64_t* bytes) const {
  // Asks for no times: since Linux 6.13 a time that was asked for makes the next write change the inode,
  // which takes the durable write behind it half as long again.
  struct statx now;
  if (statx(descriptor(), "", AT_EMPTY_PATH, STATX_NLINK | STATX_SIZE, &now) != 0) return IoError("statx");
  *links = now.stx_nlink;
  *bytes = now.stx_size;
  return {};
}

Status FileBacked::CheckAlive() {
  uint64_t links = 0, bytes = 0;
  FAMS_TRY(Look(&links, &bytes));
  if (links == 0) return Status(code::kFileGone, "the file was removed while it was open");
  if (bytes >= size_) return {};
  // Perhaps we are cutting it ourselves.
  const std::lock_guard<std::mutex> lock(reshaping_);
  FAMS_TRY(Look(&links, &bytes));
  if (bytes >= size_) return {};
  return Status(code::kTruncated, "the file was cut short while it was open").At(bytes);
}

}  // namespace fams
