// Storage in persistent memory: a file system gives direct access to it, and with MAP_SYNC its own records of
// the file are durable before a store is let through. The same code on a file system in memory emulates it.

#include <sys/mman.h>

#include "choose_storage.h"
#include "storage_mapped.h"

namespace fams {
namespace {

constexpr int kMapSync = MAP_SHARED_VALIDATE | MAP_SYNC;

class DaxStorage final : public MappedStorage {
 public:
  DaxStorage(StorageKind kind, FileDescriptor file, const struct stat& info, const Persistence& persistence)
      : MappedStorage(std::move(file), info, persistence), kind_(kind) {}

  StorageKind kind() const override { return kind_; }

 private:
  const StorageKind kind_;
};

}  // namespace

bool GivesDirectAccess(const FileDescriptor& file) {
  constexpr size_t kBytes = 4096;
  void* at = mmap(nullptr, kBytes, PROT_READ, kMapSync, file.get(), 0);
  if (at == MAP_FAILED) return false;
  munmap(at, kBytes);
  return true;
}

Status MakeDaxStorage(StorageKind kind, FileDescriptor file, const struct stat& info, bool read_only,
                      const Persistence& persistence, std::unique_ptr<Storage>* storage) {
  auto made = std::make_unique<DaxStorage>(kind, std::move(file), info, persistence);
  FAMS_TRY(made->Begin(kind == StorageKind::kDax ? kMapSync : MAP_SHARED, read_only));
  *storage = std::move(made);
  return {};
}

}  // namespace fams
