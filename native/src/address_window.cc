#include "address_window.h"

#include <errno.h>
#include <sys/mman.h>

#include "fault_guard.h"
#include "file_descriptor.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

namespace fams {
namespace {

constexpr int kNothing = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

}  // namespace

AddressWindow::~AddressWindow() {
  if (base_ != nullptr) munmap(base_, bytes_);
}

Status AddressWindow::Reserve(uint64_t bytes) {
  void* at = mmap(nullptr, bytes, PROT_NONE, kNothing, -1, 0);
  if (at == MAP_FAILED) return FromErrno(errno, "mmap");
  FaultGuard::Install();
  base_ = static_cast<uint8_t*>(at);
  bytes_ = bytes;
  return {};
}

Status AddressWindow::Show(int descriptor, uint64_t offset, uint64_t bytes, int protection, int flags) {
  if (offset + bytes > bytes_) return Status(code::kUnsupported, "the file is longer than a region can be");
  void* at =
      mmap(base_ + offset, bytes, protection, flags | MAP_FIXED, descriptor, static_cast<off_t>(offset));
  if (at == MAP_FAILED) return FromErrno(errno, "mmap");
  // A child process has no use for it, and must not write there.
  madvise(at, bytes, MADV_DONTFORK);
  return {};
}

void AddressWindow::MakeWritable(uint64_t offset, uint64_t bytes) {
  madvise(base_ + offset, bytes, MADV_POPULATE_WRITE);
}

Status AddressWindow::Hide(uint64_t offset, uint64_t bytes) {
  void* at = mmap(base_ + offset, bytes, PROT_NONE, kNothing | MAP_FIXED, -1, 0);
  return at == MAP_FAILED ? FromErrno(errno, "mmap") : Status();
}

}  // namespace fams
