import BuktiStore
import Testing

@Suite struct ClockCacheTests {
  @Test func whatWasUsedIsPassedOverOnce() {
    var cache = ClockCache<Int>()
    for number in 0..<4 { cache.keep(UInt64(number), number * 10) }
    #expect(cache.find(0) == 0 && cache.find(2) == 20)
    #expect(cache.removeOne() == 10)
    #expect(cache.find(1) == nil)
    #expect(cache.find(0) == 0 && cache.find(2) == 20 && cache.find(3) == 30)
    #expect(cache.count == 3)
  }

  @Test func aSecondValueIsGivenBack() {
    var cache = ClockCache<Int>()
    #expect(cache.keep(7, 1) == nil)
    #expect(cache.keep(7, 2) == 2)
    #expect(cache.find(7) == 1 && cache.count == 1)
  }

  @Test func allAreTakenOutInTheEnd() {
    var cache = ClockCache<Int>()
    for number in 0..<100 { cache.keep(UInt64(number), number) }
    for number in stride(from: 0, to: 100, by: 3) { _ = cache.find(UInt64(number)) }
    var removed: [Int] = []
    while let value = cache.removeOne() { removed.append(value) }
    #expect(removed.sorted() == Array(0..<100))
    #expect(cache.count == 0 && cache.removeOne() == nil && cache.find(5) == nil)
    cache.keep(5, 55)
    #expect(cache.find(5) == 55)
  }

  /// What is in use all the time stays while thousands of others come and go.
  @Test func whatIsInUseStays() {
    var cache = ClockCache<Int>()
    cache.keep(0, 0)
    for number in 1..<5000 {
      #expect(cache.find(0) == 0)
      if cache.count >= 8 { _ = cache.removeOne() }
      cache.keep(UInt64(number), number)
    }
    #expect(cache.count == 8)
  }
}
