// Commits on their way from capture to journal, in order.
//
// An asynchronous msync captures its lines into the open group. Once the program's turn is over, the commit
// thread writes the group with one flush; what is captured meanwhile forms the next one. A synchronous msync
// writes what waits before it, and then its own, on the calling thread. If one commit fails, so does every
// commit captured after it, and their lines are handed back.
#pragma once

#include <atomic>
#include <deque>
#include <functional>

#include "checkpointer.h"
#include "shared.h"
#include "thread.h"

namespace fams {

class Committer {
 public:
  using Lock = std::unique_lock<std::mutex>;

  // A longer commit is not captured but written as it is gathered.
  static constexpr uint64_t kMaxCapture = 4 * kMiB;
  // No more than this shares one write, unless it is one commit: it fits into the shortest segment.
  static constexpr uint64_t kMaxGroup = kFirstSegmentBytes - 2 * kGranule;
  // With more captured, a program has to wait before it captures again.
  static constexpr uint64_t kCaptureLimit = 64 * kMiB;

  struct Settled {
    uint64_t through;  // ticket: this commit and those before it that are not settled yet
    Status status;
  };

  // `notify` is called on any thread whenever something was settled.
  Committer(Shared* shared, Checkpointer* checkpointer, std::function<void()> notify)
      : shared_(shared), checkpointer_(checkpointer), notify_(std::move(notify)) {}
  ~Committer() { Stop(); }

  // The calls from here on are made on the program's thread.

  // When a group has failed, all of these fail for the same reason until TakeFailed was called: what they
  // were to commit stands on what is lost.

  // Copies the lines for a commit to come, which gets the next ticket.
  Status Capture(const Lines& lines, const uint8_t* working);
  // As a capture of nothing, behind which the journal is flushed.
  Status CaptureFlush();
  // What was captured may be written from now on.
  void Kick();
  // Appends at once if nothing stands in the way of it: nothing that waits, no lock, room in the journal.
  Status TryCommit(const Lines& lines, const uint8_t* working, bool* done);
  // Waits for its turn, writes what was captured before, and then these lines.
  Status Commit(const Lines& lines, const uint8_t* working);
  // Writes what was captured, and then runs `then`, with nobody else appending.
  Status Drain(const std::function<Status(Lock&)>& then);
  // For those who run in a drain: finds room, and appends.
  Status Room(Lock& lock, uint64_t bytes);
  Status WriteLines(Lock& lock, const Lines& lines, const uint8_t* working);
  // Ends the thread, after everything that was captured.
  void Stop();

  // How many commits were captured, and how many of them are settled.
  uint64_t captured() const { return captured_; }
  bool idle() const { return settled_.load(std::memory_order_acquire) == captured_; }
  bool full() const { return waiting_bytes_.load(std::memory_order_relaxed) >= kCaptureLimit; }
  std::vector<Settled> TakeSettled();
  // Groups that failed and whose lines are to be marked again.
  std::vector<std::unique_ptr<Group>> TakeFailed();
  bool HasFailed() const { return has_failed_.load(std::memory_order_acquire); }

 private:
  Lock TakeTurn();
  Status Failure();
  std::unique_ptr<Group> Take(bool all);
  Group* OpenFor(uint64_t bytes);
  Status WriteWaiting(Lock& lock, bool all);
  void Settle(std::unique_ptr<Group> group, const Status& status);
  Status Write(Lock& lock, Group* group);
  Status WriteLarge(Lock& lock, const Lines& lines, const uint8_t* working);
  Status FindRoom(Lock& lock, uint64_t bytes);
  uint64_t StartTiming() const;
  void Indexed(const uint64_t* runs, uint64_t count, uint64_t offset);
  void Count(uint64_t commits, uint64_t lines, uint64_t position, uint64_t start);
  void Run();

  Shared* shared_;
  Checkpointer* checkpointer_;
  std::function<void()> notify_;
  Group scratch_;  // of synchronous commits
  AlignedBuffer pieces_;
  uint64_t captured_ = 0;
  std::atomic<uint64_t> settled_{0};
  std::atomic<uint64_t> waiting_bytes_{0};
  std::atomic<bool> has_failed_{false};

  // Guarded by `queue_`.
  std::mutex queue_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Group>> full_;
  std::unique_ptr<Group> open_;
  std::unique_ptr<Group> spare_;
  bool ready_ = false;
  bool stop_ = false;
  std::vector<Settled> news_;
  std::vector<std::unique_ptr<Group>> failed_;
  Status failure_;  // why, until they are taken
  Thread thread_;
};

}  // namespace fams
