// A thread whose start may fail, where the standard one would end the process.
#pragma once

#include <pthread.h>

#include <functional>

namespace fams {

class Thread {
 public:
  bool started() const { return started_; }

  // Fails if the system has no thread to give.
  bool Start(std::function<void()> body) {
    body_ = std::move(body);
    started_ = pthread_create(&thread_, nullptr, &Thread::Run, this) == 0;
    return started_;
  }

  void Join() {
    if (started_) pthread_join(thread_, nullptr);
    started_ = false;
  }

 private:
  static void* Run(void* self) {
    static_cast<Thread*>(self)->body_();
    return nullptr;
  }

  std::function<void()> body_;
  pthread_t thread_ = {};
  bool started_ = false;
};

}  // namespace fams
