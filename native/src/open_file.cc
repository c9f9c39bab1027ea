// Finding and locking the file of a region.

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "choose_storage.h"
#include "file_descriptor.h"
#include "storage.h"

namespace fams {
namespace {

constexpr int kAttempts = 16;

Status RequireRegularFile(const struct stat& info) {
  if (S_ISREG(info.st_mode)) return {};
  return Status(code::kNotAFile,
                S_ISDIR(info.st_mode) ? "the path is a directory" : "the path is not a regular file");
}

// Looks before opening: opening a FIFO or a device can itself have effects.
Status Look(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) == 0) return RequireRegularFile(info);
  if (errno != ENOENT) return FromErrno(errno, "stat");
  if (lstat(path.c_str(), &info) == 0)
    return Status(code::kSymlink, "the path is a symbolic link to nothing");
  if (stat(DirectoryOf(path).c_str(), &info) != 0)
    return Status(code::kNoDirectory, "the directory " + DirectoryOf(path) + " does not exist", ENOENT);
  return Status(code::kNotFound, "there is no such file", ENOENT);
}

bool SameInode(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

Status OpenFile(const std::string& path, bool read_only, std::unique_ptr<Storage>* storage,
                const StorageOptions& options) {
  for (int attempt = 0; attempt < kAttempts; attempt++) {
    FAMS_TRY(Look(path));
    FileDescriptor file(open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC));
    if (!file.valid()) return FromErrno(errno, "open");
    struct stat opened, named;
    if (fstat(file.get(), &opened) != 0) return IoError("fstat");
    FAMS_TRY(RequireRegularFile(opened));
    FAMS_TRY(Lock(file, read_only));
    // Between opening and locking the name may have come to mean another file.
    if (stat(path.c_str(), &named) == 0 && SameInode(opened, named))
      return MakeStorage(std::move(file), read_only, options, storage);
  }
  return Status(code::kFileGone, "the file was replaced again and again while it was being opened");
}

}  // namespace fams
