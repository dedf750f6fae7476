import Testing

@testable import MicroHTTP

/// No thread has as many connections as libmicrohttpd asks epoll for at once.
@Suite struct ConnectionPlacesTests {
    @Test(arguments: [1, 2, 119, 120, 512, 2_000]) func `no thread has 128 connections`(most: Int) {
        var places = ConnectionPlaces(maxConnections: most)
        for descriptor in 0..<most { _ = places.add(Int32(descriptor)) }
        #expect(places.counts.max() ?? 0 <= ConnectionPlaces.mostOfThread)
        #expect(places.counts.reduce(0, +) == most)
        for descriptor in 0..<most { places.remove(Int32(descriptor)) }
        #expect(places.counts.allSatisfy { $0 == 0 })
    }

    @Test func `the first two threads have the same number, and others none, while there is room`() {
        var places = ConnectionPlaces(maxConnections: 512)
        for descriptor in 0..<240 { _ = places.add(Int32(descriptor)) }
        #expect(places.counts == [120, 120, 0, 0, 0])
        #expect(places.add(240) == 2)
        places.remove(7)
        #expect(places.add(7) == 1)
    }

    @Test func `a connection that ended twice, or never began, is none`() {
        var places = ConnectionPlaces(maxConnections: 8)
        _ = places.add(3)
        places.remove(3)
        places.remove(3)
        places.remove(4)
        #expect(places.counts == [0, 0])
    }
}
