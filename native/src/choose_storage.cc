#include "choose_storage.h"

namespace fams {

const char* NameOf(StorageKind kind) {
  static const char* const kNames[] = {"file", "dax", "pmem-emulated", "cxl-ssd-emulated"};
  return kNames[static_cast<int>(kind)];
}

Status MakeStorage(FileDescriptor file, bool read_only, const StorageOptions& options,
                   std::unique_ptr<Storage>* storage) {
  if (options.requested != "auto" && options.requested != "file")
    return Status(code::kUnsupported, "there is no storage of the name " + options.requested);
  struct stat info;
  if (fstat(file.get(), &info) != 0) return IoError("fstat");
  std::unique_ptr<Storage> made;
  FAMS_TRY(MakeFileStorage(std::move(file), info, read_only, &made));
  *storage = Decorate(std::move(made));
  return {};
}

}  // namespace fams
