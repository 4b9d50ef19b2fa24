import BuktiFixtures
import CThreadTool
import Glibc

// Readers on twelve threads, and writers and verifiers whose pipelines have some of their own: made to be built with the thread
// sanitizer, which reports each race and ends the program with 66. `bukti-threads race` has a race in it and has to
// end so: the control.
//
// usage: bukti-threads [race | ROUNDS]

/// A number that nothing protects.
final class Unprotected: @unchecked Sendable {
  private var number = 0

  func count() { for _ in 0..<10_000 { number += 1 } }
}

let argument = CommandLine.arguments.dropFirst().first
if argument == "race" {
  let unprotected = Unprotected()
  _ = Threads(2) { _ in
    unprotected.count()
    return true
  }.wait()
  exit(0)
}
guard bukti_has_thread_sanitizer() == 1 else {
  print("This was built without the thread sanitizer: make test-threads.")
  exit(64)
}
let rounds = argument.flatMap { Int($0) } ?? 24

let outcomes = try Reading().outcomes()
print(
  "12 threads that read, 2 that verify: \(outcomes.count { $0 }) of \(outcomes.count) as they must be"
)

var writing = try Writing()
let threads = threadCount()
var wrong = 0
for number in 0..<rounds {
  // Whoever waits for a wake-up that never comes is ended here.
  alarm(120)
  let isRight = writing.round(number)
  let left = threadsLeft(beyond: threads)
  if left > 0 { print("round \(number): \(left) threads are left") }
  if !isRight { print("round \(number) is not as it must be") }
  if !isRight || left > 0 { wrong += 1 }
}
var verifying = try Verifying(in: writing.folder)
let bundles = 4 * rounds
for number in 0..<bundles {
  alarm(120)
  let isRight = verifying.round(number)
  let left = threadsLeft(beyond: threads)
  if left > 0 { print("verifying round \(number): \(left) threads are left") }
  if !isRight { print("verifying round \(number) is not as it must be") }
  if !isRight || left > 0 { wrong += 1 }
}
writing.remove()
let verified = verifying.ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
print(
  "\(bundles) bundles verified and extracted through failures: \(verified.joined(separator: ", "))")
print("\(rounds) bundles written through failures")
let ends = writing.ends.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
print("Among them: \(ends.joined(separator: ", "))")
print("\(rounds + bundles - wrong) of \(rounds + bundles) as they must be")
exit(outcomes.contains(false) || wrong > 0 ? 1 : 0)
