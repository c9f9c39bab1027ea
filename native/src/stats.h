// What a region counts since it was opened.
#pragma once

#include <array>
#include <cstdint>

namespace fams {

// Counts of durations in buckets an eighth of a power of two wide, from a nanosecond on.
class Histogram {
 public:
  static constexpr int kSubBits = 3;
  static constexpr size_t kBuckets = (64 - kSubBits) << kSubBits;

  void Record(uint64_t ns) {
    counts_[BucketOf(ns)]++;
    total_++;
    if (ns > longest_) longest_ = ns;
  }

  uint64_t total() const { return total_; }
  uint64_t longest() const { return longest_; }
  // The upper end of the bucket below which this fraction of all durations lie.
  uint64_t Quantile(double fraction) const {
    uint64_t left = static_cast<uint64_t>(fraction * static_cast<double>(total_));
    for (size_t i = 0; i < kBuckets; i++) {
      if (counts_[i] > left) return EndOf(i) < longest_ ? EndOf(i) : longest_;
      left -= counts_[i];
    }
    return longest_;
  }

 private:
  static size_t BucketOf(uint64_t ns) {
    if (ns < (1u << kSubBits)) return ns;
    const int exponent = 63 - __builtin_clzll(ns);
    const uint64_t sub = (ns >> (exponent - kSubBits)) & ((1u << kSubBits) - 1);
    return (static_cast<uint64_t>(exponent - kSubBits + 1) << kSubBits) + sub;
  }
  static uint64_t EndOf(size_t bucket) {
    if (bucket < (1u << kSubBits)) return bucket;
    const uint64_t exponent = (bucket >> kSubBits) + kSubBits - 1;
    const uint64_t sub = bucket & ((1u << kSubBits) - 1);
    return (((uint64_t{1} << kSubBits) + sub + 1) << (exponent - kSubBits)) - 1;
  }

  std::array<uint64_t, kBuckets> counts_ = {};
  uint64_t total_ = 0;
  uint64_t longest_ = 0;
};

struct Stats {
  uint64_t commits = 0;
  uint64_t lines = 0;
  uint64_t journal_bytes = 0;
  uint64_t groups = 0;         // writes that carried them
  uint64_t largest_group = 0;  // commits in one
  uint64_t flushes = 0;        // writes or calls that waited for the medium
  uint64_t checkpoints = 0;
  uint64_t checkpoint_bytes = 0;
  uint64_t checkpoint_ns = 0;
  uint64_t delays = 0;  // commits held back because the journal was nearly full, or full
  uint64_t delay_ns = 0;
  Histogram write;  // of one group, from taking it to its being as durable as it must be
};

}  // namespace fams
