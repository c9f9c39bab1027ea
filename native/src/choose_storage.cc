#include "choose_storage.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <iterator>

namespace fams {
namespace {

constexpr uint32_t kUnfit[] = {NFS_SUPER_MAGIC,  SMB_SUPER_MAGIC,  SMB2_SUPER_MAGIC,
                               CIFS_SUPER_MAGIC, V9FS_MAGIC,       AFS_SUPER_MAGIC,
                               AFS_FS_MAGIC,     CODA_SUPER_MAGIC, CEPH_SUPER_MAGIC};

// Over a network a lock may be lost and given to another while the file is open, what a mapping shows may
// change, and what a flush means is up to the server.
Status RequireLocal(uint32_t file_system) {
  if (std::find(std::begin(kUnfit), std::end(kUnfit), file_system) == std::end(kUnfit)) return {};
  return Status(code::kUnsupported,
                "a region cannot be kept on a network file system: keep it on a local disk");
}

bool IsInMemory(uint32_t file_system) { return file_system == TMPFS_MAGIC || file_system == RAMFS_MAGIC; }

Status ChooseKind(const std::string& requested, const FileDescriptor& file, uint32_t file_system,
                  StorageKind* kind) {
  *kind = StorageKind::kFile;
  if (requested == NameOf(StorageKind::kFile)) return {};
  if (requested == NameOf(StorageKind::kCxlSsdEmulated)) {
    *kind = StorageKind::kCxlSsdEmulated;
    return {};
  }
  if (requested != "auto" && requested != NameOf(StorageKind::kDax))
    return Status(code::kInvalidArgument,
                  "there is no storage \"" + requested + "\", but auto, file, dax and cxl-ssd-emulated");
  if (GivesDirectAccess(file)) {
    *kind = StorageKind::kDax;
    return {};
  }
  if (requested == "auto") return {};
  *kind = StorageKind::kPmemEmulated;
  if (IsInMemory(file_system)) return {};
  return Status(code::kUnsupported,
                "the file system gives no direct access to persistent memory: mount it with -o dax, or "
                "emulate with a file in /dev/shm, or choose the storage \"file\"");
}

}  // namespace

const char* NameOf(StorageKind kind) {
  static const char* const kNames[] = {"file", "dax", "pmem-emulated", "cxl-ssd-emulated"};
  return kNames[static_cast<int>(kind)];
}

Status MakeStorage(FileDescriptor file, bool read_only, const StorageOptions& options,
                   std::unique_ptr<Storage>* storage) {
  struct stat info;
  struct statfs system;
  if (fstat(file.get(), &info) != 0) return IoError("fstat");
  if (fstatfs(file.get(), &system) != 0) return IoError("fstatfs");
  const auto file_system = static_cast<uint32_t>(system.f_type);
  StorageKind kind;
  FAMS_TRY(RequireLocal(file_system));
  FAMS_TRY(ChooseKind(options.requested, file, file_system, &kind));
  const Persistence& persistence = Persistences().front();
  std::unique_ptr<Storage> made;
  if (kind == StorageKind::kFile) {
    FAMS_TRY(MakeFileStorage(std::move(file), info, read_only, &made));
  } else if (kind == StorageKind::kCxlSsdEmulated) {
    FAMS_TRY(MakeCxlSsdStorage(std::move(file), info, read_only, options.cxl_ssd, persistence, &made));
  } else {
    FAMS_TRY(MakeDaxStorage(kind, std::move(file), info, read_only, persistence, &made));
  }
  *storage = Decorate(std::move(made));
  return {};
}

}  // namespace fams
