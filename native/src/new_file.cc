#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <random>

#include "choose_storage.h"
#include "format.h"

namespace fams {
namespace {

constexpr mode_t kMode = 0666;  // less the umask, as for any file

// A name that no region has.
std::string TemporaryName(const std::string& directory) {
  char suffix[32];
  std::random_device random;
  snprintf(suffix, sizeof suffix, "/.fams-%08x%08x.tmp", random(), random());
  return directory + suffix;
}

// A file without a name, or, where the file system has none, with a temporary one.
FileDescriptor OpenUnnamed(const std::string& directory, std::string* name) {
  FileDescriptor file(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kMode));
  if (file.valid() || (errno != EOPNOTSUPP && errno != EISDIR)) return file;
  *name = TemporaryName(directory);
  return FileDescriptor(open(name->c_str(), O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR | O_CLOEXEC, kMode));
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
  return {};
}

}  // namespace

Status NewFile::Begin(const std::string& path, const StorageOptions& options,
                      std::unique_ptr<NewFile>* file) {
  std::unique_ptr<NewFile> made(new NewFile(path));
  FileDescriptor descriptor = OpenUnnamed(DirectoryOf(path), &made->temporary_);
  if (!descriptor.valid()) return FromErrno(errno, "create");
  made->file_ = Reopen(descriptor, O_PATH);
  if (!made->file_.valid()) return IoError("open /proc/self/fd");
  FAMS_TRY(Lock(descriptor, false));
  FAMS_TRY(MakeStorage(std::move(descriptor), false, options, &made->storage_));
  *file = std::move(made);
  return {};
}

NewFile::~NewFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

Status NewFile::Finish(bool* named) {
  FAMS_TRY(storage_->FlushAll(Stream::kJournal));
  FAMS_TRY(LinkTo(path_, named));
  if (!*named) return {};
  // Some file systems log nothing of a file that has no name yet.
  Status status = storage_->FlushAll(Stream::kJournal);
  if (status.ok()) status = FlushDirectory();
  if (!status.ok()) unlink(path_.c_str());
  return status;
}

Status NewFile::Replace() {
  FAMS_TRY(storage_->FlushAll(Stream::kJournal));
  if (temporary_.empty()) {
    const std::string name = TemporaryName(DirectoryOf(path_));
    bool linked = false;
    FAMS_TRY(LinkTo(name, &linked));
    if (!linked) return FromErrno(EEXIST, "link");
    temporary_ = name;
    FAMS_TRY(storage_->FlushAll(Stream::kJournal));
  }
  if (rename(temporary_.c_str(), path_.c_str()) != 0) return FromErrno(errno, "rename");
  temporary_.clear();
  return FlushDirectory();
}

// Linking never replaces a file that is there already.
Status NewFile::LinkTo(const std::string& name, bool* linked) {
  const std::string source = temporary_.empty() ? "/proc/self/fd/" + std::to_string(file_.get()) : temporary_;
  *linked = linkat(AT_FDCWD, source.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0;
  return *linked || errno == EEXIST ? Status() : FromErrno(errno, "link");
}

Status NewFile::FlushDirectory() const {
  const FileDescriptor directory(open(DirectoryOf(path_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.valid()) return FromErrno(errno, "open directory");
  if (fsync(directory.get()) != 0) return IoError("fsync directory");
  return {};
}

Status WriteZeros(Storage& storage, uint64_t offset, uint64_t bytes) {
  const std::vector<uint8_t> zeros(std::min(bytes, kMiB));
  for (uint64_t at = 0; at < bytes; at += zeros.size())
    FAMS_TRY(storage.Write(Stream::kJournal, offset + at, zeros.data(),
                           std::min<uint64_t>(zeros.size(), bytes - at)));
  return {};
}

Status CreateFile(const std::string& path, const Contents& contents, std::unique_ptr<Storage>* storage,
                  bool* created, const StorageOptions& options) {
  std::unique_ptr<NewFile> file;
  FAMS_TRY(NewFile::Begin(path, options, &file));
  FAMS_TRY(WriteExtents(file->storage(), contents(file->storage())));
  FAMS_TRY(file->Finish(created));
  if (*created) *storage = file->TakeStorage();
  return {};
}

}  // namespace fams
