// Processors that we know no instructions of: the kernel knows them.
#if !defined(__x86_64__) && !defined(__aarch64__)

#include "persist_cpu.h"

namespace fams {

std::vector<Persistence> CpuPersistences() { return {}; }

}  // namespace fams

#endif
