import FoundationEssentials
import Logging
import MicroHTTP

@testable import RopewalkService

/// What a service answers that has answered nothing before, or the one given.
func answering(
    _ method: String, _ target: String, body: Data = Data(), type: String? = "application/json", accept: String? = nil,
    by service: Service = Service(Service.Configuration(), logger: .silent)
) -> HTTPResponse {
    let application = Application(router: service.routes(), metrics: service.metrics, logger: .silent)
    var headers: HTTPHeaders = [:]
    if let type, !body.isEmpty { headers.add("Content-Type", type) }
    if let accept { headers.add("Accept", accept) }
    let request = HTTPRequest(
        id: "test", method: method, target: RequestTarget(target), headers: headers, body: body)
    let route = application.route(of: request)
    if let refusal = route.refusal(of: request) { return refusal }
    return switch route.answer(request) {
    case .now(let response): response
    case .later(let work): work(Cancellation())
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension Service.Configuration {
    static var onAnyPort: Self {
        var configuration = Self()
        configuration.port = 0
        return configuration
    }
}
