// Stores parts of lines, lines and runs of them in every way that this processor has, and compares. A program
// of its own, so that it can run where there is no Node.js: native/test/arm64.sh.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

#include "persist.h"

int main() {
  constexpr size_t kBytes = 4096, kMost = 1000, kRounds = 20000;
  std::mt19937 random(1);
  for (const fams::Persistence& way : fams::Persistences()) {
    auto* memory = static_cast<unsigned char*>(std::aligned_alloc(kBytes, kBytes));
    std::vector<unsigned char> expected(kBytes, 0), from(kMost);
    std::memset(memory, 0, kBytes);
    for (size_t round = 0; round < kRounds; round++) {
      const size_t bytes = random() % (kMost + 1), at = random() % (kBytes - bytes + 1);
      for (unsigned char& byte : from) byte = static_cast<unsigned char>(random());
      if (!way.copy(memory + at, from.data(), bytes) || !way.flush(memory + at, bytes)) return 1;
      way.fence();
      std::memcpy(expected.data() + at, from.data(), bytes);
      if (std::memcmp(memory, expected.data(), kBytes) == 0) continue;
      std::printf("%s: %zu bytes at %zu went wrong\n", way.name, bytes, at);
      return 1;
    }
    std::printf("%s\n", way.name);
    std::free(memory);
  }
}
