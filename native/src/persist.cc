#include "persist.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

#include "persist_cpu.h"

namespace fams {
namespace {

// On a mapping of persistent memory the kernel does here whatever the machine needs.
bool FlushByMsync(const void* at, size_t bytes) {
  const auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t begin = reinterpret_cast<uintptr_t>(at) / page * page;
  const uintptr_t end = reinterpret_cast<uintptr_t>(at) + bytes;
  return msync(reinterpret_cast<void*>(begin), end - begin, MS_SYNC) == 0;
}

bool CopyByMsync(void* to, const void* from, size_t bytes) {
  std::memcpy(to, from, bytes);
  return FlushByMsync(to, bytes);
}

std::vector<Persistence> Detect() {
  std::vector<Persistence> found = CpuPersistences();
  found.push_back({"msync", CopyByMsync, FlushByMsync, [] {}, true});
  return found;
}

}  // namespace

const std::vector<Persistence>& Persistences() {
  static const std::vector<Persistence> found = Detect();
  return found;
}

}  // namespace fams
