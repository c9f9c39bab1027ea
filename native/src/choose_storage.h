// Which storage an open, locked file gets.
#pragma once

#include <sys/stat.h>

#include <memory>

#include "file_descriptor.h"
#include "persist.h"
#include "storage.h"

namespace fams {

// As `options` say, and behind Decorate.
Status MakeStorage(FileDescriptor file, bool read_only, const StorageOptions& options,
                   std::unique_ptr<Storage>* storage);

Status MakeFileStorage(FileDescriptor file, const struct stat& info, bool read_only,
                       std::unique_ptr<Storage>* storage);
Status MakeDaxStorage(StorageKind kind, FileDescriptor file, const struct stat& info, bool read_only,
                      const Persistence& persistence, std::unique_ptr<Storage>* storage);
Status MakeCxlSsdStorage(FileDescriptor file, const struct stat& info, bool read_only,
                         const CxlSsdOptions& options, const Persistence& persistence,
                         std::unique_ptr<Storage>* storage);

// The file system of this file maps the medium itself, with MAP_SYNC.
bool GivesDirectAccess(const FileDescriptor& file);

}  // namespace fams
