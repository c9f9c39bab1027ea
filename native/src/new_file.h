// A file that appears at its path all at once.
#pragma once

#include <memory>
#include <string>

#include "file_descriptor.h"
#include "storage.h"

namespace fams {

// Built without a name, step by step, and named when everything in it is durable. Until then, and if it is
// destroyed unfinished, there is nothing to be seen of it.
class NewFile {
 public:
  // Makes an empty file, locked, for `path`.
  static Status Begin(const std::string& path, const StorageOptions& options, std::unique_ptr<NewFile>* file);
  ~NewFile();

  Storage& storage() { return *storage_; }
  std::unique_ptr<Storage> TakeStorage() { return std::move(storage_); }

  // Makes content and directory entry durable. If the name is taken, `named` is false and nothing was done.
  Status Finish(bool* named);

  // As Finish, but puts this file into the place of the one that has the name, if there is one. Dying
  // in between may leave this file, whole, under a temporary name as well.
  Status Replace();

 private:
  explicit NewFile(const std::string& path) : path_(path) {}
  Status LinkTo(const std::string& name, bool* linked);
  Status FlushDirectory() const;

  const std::string path_;
  FileDescriptor file_;
  std::string temporary_;  // the name it has in the meantime, if it has one
  std::unique_ptr<Storage> storage_;
};

}  // namespace fams
