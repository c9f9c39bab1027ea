// The checkpoint thread of a region: empties the journal behind the commits, makes it longer, and makes room
// for a commit that finds none. It alone changes the superblocks once the region is open.
#pragma once

#include <condition_variable>

#include "checkpoint.h"
#include "shared.h"
#include "thread.h"

namespace fams {

class Checkpointer {
 public:
  // The journal grows up to `max_journal` bytes.
  Checkpointer(Shared* shared, uint64_t max_journal);
  ~Checkpointer() { Stop(); }

  // All of these are called under the shared lock, which those that wait let go of meanwhile.
  using Lock = std::unique_lock<std::mutex>;

  // Has the journal emptied, in the background, up to its segment in use; of that one too, with `everything`.
  void Request(bool everything = false);
  // Something was appended: has the journal emptied once half of it is in use.
  void Appended();
  // Waits until there may be room for a record of `bytes` bytes: ask again. Fails if there cannot be.
  Status MakeRoom(Lock& lock, uint64_t bytes);
  // Is a checkpoint under way, and less than a quarter of the journal free?
  bool IsNearlyFull() const;
  // Waits a little if so, the longer the fuller it is.
  void Delay(Lock& lock);
  // Waits until a checkpoint that begins from now on has ended.
  void WaitForNext(Lock& lock);
  // While held, no byte of the backing copy changes and no journal space is used again.
  void Hold(Lock& lock);
  // Without the lock, on any thread.
  void Release();
  void WaitForRelease();

  uint64_t journal_bytes() const;

  // Ends the thread, after what it is doing.
  void Stop();
  // Everything into the backing copy; the journal is empty and, if `clean`, said to be. For the time when no
  // thread runs.
  Status CheckpointAll(bool clean);

 private:
  bool Start();
  void Run();
  void RunRound(Lock& lock);
  Status Round(Lock& lock);
  Status RetireSegments(Lock& lock);
  Status Everything(Lock& lock, bool clean);
  Status Advance(Lock& lock, const Boundary& cut, Superblock next, Pacer* pacer);
  Status PrepareAgain(const std::vector<Segment>& segments);
  Status Grow(Lock& lock);
  Status AddSegmentFor(Lock& lock, uint64_t bytes);
  Status Install(Lock& lock, Superblock next);
  Status DropTail(Lock& lock, uint64_t old_end);

  Shared* shared_;
  uint64_t max_journal_;
  Thread thread_;
  std::condition_variable wake_;
  std::condition_variable ended_;
  bool stop_ = false;
  bool requested_ = false;
  bool everything_ = false;
  bool no_space_ = false;  // the last attempt to grow found none
  bool running_ = false;
  int holds_ = 0;
  uint64_t entered_ = 0;  // where the segment in use begins
  uint64_t needed_ = 0;   // bytes of a record that waits
  uint64_t begun_ = 0;    // rounds
  uint64_t done_ = 0;
  Status round_;  // how the last one ended
};

}  // namespace fams
