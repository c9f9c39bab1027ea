// What every storage in a file has in common, however it reads and writes.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <mutex>

#include "file_descriptor.h"
#include "storage.h"

namespace fams {

class FileBacked : public Storage {
 public:
  uint64_t Size() const final { return size_; }
  Status Allocate(uint64_t offset, uint64_t bytes) override;
  Status Truncate(uint64_t bytes) override;
  Status MapPrivate(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) final;
  Status MapShared(uint64_t offset, uint64_t bytes, std::shared_ptr<Mapping>* mapping) final;
  Status CheckAlive() final;

 protected:
  FileBacked(FileDescriptor file, const struct stat& info)
      : file_(std::move(file)), size_(static_cast<uint64_t>(info.st_size)) {}

  int descriptor() const { return file_.get(); }

 private:
  Status Map(uint64_t offset, uint64_t bytes, int protection, int flags, std::shared_ptr<Mapping>* mapping);

  Status Look(uint64_t* links, uint64_t* bytes) const;

  const FileDescriptor file_;
  std::mutex reshaping_;  // held while the file's end and size_ may not be in step
  std::atomic<uint64_t> size_;
};

}  // namespace fams
