// Finding, creating and locking the file of a region.

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>

#include "file_descriptor.h"
#include "format.h"
#include "storage.h"

namespace fams {
namespace {

constexpr mode_t kMode = 0666;  // less the umask, as for any file
constexpr int kAttempts = 16;

std::string DirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// An open-file-description lock: it belongs to this descriptor and to no other of the process, and no close
// of another descriptor drops it, as POSIX record locks would be.
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

// Of the disk, or of the disk that the partition is on; 0 if it is unknown.
uint64_t PhysicalBlockBytes(dev_t device) {
  const std::string entry =
      "/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device));
  uint64_t bytes = 0;
  for (const char* place : {"/queue/physical_block_size", "/../queue/physical_block_size"}) {
    std::ifstream file(entry + place);
    if (file >> bytes) break;
  }
  return bytes;
}

bool SameInode(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

Status WriteExtents(Storage& storage, const std::vector<Extent>& extents) {
  for (const Extent& extent : extents) {
    if (extent.data != nullptr) {
      FAMS_TRY(storage.Write(Stream::kJournal, extent.offset, extent.data, extent.bytes));
      continue;
    }
    FAMS_TRY(storage.Allocate(extent.offset, extent.bytes));
    if (extent.written) FAMS_TRY(WriteZeros(storage, extent.offset, extent.bytes));
  }
  return storage.FlushAll(Stream::kJournal);
}

Status FlushDirectory(const std::string& path) {
  const FileDescriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return FromErrno(errno, "open directory");
  if (fsync(directory.get()) != 0) return IoError("fsync directory");
  return {};
}

// A file without a name, or, where the file system has none, with a name that no region has.
FileDescriptor OpenUnnamed(const std::string& directory, std::string* name) {
  FileDescriptor file(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kMode));
  if (file.valid() || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  char suffix[32];
  std::random_device random;
  snprintf(suffix, sizeof suffix, "/.fams-%08x%08x.tmp", random(), random());
  *name = directory + suffix;
  return FileDescriptor(open(name->c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, kMode));
}

}  // namespace

Status WriteZeros(Storage& storage, uint64_t offset, uint64_t bytes) {
  const std::vector<uint8_t> zeros(std::min(bytes, kMiB));
  for (uint64_t at = 0; at < bytes; at += zeros.size())
    FAMS_TRY(storage.Write(Stream::kJournal, offset + at, zeros.data(),
                           std::min<uint64_t>(zeros.size(), bytes - at)));
  return {};
}

uint32_t BlockBytes(const std::string& path) {
  struct stat info;
  uint64_t most = 4 * kKiB;
  if (stat(DirectoryOf(path).c_str(), &info) == 0)
    most = std::max({most, static_cast<uint64_t>(info.st_blksize), PhysicalBlockBytes(info.st_dev)});
  uint64_t block = 4 * kKiB;
  // A file system that prefers enormous transfers does not write in them.
  while (block < most && block < kGranule) block *= 2;
  return static_cast<uint32_t>(block);
}

Status OpenFile(const std::string& path, bool read_only, std::unique_ptr<Storage>* storage) {
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
      return MakeFileStorage(std::move(file), read_only, storage);
  }
  return Status(code::kFileGone, "the file was replaced again and again while it was being opened");
}

Status CreateFile(const std::string& path, const std::vector<Extent>& extents,
                  std::unique_ptr<Storage>* storage, bool* created) {
  const std::string directory = DirectoryOf(path);
  std::string temporary_name;
  FileDescriptor file = OpenUnnamed(directory, &temporary_name);
  if (!file.valid()) return FromErrno(errno, "create");
  const std::string source =
      temporary_name.empty() ? "/proc/self/fd/" + std::to_string(file.get()) : temporary_name;

  Status status = Lock(file, false);
  if (status.ok()) status = MakeFileStorage(std::move(file), false, storage);
  if (status.ok()) status = WriteExtents(**storage, extents);
  *created = false;
  if (status.ok()) {
    // Linking never replaces a file that is there already.
    *created = linkat(AT_FDCWD, source.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0;
    if (!*created && errno != EEXIST) status = FromErrno(errno, "link");
  }
  if (!temporary_name.empty()) unlink(temporary_name.c_str());
  if (status.ok() && *created) {
    // Some file systems log nothing of a file that has no name yet.
    status = (*storage)->FlushAll(Stream::kJournal);
    if (status.ok()) status = FlushDirectory(directory);
    if (!status.ok()) unlink(path.c_str());
  }
  if (!status.ok() || !*created) storage->reset();
  return status;
}

}  // namespace fams
