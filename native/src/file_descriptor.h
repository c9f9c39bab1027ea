// Descriptors that close themselves, and what an errno means to a region.
#pragma once

#include <string>
#include <utility>

#include "status.h"

namespace fams {

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

// Another open file description of the same inode, whatever its names are now.
FileDescriptor Reopen(const FileDescriptor& file, int flags);

// An open-file-description lock: it belongs to this descriptor and to no other of the process, and no close
// of another descriptor drops it, as POSIX record locks would be.
Status Lock(const FileDescriptor& file, bool read_only);

std::string DirectoryOf(const std::string& path);

Status FromErrno(int error, const char* operation);

// For errno after a system call on an open file.
Status IoError(const char* operation);

}  // namespace fams
