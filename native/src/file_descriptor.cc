#include "file_descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

namespace fams {

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

FileDescriptor Reopen(const FileDescriptor& file, int flags) {
  const std::string self = "/proc/self/fd/" + std::to_string(file.get());
  return FileDescriptor(open(self.c_str(), flags | O_CLOEXEC));
}

Status Lock(const FileDescriptor& file, bool read_only) {
  struct flock lock = {};
  lock.l_type = read_only ? F_RDLCK : F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_len = 1;
  if (fcntl(file.get(), F_OFD_SETLK, &lock) == 0) return {};
  if (errno == EAGAIN || errno == EACCES)
    return Status(code::kLocked, "the region is open elsewhere, in this process or another", errno);
  return FromErrno(errno, "lock");
}

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status FromErrno(int error, const char* operation) {
  const char* code = code::kIo;
  switch (error) {
    case ENOENT:
      code = code::kNotFound;
      break;
    case ENOTDIR:
      code = code::kNoDirectory;
      break;
    case ELOOP:
      code = code::kSymlink;
      break;
    case ENAMETOOLONG:
      code = code::kInvalidArgument;
      break;
    case EISDIR:
      code = code::kNotAFile;
      break;
    case EACCES:
    case EPERM:
      code = code::kPermission;
      break;
    case EROFS:
      code = code::kReadOnlyFileSystem;
      break;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      code = code::kNoSpace;
      break;
    case ENOMEM:
      code = code::kOutOfMemory;
      break;
  }
  return Status(code, std::string(operation) + ": " + strerror(error), error);
}

Status IoError(const char* operation) {
  const int error = errno;
  return Status(code::kIo, std::string(operation) + ": " + strerror(error), error);
}

}  // namespace fams
