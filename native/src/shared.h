// What the threads of a region share: the program's, the one that writes commits, and the one that makes
// checkpoints.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "committed.h"
#include "journal.h"
#include "stats.h"
#include "storage.h"

namespace fams {

struct Shared {
  // Safe by itself.
  std::unique_ptr<Storage> storage;
  // May be looked at without the lock; lines are set and forgotten under the rules of its class.
  std::unique_ptr<Committed> committed;
  bool durable = true;

  // Guards everything below, and who appends. Held while a commit is written, so that commits keep their
  // order.
  std::mutex mutex;
  // Someone waits for room to append and has let go of the lock: nobody else may append until `turn` is
  // notified.
  bool append_waits = false;
  std::condition_variable turn;
  // As it is on the medium. Only the checkpointer changes it.
  Superblock superblock = {};
  std::unique_ptr<Journal> journal;
  Stats stats;
  // Set once, by the first failure that leaves it unknown what is on the medium: nothing later is promised.
  Status poison;
  // The same, to be looked at without the lock.
  std::atomic<bool> poisoned{false};

  Status Poison(const Status& cause) {
    if (poison.ok()) poison = cause;
    poisoned = true;
    // Lack of space promises that the region goes on, which this one does not.
    return cause.code() == code::kNoSpace ? Status(code::kIo, cause.detail(), cause.error()) : cause;
  }

  Status Usable() const {
    if (poison.ok()) return {};
    return Status(code::kPoisoned,
                  "an earlier failure left it unknown what is on the medium (" + poison.detail() + ")");
  }
};

}  // namespace fams
