// An emulated memory-semantic SSD: a mapped file, each access to which takes as long as the device would. Its
// pages are in the memory of this machine: it keeps what it is given when a process dies, as the device
// would, and not when the machine loses power, as the device would.

#include <sys/mman.h>

#include <mutex>

#include "choose_storage.h"
#include "device_cache.h"
#include "format.h"
#include "storage_mapped.h"

namespace fams {
namespace {

class CxlSsdStorage final : public MappedStorage {
 public:
  CxlSsdStorage(FileDescriptor file, const struct stat& info, const CxlSsdOptions& options,
                const Persistence& persistence)
      : MappedStorage(std::move(file), info, persistence), cache_(options) {}

  StorageKind kind() const override { return StorageKind::kCxlSsdEmulated; }

  DeviceCounters counters() const override {
    const std::lock_guard<std::mutex> lock(mutex_);
    return cache_.counters();
  }

 private:
  // Several threads wait side by side.
  Clock::time_point Reach(uint64_t offset, uint64_t bytes) override {
    const Clock::time_point now = Clock::now();
    const std::lock_guard<std::mutex> lock(mutex_);
    return now + std::chrono::nanoseconds(cache_.Reach(offset, bytes));
  }

  mutable std::mutex mutex_;
  DeviceCache cache_;
};

Status Check(const CxlSsdOptions& options) {
  const uint32_t page = options.page_bytes;
  if (page < kLineBytes || page > kMiB || (page & (page - 1)) != 0)
    return Status(code::kInvalidArgument, "the pages of a CXL SSD are a power of two, 64 bytes to 1 MiB");
  if (options.cache_bytes < page || options.cache_bytes > kMaxFileBytes)
    return Status(code::kInvalidArgument, "the cache of a CXL SSD holds a page at least, and 16 GiB at most");
  return {};
}

}  // namespace

Status MakeCxlSsdStorage(FileDescriptor file, const struct stat& info, bool read_only,
                         const CxlSsdOptions& options, const Persistence& persistence,
                         std::unique_ptr<Storage>* storage) {
  FAMS_TRY(Check(options));
  auto made = std::make_unique<CxlSsdStorage>(std::move(file), info, options, persistence);
  FAMS_TRY(made->Begin(MAP_SHARED, read_only));
  *storage = std::move(made);
  return {};
}

}  // namespace fams
